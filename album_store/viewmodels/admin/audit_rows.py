"""Admin actions as rows of the admin pages."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from pyramid.request import Request

from album_store.data.audit_entry import AuditEntry
from album_store.infrastructure.security.networks import shown_network
from album_store.infrastructure.wording import Moment
from album_store.services.admin.order_admin_service import ORDER_ACTIONS

# Action -> the words between the actor and the target; `{}` stands for the details.
WORDS = {
    "account-disabled": "disabled",
    "account-enabled": "enabled",
    "album-price-changed": "changed the price of",
    "block-lifted": "removed the block on",
    "connection-tested": "tested the connection to",
    "network-blocked": "blocked",
    "order-address-corrected": "corrected the email address of order",
    "order-problem-done": "marked a problem as done in order",
    "order-refunded": "refunded a part or all of order",
    "receipt-sent": "sent the receipt again for order",
    "reset-started": "sent a password reset link to",
    "role-granted": "gave the {} role to",
    "role-taken": "removed the {} role from",
    "sessions-ended": "signed out {} of",
    "test-mail-sent": "sent a test email to",
    "track-prices-changed": "changed prices of tracks of",
}
# The targets of these are orders, or albums.
_OF_ORDERS = frozenset({*ORDER_ACTIONS, "order-address-corrected"})
_OF_ALBUMS = frozenset({"album-price-changed", "track-prices-changed"})


@dataclass(frozen=True)
class AuditRow:
    """Who did what to which target, when and from where.

    `link` opens the target's page, and is empty without one; `until` is the end of a block.
    """

    actor: str
    words: str
    target: str
    link: str
    until: Moment | None
    details: str
    when: Moment
    ip_address: str


def audit_rows(request: Request, entries: Iterable[AuditEntry]) -> list[AuditRow]:
    """One row per audit entry."""
    return [_row(request, entry) for entry in entries]


def _row(request: Request, entry: AuditEntry) -> AuditRow:
    words = WORDS.get(entry.action, entry.action.replace("-", " "))
    until = _end_of_block(request, entry)
    return AuditRow(
        actor=entry.actor,
        words=words.format(entry.details),
        target=shown_network(entry.target),
        link=_link(request, entry),
        until=until,
        details="" if until or "{}" in words else entry.details,
        when=request.wording.moment(entry.created_date),
        ip_address=entry.ip_address,
    )


def _link(request: Request, entry: AuditEntry) -> str:
    if entry.action in _OF_ALBUMS:
        return request.route_path("admin.album", url=entry.target)
    if entry.action in _OF_ORDERS:
        return request.route_path("admin.order", order_id=entry.target)
    return request.route_path("admin.account", account_id=entry.target_id) if entry.target_id else ""


def _end_of_block(request: Request, entry: AuditEntry) -> Moment | None:
    """The end of a block; None for other actions, and for the rows of older versions, which say it in words."""
    if entry.action != "network-blocked" or entry.details.startswith("until "):
        return None
    return request.wording.moment(dt.datetime.fromisoformat(entry.details))
