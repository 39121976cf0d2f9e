"""Every form counts against the limit of its client, accepted or refused, before anything looks at it."""

from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response


def form_limit_deriver(view: Any, info: Any) -> Any:
    """Count a POST before its view runs. Raises TooManyAttemptsError."""

    def counted_view(context: Any, request: Request) -> Response:
        if request.method == "POST":
            request.attempt_service.count_form(request.client)
        return view(context, request)

    return view if info.exception_only else counted_view


def includeme(config: Configurator) -> None:
    """Count before blocks, permissions and CSRF tokens are checked."""
    config.add_view_deriver(form_limit_deriver, name="form_limit", under="writes", over="secured_view")
