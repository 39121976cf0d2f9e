"""Measures how a flood from one client affects others without a proxy (python -m tests.measure.floods).

Eight connections of one client send registration forms that are refused, while other visitors sign in. Then 200
networks of one IPv6 customer request 1,000 reset links, and afterwards other visitors request one.
"""

import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import Coroutine
from typing import Any

from tests.measure.production_store import add_accounts, hash_for_all, production_store
from tests.measure.signin_storm import p95
from tests.measure.visitor import Visitor
from tests.support.factories import PASSWORD
from tests.support.running_store import RunningStore

FLOOD_S = 10
CONNECTIONS = 8
SIGNIN_EVERY_S = 0.25
MAX_TIMES_IDLE = 10
NETWORKS, REQUESTS = 200, 1_000
OTHERS = 10


async def sign_ins_during(store: RunningStore, emails: list[str], work: Coroutine) -> list[float]:
    """Return how long other visitors' sign-ins take while the work runs, in ms."""
    task = asyncio.create_task(work)
    times = []
    for email in emails:
        if task.done():
            break
        visitor = await Visitor.arrive(store)
        await visitor.get("/account/signin")
        started = time.perf_counter()
        assert await visitor.post("/account/signin", email=email, password=PASSWORD) == 303
        times.append((time.perf_counter() - started) * 1000)
        await visitor.leave()
        await asyncio.sleep(SIGNIN_EVERY_S)
    await task
    return times


async def refused_registrations(store: RunningStore, address: str) -> dict[int, int]:
    """Send refused forms over several connections for FLOOD_S. Returns the number of responses by status."""
    end = time.perf_counter() + FLOOD_S
    statuses: dict[int, int] = {}

    async def send() -> None:
        visitor = await Visitor.arrive(store, address=address)
        await visitor.get("/account/register")
        while time.perf_counter() < end:
            fields = {"email": "x@example.org", "password": "a" * 40, "confirm_password": "b"}
            status = await visitor.post("/account/register", **fields)
            statuses[status] = statuses.get(status, 0) + 1
        await visitor.leave()

    await asyncio.gather(*(send() for _ in range(CONNECTIONS)))
    return statuses


async def resets_of_one_customer(store: RunningStore) -> dict[int, int]:
    """Request reset links from many /64 networks of one /48. Returns the number of responses by status."""
    statuses: dict[int, int] = {}
    for number in range(NETWORKS):
        visitor = await Visitor.arrive(store, address=f"2001:db8:1:{number:x}::1")
        await visitor.get("/account/forgot_password")
        for _ in range(REQUESTS // NETWORKS):
            status = await visitor.post("/account/forgot_password", email=f"{number}@example.org")
            statuses[status] = statuses.get(status, 0) + 1
        await visitor.leave()
    return statuses


async def resets_of_others(store: RunningStore, emails: list[str]) -> list[int]:
    """Request a reset link from each of a few other clients. Returns the statuses."""
    statuses = []
    for email in emails:
        visitor = await Visitor.arrive(store)
        await visitor.get("/account/forgot_password")
        statuses.append(await visitor.post("/account/forgot_password", email=email))
        await visitor.leave()
    return statuses


async def measure(store: RunningStore, emails: list[str]) -> bool:
    """Run both floods and print the results. Returns whether other visitors were served."""
    accounts = iter(emails)
    await sign_ins_during(store, list(itertools.islice(accounts, 5)), asyncio.sleep(FLOOD_S))
    idle = await sign_ins_during(store, list(itertools.islice(accounts, 40)), asyncio.sleep(FLOOD_S))
    counted: list[Any] = []

    async def flood() -> None:
        counted.append(await refused_registrations(store, "198.51.100.1"))

    loaded = await sign_ins_during(store, list(itertools.islice(accounts, 40)), flood())
    ratio = statistics.median(loaded) / statistics.median(idle)
    started = time.perf_counter()
    statuses = await resets_of_one_customer(store)
    took_s = time.perf_counter() - started
    others = await resets_of_others(store, list(itertools.islice(accounts, OTHERS)))
    lines = [
        f"refused registrations, {CONNECTIONS} connections of one client, {FLOOD_S} s: {counted[0]}",
        f"other visitors' sign-ins  idle     median {statistics.median(idle):7.1f} ms   p95 {p95(idle):7.1f} ms",
        f"                          flooded  median {statistics.median(loaded):7.1f} ms   p95 {p95(loaded):7.1f} ms",
        f"                          median, x idle {ratio:.1f} (limit: {MAX_TIMES_IDLE})",
        f"reset requests from {NETWORKS} /64 networks of one /48 in {took_s:.0f} s: {statuses}",
        f"other visitors' reset requests afterwards: {others}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return ratio <= MAX_TIMES_IDLE and set(others) == {303}


def main() -> int:
    """Run both floods. Returns 1 if other visitors were not served."""
    with production_store() as store:
        is_kept = asyncio.run(measure(store, add_accounts(store, "visitor", 100, hash_for_all())))
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
