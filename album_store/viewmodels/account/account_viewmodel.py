"""The account page: the profile, the password, the address and the sessions."""

from typing import Any

from pyramid.request import Request

from album_store.data.account_session import AccountSession
from album_store.infrastructure.user_agents import browser_name
from album_store.viewmodels.shared.form_viewmodel import FormViewModel
from album_store.viewmodels.shared.wording import Wording

FORMS = ("profile", "password", "email")


class AccountViewModel:
    """Everything on the page; `failed` is the form that came back with messages, if one did."""

    def __init__(self, request: Request, failed: dict[str, FormViewModel] | None = None) -> None:
        self._request = request
        self._failed = failed or {}
        self._wording: Wording = request.wording

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        who = self._request.signed_in
        typed = {name: form.to_dict() for name, form in self._failed.items()}
        profile = self._failed.get("profile")
        return {
            "email": who.email,
            "display_name": profile.value("display_name") if profile else who.display_name,
            "new_email": typed.get("email", {}).get("email", ""),
            "errors": {name: typed.get(name, {}).get("errors", {}) for name in FORMS},
            "sessions": [self._session(row) for row in self._request.session_service.list_for(who.account_id)],
        }

    def _session(self, row: AccountSession) -> dict[str, Any]:
        return {
            "id": row.id,
            "is_this": row.id == self._request.signed_in.session_id,
            "device": _as_heading(browser_name(row.user_agent)),
            "ip_address": row.ip_address or "unknown address",
            "last_seen": self._wording.moment(row.last_seen_date),
            "began": self._wording.moment(row.created_date),
        }


def _as_heading(words: str) -> str:
    return words[:1].upper() + words[1:]
