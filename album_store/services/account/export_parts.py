"""The export parts for the account itself, its emails and its audit rows."""

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.audit_entry import AuditEntry
from album_store.data.known_browser import KnownBrowser
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.profile import Profile
from album_store.data.reset_request import ResetRequest
from album_store.data.role import AccountRole
from album_store.data.secret_link import SecretLink
from album_store.services.export_part import ExportPart


def link_columns(model: type[SecretLink]) -> dict[str, Any]:
    """Return the columns of emailed links, without those that would open them."""
    return {
        "asked": model.created_date,
        "asked_from_address": model.created_ip_address,
        "asked_with_browser": model.created_user_agent,
        "was_used": model.was_used,
        "used": model.used_date,
        "used_from_address": model.used_ip_address,
        "used_with_browser": model.used_user_agent,
        "ended": model.superseded_date,
        "expires": model.expires_date,
    }


def _mailed_to(account_id: str, email: str) -> ColumnElement[bool]:
    """Select emails since registration, and confirmation emails. Earlier ones may be a former owner's."""
    registered = select(Account.created_date).where(Account.id == account_id).scalar_subquery()
    is_theirs = or_(OutgoingMail.created_date >= registered, OutgoingMail.kind == "confirm-registration")
    return and_(OutgoingMail.recipient == email, is_theirs)


EXPORT_PARTS = (
    ExportPart(
        "account",
        {
            "registered": Account.created_date,
            "id": Account.id,
            "email_address": Account.email,
            "name": Account.display_name,
            "address_confirmed": Account.confirmed,
            "disabled": Account.disabled,
            "last_changed": Account.updated_date,
            "last_sign_in": Account.last_login_date,
        },
        lambda account_id, _: Account.id == account_id,
    ),
    ExportPart(
        "profile",
        {"first_saved": Profile.created_date, "location": Profile.location, "about": Profile.about},
        lambda account_id, _: Profile.account_id == account_id,
    ),
    ExportPart(
        "roles",
        {"since": AccountRole.c.created_date, "role": AccountRole.c.role_name},
        lambda account_id, _: AccountRole.c.account_id == account_id,
    ),
    ExportPart(
        "sessions",
        {
            "began": AccountSession.created_date,
            "last_seen": AccountSession.last_seen_date,
            "from_address": AccountSession.ip_address,
            "browser": AccountSession.user_agent,
        },
        lambda account_id, _: AccountSession.account_id == account_id,
    ),
    ExportPart(
        "known_browsers",
        {"first_sign_in": KnownBrowser.created_date, "last_sign_in": KnownBrowser.last_used_date},
        lambda account_id, _: KnownBrowser.account_id == account_id,
    ),
    ExportPart(
        "password_resets", link_columns(PasswordReset), lambda account_id, _: PasswordReset.account_id == account_id
    ),
    ExportPart(
        "requests_for_a_password_reset_in_the_queue",
        {
            "asked": ResetRequest.created_date,
            "asked_from_address": ResetRequest.ip_address,
            "asked_with_browser": ResetRequest.user_agent,
        },
        lambda _, email: ResetRequest.email == email,
    ),
    ExportPart(
        "email_changes",
        link_columns(PendingEmailChange) | {"new_address": PendingEmailChange.new_email},
        lambda account_id, _: PendingEmailChange.account_id == account_id,
    ),
    ExportPart(
        "registrations_of_the_address",
        link_columns(PendingRegistration) | {"name": PendingRegistration.display_name},
        lambda _, email: PendingRegistration.email == email,
    ),
    ExportPart(
        "deletion",
        {"asked": PendingDeletion.created_date, "due": PendingDeletion.due_date},
        lambda account_id, _: PendingDeletion.account_id == account_id,
    ),
    ExportPart(
        "mails",
        {
            "written": OutgoingMail.created_date,
            "kind": OutgoingMail.kind,
            "subject": OutgoingMail.subject,
            "attempts": OutgoingMail.attempts,
            "next_attempt": OutgoingMail.next_attempt_date,
            "sent": OutgoingMail.sent_date,
            "given_up": OutgoingMail.failed_date,
            "last_error": OutgoingMail.last_error,
        },
        _mailed_to,
    ),
    ExportPart(
        "what_the_store_did_to_the_account",
        {"when": AuditEntry.created_date, "action": AuditEntry.action, "details": AuditEntry.details},
        lambda account_id, _: AuditEntry.target_id == account_id,
    ),
    ExportPart(
        "what_the_account_did_for_the_store",
        {
            "when": AuditEntry.created_date,
            "action": AuditEntry.action,
            "details": AuditEntry.details,
            "from_address": AuditEntry.ip_address,
        },
        lambda account_id, _: AuditEntry.actor_id == account_id,
    ),
)
