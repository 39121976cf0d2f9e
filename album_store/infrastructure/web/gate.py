"""The gate limits the forms that hash a password: a few are processed at a time, some wait, the rest get a 503."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from pyramid.config import Configurator
from pyramid.interfaces import IRoutesMapper
from pyramid.registry import Registry
from pyramid.renderers import render
from pyramid.response import Response
from pyramid.router import Router
from pyramid.scripting import prepare

from album_store.infrastructure.security.client import Client, address_of

MAX_WAITING = 64
# How many of these places one client (an IPv4 address or IPv6 /64) may take, and one IPv6 /48.
MAX_WAITING_PER_CLIENT = 8
MAX_WAITING_PER_NETWORK = 16
MAX_WAIT_S = 10
LOG_EVERY_S = 60

log = logging.getLogger(__name__)


class Gate:
    """The WSGI application, with a limit on POST requests to routes added by `add_hashing_route`.

    `password.hashes_at_once` of them are processed at a time. Up to MAX_WAITING more wait, each for at most MAX_WAIT_S
    seconds; any further one gets a 503 at once. All other requests pass. No client takes more than
    MAX_WAITING_PER_CLIENT of the places, and no IPv6 /48 more than MAX_WAITING_PER_NETWORK, so that a single customer
    cannot keep others from signing in.

    The gate comes before everything else, because a sign-in does more than hash: 200 at once would delay every page.
    A waiting request holds a thread of the server, but no transaction and no database connection.
    """

    registry: Registry

    def __init__(self, app: Router) -> None:
        self._app = app
        self.registry = app.registry
        mapper = self.registry.getUtility(IRoutesMapper)
        self._hashing_routes = [mapper.get_route(name) for name in self.registry.hashing_routes]
        self._slots = threading.BoundedSemaphore(self.registry.store_settings.hashes_at_once)
        self._places_taken = 0
        self._waiting: Counter[str] = Counter()
        self._one_at_a_time = threading.Lock()
        self._too_busy = _too_busy(self.registry)
        self._next_log = time.monotonic()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Respond to a request. Its slot is released before the response is sent, so a slow connection holds none."""
        if not self._hashes(environ):
            return self._app(environ, start_response)
        client = Client(address_of(environ))
        if not self._take_slot(client):
            self._log_full(client)
            return self._too_busy(environ, start_response)
        try:
            return self._app(environ, start_response)
        finally:
            self._slots.release()

    def _hashes(self, environ: dict[str, Any]) -> bool:
        # The path is matched as WSGI passes it, as Latin-1: a "/" is the same, and nothing needs decoding.
        path = environ.get("PATH_INFO", "")
        return environ["REQUEST_METHOD"] == "POST" and any(
            route.match(path) is not None for route in self._hashing_routes
        )

    def _log_full(self, client: Client) -> None:
        """Log at most once a minute: writing 135 lines at once took longer than the responses."""
        now = time.monotonic()
        if now >= self._next_log:
            self._next_log = now + LOG_EVERY_S
            log.warning("event=gate-full ip=%s", client.ip_address)

    def _take_slot(self, client: Client) -> bool:
        """Take a slot, waiting if necessary. Returns False if none was free in time."""
        if self._slots.acquire(blocking=False):
            return True
        share = _share_of(client)
        if not self._take_place(share):
            return False
        try:
            return self._slots.acquire(timeout=MAX_WAIT_S)
        finally:
            self._leave_place(share)

    def _take_place(self, share: dict[str, int]) -> bool:
        with self._one_at_a_time:
            if self._places_taken >= MAX_WAITING or any(self._waiting[key] >= most for key, most in share.items()):
                return False
            self._places_taken += 1
            self._waiting.update(list(share))
            return True

    def _leave_place(self, share: dict[str, int]) -> None:
        with self._one_at_a_time:
            self._places_taken -= 1
            self._waiting.subtract(list(share))
            self._waiting += Counter()  # removes the clients that no longer wait


def _share_of(client: Client) -> dict[str, int]:
    """Return how many places each key of a client may take."""
    share = {client.rate_limit_key: MAX_WAITING_PER_CLIENT}
    return share | {client.network_key: MAX_WAITING_PER_NETWORK} if client.network_key else share


def _too_busy(registry: Registry) -> Response:
    """The 503 response, rendered once at startup, so that it costs nothing under load."""
    with prepare(registry=registry) as environment:
        page = render("album_store:templates/errors/fault.pt", {"number": ""}, environment["request"])
    response = Response(page, status=503)
    response.headers["Retry-After"] = str(MAX_WAIT_S)
    return response


def add_hashing_route(config: Configurator, name: str, pattern: str) -> None:
    """Add a route whose POST requests may hash a password."""
    config.add_route(name, pattern)
    config.registry.hashing_routes.append(name)


def includeme(config: Configurator) -> None:
    """Add the directive `config.add_hashing_route(name, pattern)`."""
    config.registry.hashing_routes = []
    config.add_directive("add_hashing_route", add_hashing_route)
