"""What all controllers share."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request


class BaseController:
    """Holds the request, and returns redirects (never raises them: a raised one would roll back)."""

    def __init__(self, request: Request) -> None:
        self.request = request

    def redirect(self, route_name: str, **route_values: Any) -> HTTPSeeOther:
        """Send the browser on with a GET (303)."""
        return HTTPSeeOther(self.request.route_path(route_name, **route_values))

    def invalid(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show the form again, with its messages: status 400, nothing lost."""
        self.request.response.status_int = 400
        return values
