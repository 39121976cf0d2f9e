"""The outermost WSGI layer: applies to every response of the store, whether Pyramid makes it or not."""

import logging
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.headers import Headers

from pyramid.interfaces import IRoutesMapper
from pyramid.registry import Registry
from pyramid.response import Response

from album_store.infrastructure.security.client import Client, address_of
from album_store.infrastructure.web.gate import Gate
from album_store.infrastructure.web.headers import PRIVATE, promised_headers
from album_store.infrastructure.web.kept_pages import KeptPages
from album_store.infrastructure.web.site_host import SiteHost, asked_for, host_name

# Health checks of load balancers send an IP address as the host.
ANY_HOST_ROUTE = "site.health"
FIRST_ERROR = "4"

WRONG_HOST = """\
This is not the store's address. Open {site_url} instead.

Home page: {site_url}{home}
All albums: {site_url}{albums}

If you run this store, set store.site_url in its ini file to the address that you use, and make sure that the proxy
passes on the Host header.
"""
FAULT = """\
Something went wrong on our side. Try again in a minute.

If it happens again, email {mail_sender} and quote the number {number}.

Home page: {site_url}{home}
All albums: {site_url}{albums}
"""

log = logging.getLogger(__name__)


class Edge:
    """The outermost WSGI application. Refuses requests for other hosts, and completes the headers of every response.

    Tweens do not see every response: 304, 416 and the response to an error in a callback are made after them.
    """

    registry: Registry

    def __init__(self, app: Gate) -> None:
        self._app = app
        self.registry = app.registry
        self._settings = self.registry.store_settings
        self._site_host = SiteHost(self._settings)
        mapper = self.registry.getUtility(IRoutesMapper)
        self._any_host_route = mapper.get_route(ANY_HOST_ROUTE)
        self._links = {
            "site_url": self._settings.site_url,
            "home": mapper.generate("home.index", {}),
            "albums": mapper.generate("albums.index", {}),
        }
        self._kept_pages = KeptPages(self.registry)
        self._promised = promised_headers(self._settings)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Respond to a request."""
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Callable[[bytes], object]:
            self._complete(status, headers)
            started[:] = status, headers
            return start_response(status, headers, *exc_info)

        if not (self._site_host.accepts(environ) or self._is_for_any_host(environ)):
            return self._wrong_host(environ)(environ, start)
        self._site_host.apply_to(environ)
        page = self._kept_pages.find(environ)
        if page is not None:
            return page.send(environ, start_response)
        try:
            return self._kept_pages.keep(environ, self._app(environ, start), started)
        except Exception:
            return self._fault(environ)(environ, start)

    def _is_for_any_host(self, environ: dict[str, Any]) -> bool:
        return self._any_host_route.match(environ.get("PATH_INFO", "")) is not None

    def _complete(self, status: str, headers: list[tuple[str, str]]) -> None:
        """Add the standard headers that the response does not set itself. No cache may keep an error."""
        names = {name.lower() for name, _ in headers}
        headers += [(name, value) for name, value in self._promised.items() if name.lower() not in names]
        if status >= FIRST_ERROR:
            Headers(headers)["Cache-Control"] = PRIVATE

    def _wrong_host(self, environ: dict[str, Any]) -> Response:
        """421 (RFC 9110, 15.5.20), or 400 if the host is missing, malformed or sent twice (RFC 9112, 3.2)."""
        name = host_name(asked_for(environ))
        client = Client(address_of(environ))
        log.info("event=host-refused ip=%s host=%s", client.ip_address, name[:255])
        text = WRONG_HOST.format(**self._links)
        return Response(text, status=421 if name else 400, content_type="text/plain", charset="utf-8")

    def _fault(self, environ: dict[str, Any]) -> Response:
        """500: an error outside the tweens, such as in a response callback."""
        number = uuid.uuid4().hex[:8]
        log.exception("event=fault number=%s method=%s", number, environ["REQUEST_METHOD"])
        text = FAULT.format(mail_sender=self._settings.mail_sender, number=number, **self._links)
        return Response(text, status=500, content_type="text/plain", charset="utf-8")
