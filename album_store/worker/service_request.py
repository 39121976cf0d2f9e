"""Requests for work outside HTTP: the worker, commands and startup."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.scripting import prepare


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
