"""In-memory counters for `limits`, with bounded memory and a constant cost per hit."""

import time
from collections import OrderedDict
from dataclasses import dataclass

from limits.storage import Storage

# 37 MB, measured by tests/measure/counters.py.
MAX_COUNTERS = 100_000
# How many of the oldest counters are checked to make room for a new one.
MAX_LOOKS = 8


@dataclass(slots=True)
class _Window:
    """The hits within a fixed window. Each further hit saves the counter from eviction once."""

    period_s: float
    end: float
    hits: int = 0
    rounds: int = 0


class BoundedCounters(Storage):
    """Fixed windows by key. Not thread-safe: `RateLimiter` holds a lock.

    The oldest counters are evicted first, but each hit after the first gives a counter a second chance. An attacker who
    has used up the attempts at one account therefore cannot cheaply reset its counter by creating others: evicting a
    counter of 10 hits took 400,000 to 1,100,000 new ones, and an attempt creates only a handful.

    No window gets longer than its period if the clock is set back. The library's own MemoryStorage scans all keys on
    nearly every hit, in its own threads, and grows without bound.
    """

    STORAGE_SCHEME = None  # only created in code, never from a URL
    base_exceptions = ()

    def __init__(self) -> None:
        super().__init__()
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to the current window of a key, or start one of `expiry` seconds. Returns its hits."""
        window = self._current(key)
        if window is None:
            self._make_room()
            window = self._windows[key] = _Window(expiry, time.time() + expiry)
        else:
            window.rounds += 1
        window.hits += amount
        return window.hits

    def get(self, key: str) -> int:
        """Return the hits of the current window, or 0 if there is none."""
        window = self._current(key)
        return window.hits if window else 0

    def get_expiry(self, key: str) -> float:
        """Return when the current window ends, in seconds since the epoch, or the current time if there is none."""
        window = self._current(key)
        return window.end if window else time.time()

    def check(self) -> bool:
        """Return True: memory is always available."""
        return True

    def reset(self) -> int:
        """Delete all counters. Returns how many there were."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        """Delete a counter."""
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
        """Delete a few expired counters and, if there are still too many, the oldest one that is left."""
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
