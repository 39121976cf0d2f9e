"""Requests for work outside HTTP: the worker, commands and startup."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.scripting import prepare

Result = TypeVar("Result")


def run_in_transaction(registry: Registry, work: Callable[[Request], Result]) -> Result:
    """Run `work` with a request that may write, and return its result.

    `work` is run again, with another request, if its transaction loses against another: see `DbSessionFactory.retry`.
    """

    def run() -> Result:
        with service_request(registry, writes=True) as request:
            return work(request)

    return registry.db_sessions.retry(run)


@contextmanager
def service_request(registry: Registry, *, writes: bool = False) -> Iterator[Request]:
    """Yield a request whose services share one transaction. It commits at the end and rolls back on an error.

    It also rolls back after `request.tm.doom()`. With `writes`, its session takes the write lock at the first
    statement; without, it can only read.
    """
    with prepare(registry=registry) as environment:
        request = environment["request"]
        request.writes = writes
        request.tm.begin()
        try:
            yield request
            finish = request.tm.abort if request.tm.isDoomed() else request.tm.commit
        except BaseException:
            request.tm.abort()
            raise
        finish()
