"""A store that kills itself with -9 at a chosen step: before a statement that writes, a commit, a call or an answer."""

import os
import signal
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from album_store import main as album_store_main
from album_store.worker import refund_task

# Holds the number of the step, counted from when the number changes. Without the file, nothing is counted.
KILL_AT = "kill_at"
_CALLS = ("open", "find", "expire", "refund", "refunds_of", "disputes_of")
# Of the worker, so that a step of a refund does not have to be waited for.
REFUND_INTERVAL_S = 0.2


class Executioner:
    """Counts steps and ends the process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._chosen = self._count = 0
        self._lock = threading.Lock()

    def step(self, name: str) -> None:
        """Count a step; the process ends here if it is the chosen one."""
        with self._lock:
            try:
                chosen = int(self._file.read_text("utf-8"))
            except (OSError, ValueError):
                return
            self._count = 1 if chosen != self._chosen else self._count + 1
            self._chosen = chosen
            if self._count == chosen:
                self._file.with_name("killed_before").write_text(name, "utf-8")
                os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return the call with a step before and after it."""

        def counted(*arguments: Any) -> Any:
            self.step(f"call of {name}")
            result = call(*arguments)
            self.step(f"return of {name}")
            return result

        return counted


def main(global_config: dict[str, str], **settings: str) -> Callable[..., Iterable[bytes]]:
    """Return the application of an ini file (`use = call:tests.faults.killed_store:main`)."""
    refund_task.INTERVAL_S = REFUND_INTERVAL_S
    app = album_store_main(global_config, **settings)
    executioner = Executioner(Path(global_config["here"]) / KILL_AT)
    engine, gateway = app.registry.db_sessions.engine, app.registry.payment_gateway

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE", "SAVEPOINT")):
            executioner.step(" ".join(statement.split()[:3]))

    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "commit", lambda _connection: executioner.step("commit"))
    for name in _CALLS:
        setattr(gateway, name, executioner.around(name, getattr(gateway, name)))

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = app(environ, start_response)
        executioner.step("answer")
        return body

    return answer
