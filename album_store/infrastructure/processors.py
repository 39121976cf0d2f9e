"""On which of the machine's processors threads run."""

import contextlib
import os
from collections.abc import Collection


def usable_processors() -> list[int]:
    """Return the numbers of the processors that the calling thread may use; none where the system does not say."""
    with contextlib.suppress(AttributeError, OSError):
        return sorted(os.sched_getaffinity(0))
    return []


def stay_on(processors: Collection[int]) -> None:
    """Keep the calling thread, and those that it starts from now on, on these processors.

    Does nothing if there are none, or if the system does not allow it.
    """
    if processors:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, processors)
