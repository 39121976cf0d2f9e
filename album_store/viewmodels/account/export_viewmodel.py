"""The page that shows what the store holds about the signed-in account."""

from datetime import datetime
from typing import Any

from pyramid.request import Request

from album_store.data.types import utc_now
from album_store.infrastructure.security.user_agents import browser_name
from album_store.infrastructure.wording import capitalised
from album_store.services.account.export_service import ExportSection

# Per section. The JSON file holds all rows.
MAX_ROWS_SHOWN = 100
# Names of parts and columns that do not read well on their own.
TITLES = {
    "account": "Account",
    "albums_looked_after": "Albums you maintain",
    "address_blocks_set": "Networks you blocked",
    "deletion": "Account deletion",
    "mails": "Emails",
    "registrations_of_the_address": "Registrations with your email address",
    "requests_for_a_password_reset_in_the_queue": "Pending password reset requests",  # nosec B105 # a heading
    "refunds_made_as_admin": "Refunds you made as an admin",
    "sessions": "Devices",
    "what_the_account_did_for_the_store": "Your actions as an admin",
    "what_the_store_did_to_the_account": "Changes to your account",
}
LABELS = {
    "address_confirmed": "Email address confirmed",
    "asked": "Requested",
    "asked_from_address": "Requested from IP address",
    "asked_with_browser": "Requested with browser",
    "attempts": "Delivery attempts",
    "began": "Signed in",
    "disabled": "Account disabled",
    "ended": "Cancelled",
    "first_saved": "Profile created",
    "first_sign_in": "First sign-in",
    "from_address": "From IP address",
    "given_up": "Delivery given up",
    "id": "Account ID",
    "last_error": "Last delivery error",
    "last_sign_in": "Last sign-in",
    "new_address": "New email address",
    "next_attempt": "Next delivery attempt",
    "used_from_address": "Used from IP address",
    "was_used": "Link used",
    "when": "Date",
    "written": "Created",
}
# Code names that do not read well as words. The JSON file keeps the code names.
VALUES = {
    "account-exists": "Existing account",
    "block-lifted": "Block removed",
    "confirm-email": "Confirm email address",
    "deletion-asked": "Deletion requested",
    "email-changed": "Email address changed",
    "reset-started": "Password reset link sent",
    "role-granted": "Role given",
    "role-taken": "Role removed",
    "sessions-ended": "Signed out of devices",
    "test-mail": "Test email",
    "test-mail-sent": "Test email sent",
    "user": "Customer",
}
COLUMNS_OF_CODE_NAMES = {"action", "kind", "role"}
COLUMNS_OF_BROWSERS = {"asked_with_browser", "browser", "used_with_browser"}
NO_VALUE = "\N{EN DASH}"


class ExportViewModel:
    """One section per part of the export, with its newest rows; columns without a value are left out."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        found = self._request.export_service.sections(self._request.signed_in.account_id, MAX_ROWS_SHOWN)
        sections = [self._section(section) for section in found if section.rows]
        empty_titles = [_title(section.name) for section in found if not section.rows]
        links = [(section["id"], section["title"]) for section in sections]
        return {
            "written": self._request.wording.moment(utc_now()),
            "sections": sections,
            "empty_titles": empty_titles,
            "section_links": links + ([("nothing-stored", "Nothing stored")] if empty_titles else []),
        }

    def _section(self, section: ExportSection) -> dict[str, Any]:
        columns = [
            (place, name)
            for place, name in enumerate(section.columns)
            if any(row[place] not in (None, "") for row in section.rows)
        ]
        return {
            "id": section.name.replace("_", "-"),
            "title": _title(section.name),
            "rows": [[self._cell(name, row[place]) for place, name in columns] for row in section.rows],
            "has_more": section.has_more,
            "shown": MAX_ROWS_SHOWN,
        }

    def _cell(self, column: str, value: Any) -> dict[str, Any]:
        label = LABELS.get(column) or _in_words(column)
        return {"label": label, "value": self._shown(column, value), "is_text": isinstance(value, str)}

    def _shown(self, column: str, value: Any) -> str:
        if value in (None, ""):
            return NO_VALUE
        if column in COLUMNS_OF_CODE_NAMES:
            return VALUES.get(value) or _in_words(value)
        if column in COLUMNS_OF_BROWSERS:
            return capitalised(browser_name(value))
        if column == "details":
            value = _end_of_block(value) or value
        if isinstance(value, datetime):
            return self._request.wording.moment(value)
        if isinstance(value, bool):
            return "Yes" if value else "No"
        return str(value)


def _end_of_block(details: str) -> datetime | None:
    """The end of a block, which the details of its audit row hold in ISO 8601; None for other details."""
    try:
        return datetime.fromisoformat(details)
    except ValueError:
        return None


def _title(name: str) -> str:
    return TITLES.get(name) or _in_words(name)


def _in_words(name: str) -> str:
    return capitalised(name.replace("_", " ").replace("-", " "))
