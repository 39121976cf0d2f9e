"""The base class of all controllers."""

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request

from album_store.infrastructure.wording import spoken_length
from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.services.audit_service import Actor
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


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

    def limited(self, form: FormViewModel, error: TooManyAttemptsError, advice: str = "") -> dict[str, Any]:
        """Show a form that reached a rate limit, with the typed values, status 429 and a Retry-After header."""
        self.request.response.status_int = 429
        self.request.response.headers["Retry-After"] = str(error.wait_s)
        form.refuse_form(f"Too many attempts. Try again in {spoken_length(error.wait_s * 1000)}. {advice}".rstrip())
        return form.to_dict()
