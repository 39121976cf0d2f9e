"""Redirects addresses that were copied with extra characters: a final slash, or the punctuation of a sentence."""

import unicodedata
from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPMovedPermanently
from pyramid.interfaces import IRoutesMapper
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response

Handler = Callable[[Request], Response]

# Unicode's categories of punctuation, spaces, invisible characters and signs: no address of the store ends with one, so
# what stands before them is the only page that can be meant.
_SURPLUS_CATEGORIES = {"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Zs", "Zl", "Zp", "Cc", "Cf", "Sm", "Sc", "Sk"}
# But the secret of a mailed link may end with one of these.
_KEPT = "-_"


def tidy_addresses_tween_factory(handler: Handler, registry: Registry) -> Handler:
    """Redirect from such an address to the page that is meant, if there is a route for it."""
    routes = registry.getUtility(IRoutesMapper)

    def tidy_addresses_tween(request: Request) -> Response:
        path = request.path_info
        meant = _without_surplus(path) or "/"
        # A path with /.. in it means no page; a browser would have resolved it.
        if meant == path or request.method == "POST" or "/.." in path:
            return handler(request)
        for route in routes.get_routes():
            values = route.match(meant)
            # A route with a subpath, that of the static files, has a place for anything, there or not.
            if values is not None and "subpath" not in values:
                return _moved(request, request.route_path(route.name, **values))
        return handler(request)

    return tidy_addresses_tween


def _without_surplus(path: str) -> str:
    end = len(path)
    while end and path[end - 1] not in _KEPT and unicodedata.category(path[end - 1]) in _SURPLUS_CATEGORIES:
        end -= 1
    return path[:end]


def _moved(request: Request, path: str) -> Response:
    """A redirect to a path that a route has made, and that therefore cannot lead to another site."""
    return HTTPMovedPermanently(f"{path}?{request.query_string}" if request.query_string else path)


def includeme(config: Configurator) -> None:
    """Put the tween below the one that refuses what cannot be parsed."""
    config.add_tween(
        "album_store.infrastructure.web.tidy_addresses.tidy_addresses_tween_factory",
        under="album_store.infrastructure.web.bad_requests.bad_requests_tween_factory",
    )
