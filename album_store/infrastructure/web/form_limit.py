"""Counts every form, accepted or refused, against the rate limit of its client before the form is parsed."""

from collections.abc import Callable

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import EXCVIEW

Handler = Callable[[Request], Response]


def form_limit_tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Count a POST to any path. Raises TooManyAttemptsError."""

    def form_limit_tween(request: Request) -> Response:
        if request.method == "POST" and request.environ.get("PATH_INFO") not in request.registry.machine_paths:
            # Set before the view does, because looking up the browser would otherwise open a read-only session.
            request.writes = True
            request.attempt_service.count_form(request.client)
        return handler(request)

    return form_limit_tween


def includeme(config: Configurator) -> None:
    """Add the tween below the exception views and above the tween that parses the form."""
    config.add_tween(
        "album_store.infrastructure.web.form_limit.form_limit_tween_factory",
        under=EXCVIEW,
        over="album_store.infrastructure.web.bad_requests.bad_requests_tween_factory",
    )
