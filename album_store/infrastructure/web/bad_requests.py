"""Rejects requests that cannot be parsed, or would cost too much to parse, with 400, 405, 413 or 415."""

from collections.abc import Callable
from urllib.parse import urlsplit

from pyramid.config import Configurator
from pyramid.httpexceptions import (
    HTTPBadRequest,
    HTTPMethodNotAllowed,
    HTTPRequestEntityTooLarge,
    HTTPUnsupportedMediaType,
)
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

Handler = Callable[[Request], Response]

METHODS = ("GET", "HEAD", "POST")
# No form of the store comes near these limits. Parsing time grows with the size and the number of fields.
MAX_FORM_BYTES = 65_536
MAX_FIELDS = 1_000
# No form of the store uploads a file, and parsing multipart takes up to fifty times as long.
FORM_TYPE = "application/x-www-form-urlencoded"


def bad_requests_tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Parse path, query and form before any view does, and reject the request if that fails."""

    def bad_requests_tween(request: Request) -> Response:
        if request.method not in METHODS:
            raise HTTPMethodNotAllowed(headers={"Allow": ", ".join(METHODS)})
        if (request.content_length or 0) > MAX_FORM_BYTES:
            raise HTTPRequestEntityTooLarge
        if request.environ.get("PATH_INFO") in request.registry.machine_paths:
            return handler(request)
        if request.method == "POST" and request.content_length and request.content_type != FORM_TYPE:
            raise HTTPUnsupportedMediaType
        try:
            if _count_fields(request) > MAX_FIELDS:
                raise HTTPBadRequest(f"A request can have at most {MAX_FIELDS:,} fields.")
            _read(request)
        except HTTPBadRequest:
            raise
        except Exception as error:
            # WebOb raises various undocumented exceptions for a malformed form.
            raise HTTPBadRequest from error
        return handler(request)

    return bad_requests_tween


def _count_fields(request: Request) -> int:
    """Return at least the number of fields that WebOb would find in form and query. It also splits a query at `;`."""
    query = request.query_string
    return request.body.count(b"&") + query.count("&") + query.count(";") + 1


def _read(request: Request) -> None:
    """Parse path, query, form and origin. Raises an exception of any type if that fails."""
    names = [request.path_info, *request.GET, *request.GET.values(), *request.POST]
    if any("\0" in name for name in names):
        raise ValueError("NUL")
    if request.method == "POST":  # Pyramid reads the origin from one of these, and fails if it is malformed
        for part in f"{request.headers.get('Origin', '')} {request.referrer or ''}".split(" "):
            urlsplit(part)
    # A lone surrogate cannot be encoded, so it could not be stored or hashed.
    "".join([*names, *request.POST.values()]).encode()


def includeme(config: Configurator) -> None:
    """Put the tween below the exception views, so that its errors get a page."""
    config.add_tween("album_store.infrastructure.web.bad_requests.bad_requests_tween_factory", under=EXCVIEW)
