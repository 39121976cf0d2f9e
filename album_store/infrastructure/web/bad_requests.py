"""A request that cannot be read is the sender's mistake: 400 or 405, never an error of the store."""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest, HTTPMethodNotAllowed, HTTPRequestEntityTooLarge
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

Handler = Callable[[Request], Response]

METHODS = ("GET", "HEAD", "POST")
# No form of the store comes near it, and reading a garbled one takes time that grows with its size.
MAX_FORM_BYTES = 65_536


def bad_requests_tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Read path, query and form once, before any view does, and refuse what cannot be read."""

    def bad_requests_tween(request: Request) -> Response:
        if request.method not in METHODS:
            raise HTTPMethodNotAllowed(headers={"Allow": ", ".join(METHODS)})
        if (request.content_length or 0) > MAX_FORM_BYTES:
            raise HTTPRequestEntityTooLarge
        try:
            _read(request)
        except Exception as error:
            # What WebOb raises for a garbled form is not documented and of many kinds, RecursionError among them.
            raise HTTPBadRequest from error
        return handler(request)

    return bad_requests_tween


def _read(request: Request) -> None:
    """Read everything once. Raises any exception for what cannot be read."""
    names = [request.path_info, *request.GET, *request.GET.values(), *request.POST]
    if any("\0" in name for name in names):
        raise ValueError("NUL")
    # Half a surrogate pair is no text: nothing could store or hash it.
    "".join([*names, *(value for value in request.POST.values() if isinstance(value, str))]).encode()


def includeme(config: Configurator) -> None:
    """Put the tween below the exception views, so that its refusals get a page."""
    config.add_tween("album_store.infrastructure.web.bad_requests.bad_requests_tween_factory", under=EXCVIEW)
