"""Visitors from many addresses, and rate limits that they have used up."""

from webtest import TestApp

from album_store.infrastructure.security.rate_limits import Limit
from tests.support.store_driver import StoreDriver


def stranger(store: StoreDriver, number: int) -> TestApp:
    """Return a browser with an IP address of its own."""
    return store.browser(REMOTE_ADDR=f"198.51.{number // 250}.{number % 250 + 1}")


def leave_one(store: StoreDriver, limit: Limit, who: str) -> None:
    """Leave one attempt of a limit, without sending the requests for the others."""
    for _ in range(limit.rates[0].amount - 1):
        assert store.registry.rate_limiter.hit(limit, who) == 0


def use_up(store: StoreDriver, limit: Limit, who: str = "") -> None:
    """Reach a limit without sending the requests."""
    while store.registry.rate_limiter.hit(limit, who) == 0:
        pass
