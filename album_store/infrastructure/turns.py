"""Turns: the server has a thread for everybody who waits, and lets few of them work at a time."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from pyramid.registry import Registry
from pyramid.router import Router

# Python computes one page at a time; with many begun, each thread would mostly wait for the others.
PAGES_AT_ONCE = 4
ACCOUNT_PATHS = "/account/"


class Turns:
    """The application, with turns of their own for the forms of accounts, which may hash a password.

    So pages never wait behind a storm of sign-ins. Whoever waits has no transaction and no connection, and not even a
    request: all that a sign-in does besides hashing, begun 200 times at once, would hold up the pages for a second.
    """

    registry: Registry

    def __init__(self, app: Router) -> None:
        self._app = app
        self.registry = app.registry
        self._forms = threading.BoundedSemaphore(self.registry.store.hashes_at_once)
        self._pages = threading.BoundedSemaphore(PAGES_AT_ONCE)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request when it is its turn. The answer is sent after that: slow lines take no turn."""
        is_form = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].startswith(ACCOUNT_PATHS)
        with self._forms if is_form else self._pages:
            return self._app(environ, start_response)
