"""Measures how floods of forms affect other visitors behind nginx (python -m tests.measure.behind_nginx)."""

import asyncio
import dataclasses
import itertools
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import Queue, get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.measure.production_store import add_accounts, hash_for_all, production_store
from tests.measure.signin_storm import browse_during, p95
from tests.measure.visitor import Visitor
from tests.support.factories import PASSWORD
from tests.support.nginx import documented_configuration, running_nginx, without_limits
from tests.support.running_store import RunningStore

WARM_S, SETTLE_S, MEASURED_S = 2, 3, 15
SIGNIN_EVERY_S = 0.25
MAX_PAGES, MAX_SIGNINS = 3, 10

ATTACKER = "127.66.0.1"
_addresses = (f"127.77.{high}.{low}" for high, low in itertools.product(range(256), range(1, 255)))


@dataclass(frozen=True)
class Flood:
    """A flood of forms from some clients. `is_promised`: the limits must protect other visitors from it."""

    name: str
    connections: int
    posts_a_second: int
    clients: int
    forms: tuple[tuple[str, dict[str, str]], ...]
    is_promised: bool = True


REFUSED = {"email": "nobody@example.org", "password": "seventeen grey herons"}
ACCOUNT_FORMS = (
    ("/account/signin", {}),
    ("/account/signin", REFUSED),
    ("/account/register", {}),
    ("/account/register", REFUSED | {"confirm_password": "another"}),
    ("/account/forgot_password", {}),
)
FLOODS = (
    Flood("97 empty posts a second to /account/zzz", 290, 97, 1, (("/account/zzz", {}),)),
    Flood("600 empty posts a second to /account/zzz", 290, 600, 1, (("/account/zzz", {}),)),
    Flood("empty and refused account forms", 300, 300, 1, ACCOUNT_FORMS),
    Flood("the same from 30 clients", 300, 300, 30, ACCOUNT_FORMS, is_promised=False),
)


@dataclass(frozen=True)
class Times:
    """How long pages and sign-ins took (ms), and how many sign-ins were refused."""

    pages: list[float]
    signins: list[float]
    refused: int

    def compared_with(self, idle: "Times") -> tuple[float, float]:
        """Return how many times slower pages and sign-ins were (p95)."""
        return p95(self.pages) / p95(idle.pages), p95(self.signins) / p95(idle.signins)

    def __str__(self) -> str:
        """The 95th percentiles."""
        refused = f", {self.refused} of {len(self.signins)} refused" if self.refused else ""
        return f"pages {p95(self.pages):7.1f} ms   sign-in {p95(self.signins):7.1f} ms{refused}"


async def measure(store: RunningStore, emails: Iterator[str]) -> Times:
    """Browse, and sign in from one address after another."""
    (signins, refused), pages = await browse_during(store, sign_in_again_and_again(store, emails))
    return Times(pages, signins, refused)


async def sign_in_again_and_again(store: RunningStore, emails: Iterator[str]) -> tuple[list[float], int]:
    """Sign in at fixed intervals. Returns how long each sign-in took (ms), and how many were refused."""
    moments = [number * SIGNIN_EVERY_S for number in range(int(MEASURED_S / SIGNIN_EVERY_S))]
    found = await asyncio.gather(*[sign_in(store, next(emails), delay_s) for delay_s in moments])
    return [took_ms for took_ms, _ in found], sum(status != 303 for _, status in found)


async def sign_in(store: RunningStore, email: str, delay_s: float) -> tuple[float, int]:
    """Sign in after a delay. Returns how long the sign-in took (ms), and its status."""
    await asyncio.sleep(delay_s)
    visitor = await Visitor.arrive(store, next(_addresses))
    await visitor.get("/account/signin")
    started = time.perf_counter()
    status = await visitor.post("/account/signin", email=email, password=PASSWORD)
    took_ms = (time.perf_counter() - started) * 1000
    await visitor.leave()
    return took_ms, status


async def flood(store: RunningStore, what: Flood) -> Counter[int]:
    """Send forms until the measurement ends. Returns the number of responses by status."""
    statuses: Counter[int] = Counter()
    first, last = ATTACKER.rsplit(".", 1)
    addresses = [f"{first}.{int(last) + number % what.clients}" for number in range(what.connections)]
    visitors = [await Visitor.arrive(store, address) for address in addresses]
    for visitor in visitors:
        await visitor.get("/account/signin")
    every_s = what.connections / what.posts_a_second
    senders = [send(v, what, number, every_s, statuses) for number, v in enumerate(visitors)]
    await asyncio.gather(*senders)
    return statuses


async def send(visitor: Visitor, what: Flood, number: int, every_s: float, statuses: Counter[int]) -> None:
    """Send forms over one connection at fixed intervals, or as soon as the previous response arrives if it is late."""
    forms = itertools.cycle(what.forms[number % len(what.forms) :] + what.forms[: number % len(what.forms)])
    due = time.perf_counter() + number / what.connections * every_s
    ends = time.perf_counter() + SETTLE_S + MEASURED_S + 2
    while time.perf_counter() < ends:
        await asyncio.sleep(max(0, due - time.perf_counter()))
        path, fields = next(forms)
        statuses[await visitor.post(path, **fields)] += 1
        due = max(due + every_s, time.perf_counter())


def attack(store: RunningStore, what: Flood, results: Queue) -> None:
    """Flood the store from a separate process, so that it does not slow the measurement."""
    results.put(asyncio.run(flood(store, what)))


async def measure_during(store: RunningStore, what: Flood, emails: Iterator[str]) -> tuple[Times, Counter[int]]:
    """Measure other visitors during a flood. Returns their times, and the statuses that the flood received."""
    spawn = get_context("spawn")
    results = spawn.Queue()
    process = spawn.Process(target=attack, args=(store, what, results))
    process.start()
    await asyncio.sleep(SETTLE_S)
    times = await measure(store, emails)
    statuses = await asyncio.to_thread(results.get, timeout=60)
    process.join()
    return times, statuses


@contextmanager
def behind(store: RunningStore, site: str) -> Iterator[RunningStore]:
    """Yield the store as visitors reach it through nginx."""
    with TemporaryDirectory() as folder, running_nginx(Path(folder), store, site) as port:
        yield dataclasses.replace(store, url=f"http://127.0.0.1:{port}")


def main() -> int:
    """Measure each flood with and without the limits. Returns 1 if the limits do not protect as promised."""
    kept = True
    site = documented_configuration()
    for name, configuration in (("with the limits", site), ("without the limits", without_limits(site))):
        for what in FLOODS:
            with production_store() as store, behind(store, configuration) as door:
                emails = iter(add_accounts(store, "visitor", 400, hash_for_all()))
                asyncio.run(browse_during(door, asyncio.sleep(WARM_S)))
                idle = asyncio.run(measure(door, emails))
                times, statuses = asyncio.run(measure_during(door, what, emails))
            pages, signins = times.compared_with(idle)
            lines = [
                f"{what.name}, {name}: {dict(sorted(statuses.items()))}",
                f"  idle       {idle}",
                f"  flooded    {times}",
                f"  x idle     pages {pages:7.2f}      sign-in {signins:7.2f}",
            ]
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
            if what.is_promised and configuration is site:
                kept &= pages <= MAX_PAGES and signins <= MAX_SIGNINS and not times.refused
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
