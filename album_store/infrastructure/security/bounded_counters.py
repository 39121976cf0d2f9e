"""Counters in the memory of the process, for `limits`: bounded, and at the same cost for any number of keys."""

import time
from collections import OrderedDict
from dataclasses import dataclass

from limits.storage import Storage

# 37 MB, measured by tests/measure/counters.py.
MAX_COUNTERS = 100_000
# How many of the oldest counters one new counter looks at, to find one that can go.
MAX_LOOKS = 8


@dataclass(slots=True)
class _Window:
    """The hits within a fixed window. Each gives it another round among the counters, when there is no room."""

    period_s: float
    end: float
    hits: int = 0
    rounds: int = 0


class BoundedCounters(Storage):
    """Fixed windows by key. Not for several threads at once: `RateLimiter` holds a lock.

    The oldest counters go first, but one that was hit often stays for as many more rounds ("second chance"). So an
    attacker who has used up the tries at one account cannot begin anew cheaply by bringing new keys: washing out a
    counter of 10 hits took 400,000 to 1,100,000 others, where a try makes a handful.

    A clock that is set back makes no window longer than its period. The library's own MemoryStorage scans all keys at
    nearly every hit, in threads of its own, and grows without bound.
    """

    STORAGE_SCHEME = None  # made here only, never from a URL
    base_exceptions = ()

    def __init__(self) -> None:
        super().__init__()
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to the current window of a key, or begin one of `expiry` seconds; returns its hits."""
        window = self._current(key)
        if window is None:
            self._make_room()
            window = self._windows[key] = _Window(expiry, time.time() + expiry)
        else:
            window.rounds += 1
        window.hits += amount
        return window.hits

    def get(self, key: str) -> int:
        """The hits of the current window, 0 if there is none."""
        window = self._current(key)
        return window.hits if window else 0

    def get_expiry(self, key: str) -> float:
        """When the current window ends, in seconds since the epoch; now if there is none."""
        window = self._current(key)
        return window.end if window else time.time()

    def check(self) -> bool:
        """The memory of the process is always there."""
        return True

    def reset(self) -> int:
        """Forget all counters; returns how many there were."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget a counter."""
        self._windows.pop(key, None)

    def _current(self, key: str) -> _Window | None:
        window = self._windows.get(key)
        if window is None:
            return None
        now = time.time()
        if window.end <= now:
            del self._windows[key]
            return None
        window.end = min(window.end, now + window.period_s)  # the clock may have been set back
        return window

    def _make_room(self) -> None:
        """Drop a few counters whose window is over and, if there are still too many, the oldest one left."""
        now = time.time()
        for _ in range(MAX_LOOKS):
            if not self._windows:
                return
            key, oldest = next(iter(self._windows.items()))
            if oldest.end <= now:
                del self._windows[key]
            elif len(self._windows) < MAX_COUNTERS:
                return
            elif oldest.rounds:
                oldest.rounds -= 1
                self._windows.move_to_end(key)
            else:
                break
        if len(self._windows) >= MAX_COUNTERS:
            self._windows.popitem(last=False)
