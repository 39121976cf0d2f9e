"""Redirects addresses that were copied with extra characters: a final slash, or the punctuation of a sentence."""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPMovedPermanently
from pyramid.interfaces import IRoutesMapper
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response

Handler = Callable[[Request], Response]

# No address of the store ends with one of these, so what stands before them is the only page that can be meant. Hyphens
# and underscores are not among them, because the secret of a mailed link may end with one.
_SURPLUS = "/.,;:!?*|\\()[]{}<>\"'` \t\r\n" + (
    # no-break space, guillemets, zero-width space, quotation marks, ellipsis
    "\u00a0\u00ab\u00bb\u200b\u2018\u2019\u201a\u201c\u201d\u201e\u2026\u2039\u203a"
)


def tidy_addresses_tween_factory(handler: Handler, registry: Registry) -> Handler:
    """Redirect from such an address to the page that is meant, if there is a route for it."""
    routes = registry.getUtility(IRoutesMapper)

    def tidy_addresses_tween(request: Request) -> Response:
        path = request.path_info
        meant = path.rstrip(_SURPLUS) or "/"
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


def _moved(request: Request, path: str) -> Response:
    """A redirect to a path that a route has made, and that therefore cannot lead to another site."""
    return HTTPMovedPermanently(f"{path}?{request.query_string}" if request.query_string else path)


def includeme(config: Configurator) -> None:
    """Put the tween below the one that refuses what cannot be parsed."""
    config.add_tween(
        "album_store.infrastructure.web.tidy_addresses.tidy_addresses_tween_factory",
        under="album_store.infrastructure.web.bad_requests.bad_requests_tween_factory",
    )
