"""The admin page of one account."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from album_store.data.account_session import AccountSession
from album_store.infrastructure.security.user_agents import browser_name
from album_store.infrastructure.wording import Wording, capitalised
from album_store.services import audit_service
from album_store.services.account.role_service import ADMIN
from album_store.services.admin import reset_audit_service
from album_store.services.admin.account_list_service import AccountInFull
from album_store.viewmodels.admin.account_labels import account_labels, role_labels
from album_store.viewmodels.admin.audit_rows import audit_rows
from album_store.viewmodels.admin.reset_rows import reset_rows


class AccountDetailsViewModel:
    """The page of one account; `errors` (form -> field -> sentence) holds those of a form that failed.

    Raises HTTPNotFound if the account does not exist.
    """

    def __init__(self, request: Request, errors: dict[str, dict[str, str]] | None = None) -> None:
        found = request.account_list_service.find_in_full(request.matchdict["account_id"])
        if found is None:
            raise HTTPNotFound
        self._request = request
        self._found: AccountInFull = found
        self._errors = errors or {}
        self._wording: Wording = request.wording

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        request, account = self._request, self._found.account
        resets = request.reset_audit_service.of_account(account)
        actions = request.audit_service.about(account)
        return {
            "account_id": account.id,
            "email": account.email,
            "own_email": request.signed_in.email,
            "is_disabled": account.disabled,
            "is_admin": any(role.name == ADMIN for role in account.roles),
            "marks": account_labels(account),
            "facts": self._facts(),
            "all_errors": {form: self._errors.get(form, {}) for form in ("standing", "role")},
            "sessions": [self._session(row) for row in request.session_service.list_for(account.id)],
            "resets": reset_rows(request, resets),
            "resets_note": _latest(len(resets), reset_audit_service.OF_ONE_ACCOUNT),
            "actions": audit_rows(request, actions),
            "actions_note": _latest(len(actions), audit_service.OF_ONE_ACCOUNT),
        }

    def _facts(self) -> dict[str, str]:
        account, profile, deletion = self._found.account, self._found.profile, self._found.deletion_date
        facts = {
            "Name": account.display_name,
            "Registered": self._wording.moment(account.created_date),
            "Last sign-in": self._wording.moment(account.last_login_date) if account.last_login_date else "Never",
            "Roles": ", ".join(role_labels(account)) or "customer",
            "Will be deleted": self._wording.moment(deletion) if deletion else "",
            "Location": profile.location if profile else "",
            "About": profile.about if profile else "",
        }
        return {name: value for name, value in facts.items() if value}

    def _session(self, row: AccountSession) -> dict[str, str]:
        return {
            "device": capitalised(browser_name(row.user_agent)),
            "ip_address": row.ip_address or "unknown IP address",
            "last_seen": self._wording.moment(row.last_seen_date),
            "began": self._wording.moment(row.created_date),
        }


def _latest(count: int, most: int) -> str:
    """The note above a list that may be truncated."""
    return f"Showing the latest {most}." if count == most else ""
