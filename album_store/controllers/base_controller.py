"""The base class of all controllers."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request

from album_store.services.audit_service import Actor


class BaseController:
    """Holds the request. Redirects are returned, never raised: raising one would roll back the transaction."""

    def __init__(self, request: Request) -> None:
        self.request = request

    @property
    def actor(self) -> Actor:
        """The signed-in account as an actor; for views with a permission only."""
        who = self.request.signed_in
        return Actor(who.email, who.account_id, self.request.client.ip_address)

    def redirect(self, route_name: str, **route_values: Any) -> HTTPSeeOther:
        """Return a redirect to a route (303 See Other)."""
        return HTTPSeeOther(self.request.route_path(route_name, **route_values))

    def invalid(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show the form again with its errors and the typed values, with status 400."""
        self.request.response.status_int = 400
        return values
