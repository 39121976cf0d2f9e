"""Turns: the server has a thread for everybody who waits, and lets few of them work at a time."""

import threading
from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response

Handler = Callable[[Request], Response]

# Python computes one page at a time; with many begun, each thread would mostly wait for the others.
PAGES_AT_ONCE = 4
ACCOUNT_PATHS = "/account/"


def turns_tween_factory(handler: Handler, registry: Registry) -> Handler:
    """Give the forms of accounts, which may hash a password, turns of their own.

    So pages never wait behind a storm of sign-ins: even the little that a sign-in does besides hashing would, begun 200
    times at once, hold them up for a second.
    """
    forms = threading.BoundedSemaphore(registry.store.hashes_at_once)
    pages = threading.BoundedSemaphore(PAGES_AT_ONCE)

    def turns_tween(request: Request) -> Response:
        with forms if _is_account_form(request) else pages:
            return handler(request)

    return turns_tween


def _is_account_form(request: Request) -> bool:
    """Asked of the environ, because a request that cannot be read still needs a turn."""
    return request.environ["REQUEST_METHOD"] == "POST" and request.environ["PATH_INFO"].startswith(ACCOUNT_PATHS)


def includeme(config: Configurator) -> None:
    """Put the tween around the transaction: whoever waits has no connection and no page begun."""
    config.add_tween("album_store.infrastructure.turns.turns_tween_factory", over="pyramid_tm.tm_tween_factory")
