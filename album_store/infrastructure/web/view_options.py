"""View options: `writes=True` if the view changes the database, `public=True` if its page may be cached."""

from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.viewderivers import INGRESS

View = Any  # a callable that takes the context and the request


def view_options_deriver(view: View, info: Any) -> View:
    """Set the options on the request before anything opens its database session."""
    if info.exception_only:  # the transaction has ended by then
        return view
    writes, public = bool(info.options.get("writes")), bool(info.options.get("public"))

    def view_with_options(context: Any, request: Request) -> Response:
        request.writes, request.is_public_page = writes, public
        return view(context, request)

    return view_with_options


view_options_deriver.options = ("writes", "public")


def includeme(config: Configurator) -> None:
    """Add the options, and `request.writes` and `request.is_public_page`, which are False until a view is found."""
    config.add_request_method(lambda _request: False, "writes", reify=True)
    config.add_request_method(lambda _request: False, "is_public_page", reify=True)
    config.add_view_deriver(view_options_deriver, name="view_options", under=INGRESS, over="secured_view")
