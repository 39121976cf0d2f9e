"""Measures how 200 simultaneous sign-ins affect other visitors (python -m tests.measure.signin_storm).

The argument is another number of sign-ins.
"""

import asyncio
import re
import statistics
import sys
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.measure.production_store import add_accounts, hash_for_all, production_store
from tests.measure.visitor import Visitor
from tests.support.factories import PASSWORD
from tests.support.running_store import RunningStore

STORM = 200
BROWSING = 4
PAGE_EVERY_S = 0.1
WARM_S, IDLE_S = 2, 10

MAX_TOOK_S = 20
MAX_MEMORY_MB = 600
MAX_TIMES_IDLE = 3


@dataclass(frozen=True)
class Result:
    """The result of a storm. `idle_pages` and `storm_pages` are how long pages took before and during it (ms)."""

    crowd: int
    signed_in: int
    told_to_return: int
    took_s: float
    memory_mb: float
    idle_pages: list[float]
    storm_pages: list[float]

    @property
    def ratio(self) -> float:
        """How many times slower pages were (p95)."""
        return p95(self.storm_pages) / p95(self.idle_pages)

    @property
    def keeps_the_promise(self) -> bool:
        """Whether all were signed in or told to come back, within the limits on time, memory and slower pages."""
        is_answered = self.signed_in + self.told_to_return == self.crowd and self.took_s <= MAX_TOOK_S
        return is_answered and self.memory_mb < MAX_MEMORY_MB and self.ratio <= MAX_TIMES_IDLE

    def __str__(self) -> str:
        """A table."""
        pages = [
            f"/albums {name:<10} p50 {statistics.median(times):7.1f} ms   p95 {p95(times):7.1f} ms   "
            f"max {max(times):7.1f} ms   {len(times)} pages"
            for name, times in (("idle", self.idle_pages), ("storm", self.storm_pages))
        ]
        return "\n".join(
            [
                f"signed in           {self.signed_in} of {self.crowd}",
                f"told to come back   {self.told_to_return}",
                f"last response after {self.took_s:.1f} s (limit: {MAX_TOOK_S})",
                f"peak memory         {self.memory_mb:.0f} MB (limit: {MAX_MEMORY_MB})",
                *pages,
                f"p95, x idle         {self.ratio:.2f} (limit: {MAX_TIMES_IDLE})",
            ]
        )


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20)[-1]


async def storm(store: RunningStore, emails: list[str]) -> Result:
    """Measure browsing while the store is idle, and while all accounts sign in."""
    await browse_during(store, asyncio.sleep(WARM_S))
    _, idle_pages = await browse_during(store, asyncio.sleep(IDLE_S))
    crowd = [await Visitor.arrive(store) for _ in emails]
    for visitor in crowd:
        await visitor.get("/account/signin")
    (statuses, took_s), storm_pages = await browse_during(store, sign_in_together(crowd, emails))
    signed_in, told_to_return = statuses.count(303), statuses.count(503)
    return Result(len(emails), signed_in, told_to_return, took_s, max_memory_mb(store), idle_pages, storm_pages)


async def sign_in_together(crowd: list[Visitor], emails: list[str]) -> tuple[list[int], float]:
    """Sign in all visitors at once. Returns the statuses, and the time until the last response (seconds)."""
    started = time.perf_counter()
    sent = [v.post("/account/signin", email=email, password=PASSWORD) for v, email in zip(crowd, emails, strict=True)]
    statuses = await asyncio.gather(*sent)
    return statuses, time.perf_counter() - started


async def browse_during(store: RunningStore, work: Coroutine) -> tuple[Any, list[float]]:
    """Browse while the work runs. Returns the result of the work, and how long pages took (ms)."""
    visitors = [await Visitor.arrive(store) for _ in range(BROWSING)]
    task = asyncio.create_task(work)
    delays = [number * PAGE_EVERY_S / BROWSING for number in range(BROWSING)]
    times = await asyncio.gather(*[browse(v, delay_s, task) for v, delay_s in zip(visitors, delays, strict=True)])
    return task.result(), [page_ms for part in times for page_ms in part]


async def browse(visitor: Visitor, delay_s: float, work: asyncio.Task) -> list[float]:
    """Load the albums page at fixed intervals until the work is done. Returns how long each page took (ms).

    Times count from the moment when the page was due, because real visitors would not wait for each other.
    """
    times = []
    due = time.perf_counter() + delay_s
    while not work.done():
        await asyncio.sleep(due - time.perf_counter())
        assert await visitor.get("/albums") == 200
        times.append((time.perf_counter() - due) * 1000)
        due += PAGE_EVERY_S
    while (late_s := time.perf_counter() - due) > 0:  # due before the end, but not yet requested
        times.append(late_s * 1000)
        due += PAGE_EVERY_S
    return times


def max_memory_mb(store: RunningStore) -> float:
    """Return the server's peak memory."""
    status = Path(f"/proc/{store.process_id}/status").read_text("ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def main() -> int:
    """Run one storm and print the result. Returns 1 if it exceeds the limits."""
    crowd = int(sys.argv[1]) if len(sys.argv) > 1 else STORM
    with production_store() as store:
        result = asyncio.run(storm(store, add_accounts(store, "visitor", crowd, hash_for_all())))
    sys.stdout.write(f"{result}\n")
    return 0 if result.keeps_the_promise else 1


if __name__ == "__main__":
    sys.exit(main())
