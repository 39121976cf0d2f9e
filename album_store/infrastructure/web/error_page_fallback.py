"""Shows the fault page if an error page itself fails, for example because the database is down."""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW, excview_tween_factory

Handler = Callable[[Request], Response]


def error_page_fallback_tween_factory(handler: Handler, registry: Registry) -> Handler:
    """Add Pyramid's exception view tween again, for errors raised by exception views."""
    return excview_tween_factory(handler, registry)


def includeme(config: Configurator) -> None:
    """Add the tween between the headers tween and the first exception view tween."""
    config.add_tween(
        "album_store.infrastructure.web.error_page_fallback.error_page_fallback_tween_factory",
        under="album_store.infrastructure.web.headers.headers_tween_factory",
        over=EXCVIEW,
    )
