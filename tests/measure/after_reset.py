"""Measures whether the work after a reset request reveals who has an account (python -m tests.measure.after_reset).

For each of 100 pairs of email addresses, one known and one unknown, in random order, a visitor requests a reset link
and then loads pages until the worker has processed the request. The argument is another number of pairs.
"""

import asyncio
import random
import statistics
import sys
import time

from tests.measure.production_store import add_accounts, hash_for_all, production_store
from tests.measure.rank_test import probability_of_more
from tests.measure.visitor import Visitor
from tests.support.fake_smtp import FakeSmtp
from tests.support.running_store import RunningStore

PAIRS = 100
# The worker processes requests every second here, so that a short window covers several rounds.
QUEUE_S = 1
WINDOW_S = 4
WARM = 3
ACCEPTED = (0.4, 0.6)


async def mean_page_ms(store: RunningStore, email: str) -> dict[str, float]:
    """Request a link, then load pages without a pause. Returns the mean, the slowest and the first two, in ms."""
    visitor = await Visitor.arrive(store)
    await visitor.get("/account/forgot_password")
    assert await visitor.post("/account/forgot_password", email=email) == 303
    times = []
    end = time.perf_counter() + WINDOW_S
    while (started := time.perf_counter()) < end:
        await visitor.get("/albums")
        times.append((time.perf_counter() - started) * 1000)
    await visitor.leave()
    return {"mean": statistics.fmean(times), "slowest": max(times), "two next": statistics.fmean(times[:2])}


async def measure(store: RunningStore, emails: list[str]) -> bool:
    """Print how long the pages took. Returns whether known and unknown addresses cannot be told apart."""
    figures: dict[str, dict[str, list[float]]] = {"known": {}, "unknown": {}}
    for number, email in enumerate(emails):
        pair = {"known": email, "unknown": f"unknown-{number}@example.org"}
        for kind in random.sample(list(pair), 2):
            for name, value in (await mean_page_ms(store, pair[kind])).items():
                figures[kind].setdefault(name, []).append(value)
    is_kept = True
    for name in figures["known"]:
        known, unknown = (figures[kind][name][WARM:] for kind in ("known", "unknown"))
        probability = probability_of_more(known, unknown)
        is_kept &= ACCEPTED[0] <= probability <= ACCEPTED[1]
        sys.stdout.write(
            f"{name:<10} known {statistics.median(known):7.2f} ms   unknown {statistics.median(unknown):7.2f} ms   "
            f"known is slower in {probability:.2f} of all pairs (limit: {ACCEPTED[0]} to {ACCEPTED[1]})\n"
        )
    return is_kept


def main() -> int:
    """Measure. Returns 1 if known and unknown addresses can be told apart."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    with FakeSmtp() as smtp:
        smtp_settings = {"mail.host": "127.0.0.1", "mail.port": str(smtp.port), "mail.tls": "none"}
        settings = {"mail.worker": "thread", "reset.queue_seconds": str(QUEUE_S), **smtp_settings}
        with production_store(settings) as store:
            is_kept = asyncio.run(measure(store, add_accounts(store, "known", pairs + WARM, hash_for_all())))
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
