"""Every form counts against the limit of its client, accepted or refused, before anything looks at it."""

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
        if request.method == "POST":
            # Said before the view says it: looking up the browser must not open a session that only reads.
            request.writes = True
            request.attempt_service.count_form(request.client)
        return handler(request)

    return form_limit_tween


def includeme(config: Configurator) -> None:
    """Put the tween below the exception views, and before the form is parsed."""
    config.add_tween(
        "album_store.infrastructure.web.form_limit.form_limit_tween_factory",
        under=EXCVIEW,
        over="album_store.infrastructure.web.bad_requests.bad_requests_tween_factory",
    )
