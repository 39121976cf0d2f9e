"""A bare Pyramid application that says hello: what the framework and the server cost."""

from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response


def hello(_request: Request) -> Response:
    """Say hello."""
    return Response("Hello World!")


def application() -> Any:
    """Return the WSGI application."""
    with Configurator() as config:
        config.add_route("hello", "/")
        config.add_view(hello, route_name="hello")
        return config.make_wsgi_app()
