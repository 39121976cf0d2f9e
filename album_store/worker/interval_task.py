"""Tasks that run at intervals."""

import logging
import threading
import time
from collections.abc import Callable

HOUR_S = 3_600
DAY_S = 24 * HOUR_S

log = logging.getLogger(__name__)


class IntervalTask:
    """Runs `delay_s` seconds after it is made, then every `interval_s` seconds, or `retry_s` seconds after a failure.

    Uses the monotonic clock: setting the system clock does not postpone a task.
    """

    def __init__(
        self, name: str, work: Callable[[], object], *, interval_s: float, retry_s: float, delay_s: float = 0
    ) -> None:
        self.name = name
        self._work = work
        self._interval_s = interval_s
        self._retry_s = retry_s
        self._due_s = time.monotonic() + delay_s

    def run(self, stopped: threading.Event) -> None:
        """Run the task whenever it is due, until `stopped` is set."""
        while not stopped.is_set():
            self.run_if_due()
            stopped.wait(max(0, self._due_s - time.monotonic()))

    def run_if_due(self) -> None:
        """Run the task if it is due. Logs errors and never raises them."""
        if time.monotonic() < self._due_s:
            return
        pause_s = self._interval_s
        try:
            self._work()
        except Exception:
            log.exception("event=task-error task=%s", self.name)
            pause_s = self._retry_s
        self._due_s = time.monotonic() + pause_s
