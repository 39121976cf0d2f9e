"""Counts the files, functions and statements that a request uses (python -m tests.measure.request_footprint)."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from webtest import TestResponse

import album_store
from tests.support.factories import PASSWORD, add_account, make_album
from tests.support.statement_log import statements_of
from tests.support.store_driver import StoreDriver, ask_for_reset, form_at
from tests.support.store_settings import settings_in

PACKAGE = str(Path(album_store.__file__).parent)


class Footprint:
    """Records the functions of the package that are called in the `with` block."""

    def __init__(self) -> None:
        self.functions: set[tuple[str, int]] = set()

    def __enter__(self) -> "Footprint":
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: Any) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(PACKAGE) and code.co_filename.endswith(".py"):
            self.functions.add((code.co_filename, code.co_firstlineno))

    @property
    def files(self) -> int:
        """The number of files that contain the functions."""
        return len({file for file, _ in self.functions})


def requests(store: StoreDriver) -> dict[str, Callable[[], TestResponse]]:
    """Return the requests to measure, by name."""
    visitor, resetter = store.browser(), store.browser()
    signin = form_at(visitor.get("/account/signin"), "/account/signin")
    signin["email"], signin["password"] = "alice@example.org", PASSWORD
    ask_for_reset(resetter)
    resetter.get(store.mailed_link()).follow()
    reset = form_at(resetter.get("/account/reset_password"), "/account/reset_password")
    reset["password"] = reset["confirm_password"] = PASSWORD
    return {
        "GET /albums": lambda: visitor.get("/albums", status=200),
        # Before the sign-in, because signing in invalidates reset links.
        "POST /account/reset_password": lambda: reset.submit(status=303),
        "POST /account/signin": lambda: signin.submit(status=303),
    }


def main() -> None:
    """Print a line for each request."""
    with tempfile.TemporaryDirectory() as folder:
        store = StoreDriver(album_store.main({}, **settings_in(Path(folder))))
        add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD))
        store.add(*(make_album(f"Album {number}") for number in range(30)))
        store.browser().get("/albums")
        sys.stdout.write(f"{'request':<30}{'files':>8}{'functions':>12}{'statements':>12}\n")
        for name, send in requests(store).items():
            engine = store.db_sessions.engine
            with statements_of(engine, all_kinds=True) as statements, Footprint() as footprint:
                send()
            counts = f"{footprint.files:>8}{len(footprint.functions):>12}{len(statements):>12}"
            sys.stdout.write(f"{name:<30}{counts}\n")
        store.db_sessions.dispose()


if __name__ == "__main__":
    main()
