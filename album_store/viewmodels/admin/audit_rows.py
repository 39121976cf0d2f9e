"""Admin actions as rows of the admin pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from pyramid.request import Request

from album_store.data.audit_entry import AuditEntry

WORDS = {
    "account-disabled": "disabled",
    "account-enabled": "enabled",
    "block-lifted": "lifted the block of",
    "network-blocked": "blocked",
    "reset-started": "sent a reset link to",
    "role-granted": "gave a role to",
    "role-taken": "took a role from",
    "sessions-ended": "signed out all devices of",
    "test-mail-sent": "sent a test mail to",
}


@dataclass(frozen=True)
class AuditRow:
    """Who did what to which target, when and from where; `link` opens the target's page, and is empty without one."""

    actor: str
    words: str
    target: str
    link: str
    details: str
    when: str
    ip_address: str


def audit_rows(request: Request, entries: Iterable[AuditEntry]) -> list[AuditRow]:
    """One row per audit entry."""
    return [_row(request, entry) for entry in entries]


def _row(request: Request, entry: AuditEntry) -> AuditRow:
    return AuditRow(
        actor=entry.actor,
        words=WORDS.get(entry.action, entry.action.replace("-", " ")),
        target=entry.target,
        link=request.route_path("admin.account", account_id=entry.target_id) if entry.target_id else "",
        details=entry.details,
        when=request.wording.moment(entry.created_date),
        ip_address=entry.ip_address,
    )
