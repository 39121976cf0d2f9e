"""Rate limits, counted in this process, or in Redis for stores with several processes or servers."""

import hashlib
import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from limits import RateLimitItem, parse_many
from limits.errors import ConfigurationError, StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from pyramid.config import Configurator

from album_store.infrastructure.security.bounded_counters import BoundedCounters

MEMORY = "memory"
# How long a request waits for a Redis that does not respond, and how long Redis is then left out.
REDIS_TIMEOUT_S = 0.5
REDIS_RETRY_S = 10

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """One or more rates. With several, the wait grows: first minutes, then hours."""

    name: str
    rates: tuple[RateLimitItem, ...]

    @classmethod
    def parse(cls, name: str, rates: str) -> "Limit":
        """Parse rates such as `10/5 minutes; 30/hour`, the shortest period first."""
        return cls(name, tuple(parse_many(rates)))


class RateLimiter:
    """Counts hits by key. With Redis all processes share the counters; while it is down, each counts on its own.

    `scope` separates stores that share a Redis server.
    """

    def __init__(self, storage: str, scope: str) -> None:
        self._own = FixedWindowRateLimiter(BoundedCounters())
        self._one_at_a_time = threading.Lock()
        self._shared = None if storage == MEMORY else FixedWindowRateLimiter(_redis(storage))
        self._shared_from = 0.0
        self._scope = scope

    def hit(self, limit: Limit, who: str) -> int:
        """Count a hit. Returns 0 if it is within the limit, otherwise the seconds to wait."""
        return self._count(lambda counter: _hit(counter, limit, self._key(limit, who)))

    def is_reached(self, limit: Limit, who: str) -> bool:
        """Return whether the next hit would exceed the limit, without counting one."""
        return self._count(lambda counter: _is_reached(counter, limit, self._key(limit, who)))

    def refund(self, limit: Limit, who: str) -> None:
        """Take back a hit that should not have counted."""
        self._count(lambda counter: _refund(counter, limit, self._key(limit, who)))

    def _key(self, limit: Limit, who: str) -> str:
        """Return a hashed counter name, so that Redis holds no email or IP addresses."""
        return hashlib.sha256(f"{self._scope}\0{limit.name}\0{who}".encode("utf-8", "replace")).hexdigest()

    def _count(self, work: Callable[[FixedWindowRateLimiter], Answer]) -> Answer:
        if self._shared and time.monotonic() >= self._shared_from:
            try:
                return work(self._shared)
            except StorageError as error:
                self._shared_from = time.monotonic() + REDIS_RETRY_S
                log.warning(
                    "event=limits-storage-gone counting=in-process error=%s", type(error.storage_error).__name__
                )
        with self._one_at_a_time:
            return work(self._own)


def _redis(url: str) -> Storage:
    options = {"socket_timeout": REDIS_TIMEOUT_S, "socket_connect_timeout": REDIS_TIMEOUT_S, "retry": None}
    return storage_from_string(url, wrap_exceptions=True, **options)


def _hit(counter: FixedWindowRateLimiter, limit: Limit, key: str) -> int:
    """Check the rates in order, so that a hit refused by the shortest period does not use up the longer ones."""
    for rate in limit.rates:
        if not counter.hit(rate, key):
            return max(1, math.ceil(counter.get_window_stats(rate, key).reset_time - time.time()))
    return 0


def _is_reached(counter: FixedWindowRateLimiter, limit: Limit, key: str) -> bool:
    return not all(counter.test(rate, key) for rate in limit.rates)


def _refund(counter: FixedWindowRateLimiter, limit: Limit, key: str) -> None:
    for rate in limit.rates:
        # A counter that has been reset in the meantime has nothing to refund.
        if counter.storage.get(rate.key_for(key)) > 0:
            counter.hit(rate, key, cost=-1)


def includeme(config: Configurator) -> None:
    """Create the limiter. Redis need not be reachable. Raises SystemExit if its Python package is not installed."""
    store = config.registry.store_settings
    try:
        config.registry.rate_limiter = RateLimiter(store.limits_storage, store.site_url)
    except ConfigurationError:
        raise SystemExit("limits.storage needs the redis package. Run: pip install 'album-store[redis]'") from None
