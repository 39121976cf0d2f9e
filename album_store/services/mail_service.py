"""Outgoing email: added to the outbox now, sent once the transaction is committed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from album_store.data import types
from album_store.data.outgoing_mail import MAX_SUBJECT, OutgoingMail
from album_store.infrastructure.mail.mail_templates import MailTemplates
from album_store.services.mail_spacing import DAY, MailLimitError, next_mail_date

# Enough to raise an alarm, and it bounds the cost of the query.
MAX_COUNTED = 1_000
FAILURES_KEPT_IN_MIND = timedelta(days=7)
# The worker composes an email to it and discards it: the same work as for an email that is sent.
NO_RECIPIENT = ""
# What a buyer gets even if the account is deleted meanwhile.
OWED_KINDS = (
    "receipt",
    "free-order",
    "corrected-order",
    "withdrawal",
    "credit-note",
    "credit-note-cancelled",
    "refund-sent",
)


@dataclass(frozen=True)
class MailBacklog:
    """The state of the outbox.

    `waiting` counts unsent emails, the oldest of which has waited `oldest_seconds`; `failed` counts those given up in
    the last 7 days. Both counts stop at 1,000.
    """

    waiting: int
    oldest_seconds: int
    failed: int


@dataclass(frozen=True)
class MailService:
    """Adds emails to the outbox, and reports their delivery and the backlog."""

    _dbsession: Session
    _templates: MailTemplates

    def post(self, kind: str, recipient: str, **values: Any) -> OutgoingMail:
        """Add an email to the outbox, sent once the transaction is committed; `kind` names its template folder.

        One with an `order` among its values is kept with the order.
        """
        order = values.get("order")
        written = self._templates.render(kind, **values)
        mail = OutgoingMail(
            kind=kind,
            recipient=recipient,
            order_id=order.id if order else None,
            subject=written.subject[:MAX_SUBJECT],
            text_body=written.text,
            html_body=written.html,
        )
        self._dbsession.add(mail)
        return mail

    def sent_to(self, recipient: str, kinds: Collection[str]) -> list[datetime]:
        """Return when emails of these kinds were posted to an address in the last 24 hours, oldest first.

        A date in the future, from a clock that was ahead, does not count: it would delay email until then.
        """
        query = select(OutgoingMail.created_date).where(
            OutgoingMail.recipient == recipient,
            OutgoingMail.kind.in_(kinds),
            OutgoingMail.created_date > types.utc_now() - DAY,
        )
        dates = self._dbsession.scalars(query.order_by(OutgoingMail.created_date)).all()
        now = types.utc_now()  # only now: the query may have waited for the write lock, while others posted email
        return [date for date in dates if date <= now]

    def check_limit(self, recipient: str, kinds: Collection[str]) -> None:
        """Raise MailLimitError if forms have sent as many emails of these kinds to an address as they may."""
        wait = next_mail_date(self.sent_to(recipient, kinds)) - types.utc_now()
        if wait > timedelta():
            raise MailLimitError(ceil(wait.total_seconds()))

    def newest(self, kind: str, recipient: str) -> OutgoingMail | None:
        """The newest email of a kind to an address, sent or not, or None."""
        query = select(OutgoingMail).where(OutgoingMail.kind == kind, OutgoingMail.recipient == recipient)
        return self._dbsession.scalars(query.order_by(OutgoingMail.created_date.desc()).limit(1)).first()

    def delete_done(self, recipient: str) -> None:
        """Delete the rows of emails to an address that were sent or given up; unsent emails stay."""
        done = (OutgoingMail.recipient == recipient, OutgoingMail.next_attempt_date.is_(None))
        self._dbsession.execute(delete(OutgoingMail).where(*done))

    def delete_all(self, recipient: str) -> None:
        """Delete all emails to an address, except receipts that are not sent yet."""
        is_owed = OutgoingMail.kind.in_(OWED_KINDS) & OutgoingMail.next_attempt_date.is_not(None)
        self._dbsession.execute(delete(OutgoingMail).where(OutgoingMail.recipient == recipient, ~is_owed))

    def backlog(self) -> MailBacklog:
        """Return the backlog, in bounded time."""
        now = types.utc_now()
        unsent = (
            select(OutgoingMail.created_date)
            .where(OutgoingMail.next_attempt_date.is_not(None))
            .limit(MAX_COUNTED)
            .subquery()
        )
        waiting, oldest = self._dbsession.execute(select(func.count(), func.min(unsent.c.created_date))).one()
        failed = (
            select(OutgoingMail.id)
            .where(OutgoingMail.failed_date > now - FAILURES_KEPT_IN_MIND)
            .limit(MAX_COUNTED)
            .subquery()
        )
        return MailBacklog(
            waiting=waiting,
            oldest_seconds=int((now - oldest).total_seconds()) if oldest else 0,
            failed=self._dbsession.scalar(select(func.count()).select_from(failed)),
        )
