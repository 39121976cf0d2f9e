"""The account page: profile, password, email address, sessions and deletion."""

from typing import Any

from pyramid.request import Request

from album_store.data.account_session import AccountSession
from album_store.infrastructure.security.user_agents import browser_name
from album_store.infrastructure.wording import Wording, capitalised
from album_store.viewmodels.account.delete_account_viewmodel import orders_kept_for
from album_store.viewmodels.shared.form_viewmodel import FormViewModel

FORMS = ("profile", "password", "email", "deletion")
# The id and the heading of each section.
SECTIONS = {
    "profile": "Profile",
    "password": "Password",  # nosec B105 # a heading
    "email": "Email address",
    "devices": "Devices",
    "data": "Your data",
    "deletion": "Account deletion",
}


class AccountViewModel:
    """The values of the page; `failed` maps the name of a form that failed validation to the form."""

    def __init__(self, request: Request, failed: dict[str, FormViewModel] | None = None) -> None:
        self._request = request
        self._failed = failed or {}
        self._wording: Wording = request.wording

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        who = self._request.signed_in
        typed = {name: form.to_dict() for name, form in self._failed.items()}
        due = self._request.deletion_service.due_date(who.account_id)
        return {
            **self._profile(who.account_id),
            **typed.get("profile", {}),
            "section_links": list(SECTIONS.items()),
            "email": who.email,
            "new_email": typed.get("email", {}).get("email", ""),
            "errors": {name: typed.get(name, {}).get("errors", {}) for name in FORMS},
            "sessions": [self._session(row) for row in self._request.session_service.list_for(who.account_id)],
            "orders_kept_for": orders_kept_for(self._request),
            "deletion_due": due and self._wording.moment(due),
        }

    def _profile(self, account_id: str) -> dict[str, Any]:
        facts = self._request.profile_service.find(account_id)
        return {
            "display_name": facts.display_name,
            "location": facts.location,
            "about": facts.about,
            "since": facts.since and self._wording.day(facts.since),
            "last_sign_in": facts.last_sign_in and self._wording.moment(facts.last_sign_in),
        }

    def _session(self, row: AccountSession) -> dict[str, Any]:
        return {
            "id": row.id,
            "is_this": row.id == self._request.signed_in.session_id,
            "device": capitalised(browser_name(row.user_agent)),
            "device_in_sentence": browser_name(row.user_agent),
            "ip_address": row.ip_address or "an unknown address",
            "last_seen": self._wording.moment(row.last_seen_date),
            "began": self._wording.moment(row.created_date),
        }
