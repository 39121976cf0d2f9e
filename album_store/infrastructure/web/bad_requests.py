"""A request that cannot be parsed is a client error (400, 405 or 413), never a server error."""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest, HTTPMethodNotAllowed, HTTPRequestEntityTooLarge
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

Handler = Callable[[Request], Response]

METHODS = ("GET", "HEAD", "POST")
# No form of the store comes near it, and parsing a malformed one takes time that grows with its size.
MAX_FORM_BYTES = 65_536


def bad_requests_tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Parse path, query and form once, before any view does, and reject what cannot be parsed."""

    def bad_requests_tween(request: Request) -> Response:
        if request.method not in METHODS:
            raise HTTPMethodNotAllowed(headers={"Allow": ", ".join(METHODS)})
        if (request.content_length or 0) > MAX_FORM_BYTES:
            raise HTTPRequestEntityTooLarge
        try:
            _read(request)
        except Exception as error:
            # What WebOb raises for a malformed form is undocumented and varies; RecursionError is possible.
            raise HTTPBadRequest from error
        return handler(request)

    return bad_requests_tween


def _read(request: Request) -> None:
    """Parse everything once. Raises any exception for what cannot be parsed."""
    names = [request.path_info, *request.GET, *request.GET.values(), *request.POST]
    if any("\0" in name for name in names):
        raise ValueError("NUL")
    # A lone surrogate cannot be encoded, so it could not be stored or hashed.
    "".join([*names, *(value for value in request.POST.values() if isinstance(value, str))]).encode()


def includeme(config: Configurator) -> None:
    """Put the tween below the exception views, so that its errors get a page."""
    config.add_tween("album_store.infrastructure.web.bad_requests.bad_requests_tween_factory", under=EXCVIEW)
