"""Work that is done once a day."""

import logging
import time
from collections.abc import Callable

DAY_S = 86_400
HOUR_S = 3_600

log = logging.getLogger(__name__)


class DailyTask:
    """Does something when first asked, and again a day later; when it fails, again in an hour.

    The time comes from the clock that only ever goes forward: setting the other one cannot put the work off.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._due_s = time.monotonic()

    def run_if_due(self) -> None:
        """Do the work if it is time. Trouble is logged and never raised: whoever asks has other things to do."""
        if time.monotonic() < self._due_s:
            return
        pause_s = DAY_S
        try:
            self._work()
        except Exception:
            log.exception("event=chore-error")
            pause_s = HOUR_S
        self._due_s = time.monotonic() + pause_s
