"""Measures the cost of a hit and the memory of rate limit counters (python -m tests.measure.counters)."""

import gc
import hashlib
import multiprocessing
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from limits import parse
from limits.storage import MemoryStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from album_store.infrastructure.security.bounded_counters import BoundedCounters

KEYS = (1_000, 100_000, 300_000)
MEASURED = 500
# PROMISED_KEYS take at most PROMISED_MB, and a hit costs at most FLAT times as much as with a thousand keys.
PROMISED_KEYS, PROMISED_MB = 100_000, 50
FLAT = 3
RATE = parse("10/day")
PAGE_BYTES = 4096

KINDS: dict[str, Callable[[], Storage]] = {"before": MemoryStorage, "now": BoundedCounters}


def memory_mb() -> float:
    """Return the memory that this process uses."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE_BYTES / 1e6


def key_of(number: int) -> str:
    """Return a key like those of the store."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def measure(kind: str, keys: int) -> tuple[float, float]:
    """Return the memory (MB) of this number of keys, and the processor time (microseconds) of a hit with a new key.

    The time includes that of threads that a storage starts, because the hits are spread over a second.
    """
    before_mb = memory_mb()
    counter = FixedWindowRateLimiter(KINDS[kind]())
    for number in range(keys):
        counter.hit(RATE, key_of(number))
    took_mb = memory_mb() - before_mb
    started_s = time.process_time()
    for number in range(keys, keys + MEASURED):
        counter.hit(RATE, key_of(number))
        time.sleep(1 / MEASURED)
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join()
    return took_mb, (time.process_time() - started_s) / MEASURED * 1e6


def measure_apart(kind: str, keys: int) -> tuple[float, float]:
    """Measure in a new process, which has no memory to reuse."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (kind, keys))


def main() -> int:
    """Print the figures. Returns 1 if memory or time exceed the limits."""
    sys.stdout.write(f"{'keys':>8}{'':>10}{'MB':>10}{'microseconds a hit':>22}{'x of 1,000 keys':>18}\n")
    figures = {}
    for keys in KEYS:
        for kind in KINDS:
            figures[kind, keys] = took_mb, took_us = measure_apart(kind, keys)
            ratio = took_us / figures[kind, KEYS[0]][1]
            sys.stdout.write(f"{keys:>8}{kind:>10}{took_mb:>10.1f}{took_us:>22.1f}{ratio:>18.1f}\n")
        (old_mb, old_us), (new_mb, new_us) = figures["before", keys], figures["now", keys]
        sys.stdout.write(f"{'':>8}{'ratio':>10}{new_mb / max(old_mb, 0.1):>10.2f}{new_us / old_us:>22.4f}\n")
    flat = all(figures["now", keys][1] <= FLAT * figures["now", KEYS[0]][1] for keys in KEYS)
    small = figures["now", PROMISED_KEYS][0] <= PROMISED_MB and figures["now", KEYS[-1]][0] <= PROMISED_MB
    return 0 if flat and small else 1


if __name__ == "__main__":
    sys.exit(main())
