"""Gate: the server has a thread for everybody who waits, and lets few of them work at a time."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pyramid.registry import Registry
from pyramid.router import Router

# Python computes one page at a time; with many begun, each thread would mostly wait for the others.
PAGES_AT_ONCE = 4
BREATH_S = 0.02
ACCOUNT_PATHS = "/account/"


class Gate:
    """The application, with turns of their own for the forms of accounts, which may hash a password.

    So pages do not wait behind a storm of sign-ins, as long as the server has threads for all of it. Whoever waits has
    no transaction and no connection, and not even a request: all that a sign-in does besides hashing, begun 200 times
    at once, would hold up the pages for a second.
    """

    registry: Registry

    def __init__(self, app: Router) -> None:
        self._app = app
        self.registry = app.registry
        self._forms = threading.BoundedSemaphore(self.registry.store_settings.hashes_at_once)
        self._pages = threading.BoundedSemaphore(PAGES_AT_ONCE)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request when it is its turn. The answer is sent after that: slow lines take no turn."""
        is_form = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].startswith(ACCOUNT_PATHS)
        with self._turn_of_a_form() if is_form else self._pages:
            return self._app(environ, start_response)

    @contextmanager
    def _turn_of_a_form(self) -> Iterator[None]:
        """In a crowd, a moment passes between two forms, in which pages have the machine for themselves."""
        at_once = self._forms.acquire(blocking=False)
        if not at_once:
            self._forms.acquire()
        try:
            if not at_once:
                time.sleep(BREATH_S)
            yield
        finally:
            self._forms.release()
