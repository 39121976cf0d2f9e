"""A request that cannot be read is the sender's mistake: 400 or 405, never an error of the store."""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest, HTTPMethodNotAllowed
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

Handler = Callable[[Request], Response]

METHODS = ("GET", "HEAD", "POST")


def bad_requests_tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Read path, query and form once, before any view does, and refuse what cannot be read."""

    def bad_requests_tween(request: Request) -> Response:
        if request.method not in METHODS:
            raise HTTPMethodNotAllowed(headers={"Allow": ", ".join(METHODS)})
        try:
            texts = [request.path_info, *request.GET, *request.GET.values(), *request.POST]
        except (DeprecationWarning, LookupError, ValueError, OSError) as error:
            # WebOb raises a DeprecationWarning for a form in any charset but UTF-8.
            raise HTTPBadRequest from error
        if any(text is None or "\0" in text for text in texts):  # a part of a form without a name is None
            raise HTTPBadRequest
        return handler(request)

    return bad_requests_tween


def includeme(config: Configurator) -> None:
    """Put the tween below the exception views, so that its refusals get a page."""
    config.add_tween("album_store.infrastructure.bad_requests.bad_requests_tween_factory", under=EXCVIEW)
