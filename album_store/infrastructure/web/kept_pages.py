"""Keeps rendered public pages in memory until the catalogue changes.

A page belongs to one version of the catalogue and one day (`data/catalogue_version.py`), and each request asks the
database for the version: a change shows on the next request of every process. Two things are kept: the whole page of
visitors without a session or a message (`KeptPages`), and for everybody else the page without its personal parts
(`kept_deriver`).
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cachetools import LRUCache
from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.settings import asbool

from album_store.data.catalogue_version import TOKEN
from album_store.data.dbsession import DbSessionFactory
from album_store.infrastructure.calendar import Calendar
from album_store.infrastructure.web.conditional_requests import entity_tags, etag_of
from album_store.infrastructure.web.cookies import full_name
from album_store.infrastructure.web.page_parts import OpenPart, fill_in, parts_left_open, split_at_parts

KEPT_BYTES = 16 * 1024 * 1024
# A longer query is not one of the store's links. Its page is not kept: the bytes of the addresses are not counted.
MAX_QUERY = 500
# The headers that a 304 response leaves out.
OF_THE_BODY = {"Content-Length", "Content-Type"}
LOG_EVERY_S = 60
# In the WSGI environment: the version of a response that may be kept as it is.
_VERSION = "album_store.kept_version"

log = logging.getLogger(__name__)


class PageCache:
    """Pages by key, each for one version. Drops those that were not used for longest when they exceed KEPT_BYTES."""

    def __init__(self) -> None:
        self._pages: LRUCache[Any, Any] = LRUCache(KEPT_BYTES, getsizeof=lambda page: page.size)
        self._lock = threading.Lock()

    def get(self, key: Any) -> Any:
        """Return the page, or None. It may be of another version."""
        with self._lock:
            return self._pages.get(key)

    def put(self, key: Any, page: Any) -> None:
        """Keep a page in place of its other versions. One that is too large is not kept."""
        with self._lock:
            if page.size <= KEPT_BYTES // 8:
                self._pages[key] = page


@dataclass(frozen=True)
class OpenPage:
    """A page without its personal parts."""

    version: str
    pieces: list[bytes | OpenPart]
    content_type: str

    @property
    def size(self) -> int:
        """The bytes that the page takes, about 1,000 for each part."""
        return sum(len(piece) if isinstance(piece, bytes) else 1_000 for piece in self.pieces) + 1_000


@dataclass(frozen=True)
class WholePage:
    """A page of a visitor, with its headers."""

    version: str
    headers: list[tuple[str, str]]
    etag: str
    body: bytes

    @property
    def size(self) -> int:
        """The bytes that the page takes."""
        return len(self.body) + 2_000

    def send(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, with 304 if the browser has the page."""
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is not None and (known == self.etag or self.etag in entity_tags(known)):
            start_response("304 Not Modified", [pair for pair in self.headers if pair[0] not in OF_THE_BODY])
            return []
        start_response("200 OK", list(self.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self.body]


class KeptPages:
    """The whole pages of visitors, which the edge sends without asking Pyramid."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        secure, parts = registry.store_settings.secure, registry.page_parts.values()
        self._cookies = {f"{full_name(name, secure=secure)}=" for part in parts for name in part.cookies}

    def find(self, environ: dict[str, Any]) -> WholePage | None:
        """Return the page that answers a request, or None if there is none for the current version."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or self._is_personal(environ):
            return None
        page = self._registry.whole_pages.get(_key(environ))
        if page is not None and page.version == self._registry.catalogue_versions.current():
            return page
        return None

    def keep(self, environ: dict[str, Any], body: Iterable[bytes], started: Sequence[Any]) -> Iterable[bytes]:
        """Keep a response if its view says so, and it is the same for all visitors. Returns the body.

        `started` is its status and its headers, all of them.
        """
        version = environ.get(_VERSION)
        if version is None:
            return body
        status, headers = started
        names = {name.lower(): value for name, value in headers}
        if (
            environ["REQUEST_METHOD"] != "GET"
            or self._is_personal(environ)
            or "set-cookie" in names
            or not status.startswith("200")
        ):
            return body
        content = b"".join(body)
        self._registry.whole_pages.put(_key(environ), WholePage(version, list(headers), names["etag"], content))
        return [content]

    def _is_personal(self, environ: dict[str, Any]) -> bool:
        """Return whether the browser sends a cookie on which a part may depend."""
        cookies = environ.get("HTTP_COOKIE", "")
        return bool(cookies) and any(name in cookies for name in self._cookies)


def _key(environ: dict[str, Any]) -> tuple[str, str]:
    return environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")


class CatalogueVersions:
    """The version of the pages of this moment: the token of the catalogue and the date, which decides what is out."""

    def __init__(self, db_sessions: DbSessionFactory, calendar: Calendar) -> None:
        self._db_sessions, self._calendar = db_sessions, calendar
        self._day = 0.0, 0.0, ""
        self._next_log = time.monotonic()

    def current(self) -> str | None:
        """Read the version without a session; None if the database does not answer."""
        try:
            return self.of(self._db_sessions.catalogue_token())
        except Exception as error:
            self._log_unread(error)
            return None

    def of(self, token: str) -> str:
        """Return the version for a token."""
        return f"{token} {self._today()}"

    def _today(self) -> str:
        """Return the date, which is asked of the calendar once a day, and when the clock is set."""
        start, end, day = self._day
        if not start <= time.time() < end:
            today = self._calendar.today()
            days = today, today + dt.timedelta(1)
            start, end = (self._calendar.start_of(day).timestamp() for day in days)
            day = today.isoformat()
            self._day = start, end, day
        return day

    def _log_unread(self, error: Exception) -> None:
        """Log at most once a minute: every request of a visitor fails while the database is down."""
        now = time.monotonic()
        if now >= self._next_log:
            self._next_log = now + LOG_EVERY_S
            log.warning("event=version-unread error=%s", type(error).__name__)


def kept_deriver(view: Any, info: Any) -> Any:
    """View option `kept`: the names of the query parameters that the page depends on, beside its path.

    The page must show the same to everybody but for its parts. Reading the version is the first statement of its
    transaction, so that a page is never kept for a newer version than the one that it shows.
    """
    names = info.options.get("kept")
    if names is None or asbool(info.settings.get("pyramid.reload_templates")):  # templates change while developing
        return view

    def kept_view(context: Any, request: Request) -> Response:
        token = request.dbsession.scalar(TOKEN)
        if token is None or len(request.query_string) > MAX_QUERY:
            return view(context, request)
        version, pages = request.registry.catalogue_versions.of(token), request.registry.open_pages
        key = (request.path_info, *(request.GET.get(name, "") for name in names))
        page = pages.get(key)
        if page is None or page.version != version:
            with parts_left_open(request) as parts:
                response = view(context, request)
            page = OpenPage(version, split_at_parts(response.body, parts), response.headers["Content-Type"])
            pages.put(key, page)
        return _filled(page, request, is_canonical=set(request.GET) <= set(names))

    return kept_view


kept_deriver.options = ("kept",)


def _filled(page: OpenPage, request: Request, *, is_canonical: bool) -> Response:
    body = fill_in(page.pieces, request)
    response = Response(body, headerlist=[("Content-Type", page.content_type)], conditional_response=True)
    response.content_length = len(body)
    response.etag = etag_of(body)
    if is_canonical:
        request.environ[_VERSION] = page.version
    return response


def includeme(config: Configurator) -> None:
    """Add the view option `kept`."""
    registry = config.registry
    registry.open_pages, registry.whole_pages = PageCache(), PageCache()
    registry.catalogue_versions = CatalogueVersions(registry.db_sessions, Calendar(registry.store_settings.timezone))
    config.add_view_deriver(kept_deriver, name="kept", under="public")
