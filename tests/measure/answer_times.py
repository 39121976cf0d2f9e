"""Measures whether response times reveal who has an account (python -m tests.measure.answer_times)."""

import asyncio
import itertools
import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from passlib.hash import argon2

from tests.measure.production_store import add_accounts, hash_for_all, production_store
from tests.measure.rank_test import rank_test
from tests.measure.visitor import Visitor
from tests.support.factories import PASSWORD
from tests.support.running_store import RunningStore

SAMPLES = 200
WARM = 10
WRONG_PASSWORD = "seventeen grey herons"
# By chance, about one run in a hundred has a pair with a p this small. The p of a real difference is far smaller.
SUSPICIOUS_P = 0.001
# Hashes like this remain in a store whose settings have been raised. They use half of today's minimum memory.
OLDER_MEMORY_KIB = 9_728

HOW_TO_READ = f"""
p is the probability that two kinds differ at least this much by chance. If p is below {SUSPICIOUS_P}, the exit status
is 1. If this happens again in a second run, an attacker could measure the difference. Everything else is noise.
"""


@dataclass(frozen=True)
class Form:
    """A form, the values that are the same in all requests, and the email addresses by kind."""

    path: str
    status: int
    typed: dict[str, str]
    emails: dict[str, list[str]]


def forms(store: RunningStore) -> Iterator[Form]:
    """Yield the forms that must not reveal accounts. No account is used twice, because of the rate limits."""
    count = WARM + SAMPLES
    password_hash = hash_for_all()
    older_hash = argon2.using(type="ID", memory_cost=OLDER_MEMORY_KIB, time_cost=2, parallelism=1)

    def accounts(name: str, hash_: str = password_hash, **values: bool) -> list[str]:
        return add_accounts(store, name, count, hash_, **values)

    def unknown(name: str) -> list[str]:
        return [f"{name}-{number}@example.org" for number in range(count)]

    signin = {
        "unknown": unknown("signin-unknown"),
        "known": accounts("signin-known"),
        "disabled": accounts("signin-disabled", disabled=True),
        "older cost": accounts("signin-older", older_hash.hash(PASSWORD)),
    }
    yield Form("/account/signin", 400, {"password": WRONG_PASSWORD}, signin)
    registration = {"new": unknown("register-new"), "taken": accounts("register-taken")}
    typed = {"display_name": "", "password": PASSWORD, "confirm_password": PASSWORD}
    yield Form("/account/register", 303, typed, registration)
    reset = {
        "unknown": unknown("reset-unknown"),
        "known": accounts("reset-known"),
        "disabled": accounts("reset-disabled", disabled=True),
    }
    yield Form("/account/forgot_password", 303, {}, reset)


async def measure(store: RunningStore, form: Form) -> dict[str, list[float]]:
    """Return the times by kind, in ms. Kinds take turns in random order, so that all run under the same conditions."""
    times: dict[str, list[float]] = {kind: [] for kind in form.emails}
    for number in range(WARM + SAMPLES):
        for kind in random.sample(list(times), len(times)):
            times[kind].append(await time_ms(store, form, form.emails[kind][number]))
    return {kind: measured[WARM:] for kind, measured in times.items()}


async def time_ms(store: RunningStore, form: Form, email: str) -> float:
    """Return how long the store takes to respond to a new visitor, in ms."""
    visitor = await Visitor.arrive(store)
    await visitor.get(form.path)
    started = time.perf_counter()
    status = await visitor.post(form.path, email=email, **form.typed)
    took_s = time.perf_counter() - started
    assert status == form.status, f"{form.path} returned {status} for {email}"
    await visitor.leave()
    return took_s * 1000


def report(form: Form, times: dict[str, list[float]]) -> bool:
    """Print medians and comparisons. Returns whether the kinds cannot be told apart."""
    lines = [form.path]
    lines += [f"  {kind:<34} median {statistics.median(measured):7.2f} ms" for kind, measured in times.items()]
    differences = {pair: rank_test(*(times[kind] for kind in pair)) for pair in itertools.combinations(times, 2)}
    lines += [f"  {' / '.join(pair):<34} p      {p:8.3f}" for pair, p in differences.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return all(p >= SUSPICIOUS_P for p in differences.values())


def main() -> int:
    """Measure every form. Returns 1 if any kinds can be told apart."""
    with production_store() as store:
        are_alike = [report(form, asyncio.run(measure(store, form))) for form in forms(store)]
    sys.stdout.write(HOW_TO_READ)
    return 0 if all(are_alike) else 1


if __name__ == "__main__":
    sys.exit(main())
