"""The worker that sends the email in the outbox."""

import logging
import threading
from collections import Counter
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from pyramid_mailer.mailer import Mailer
from pyramid_mailer.message import Message
from sqlalchemy import Delete, Update, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from album_store.data import types
from album_store.data.dbsession import DbSessionFactory
from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.mail import mail_errors
from album_store.infrastructure.settings import Settings
from album_store.services.mail_service import NO_RECIPIENT

PAUSE_S = 5
MAX_ATTEMPTS = 20
MAX_PAUSE = timedelta(hours=6)

# Outcomes of a delivery.
SENT, FAILED, DISCARDED = "sent", "failed", "discarded"
# The recipient of an email that is composed but not sent.
NO_ADDRESS = "no-reply@invalid"

# Clears the content of an email that was sent or given up.
CLEARED = {"next_attempt_date": None, "text_body": None, "html_body": None}

log = logging.getLogger(__name__)


def pause_after(attempts: int) -> timedelta:
    """Return the pause after this many attempts: 1, 2, 4, ... minutes, at most 6 hours. All 20 take nearly 3 days."""
    return min(timedelta(minutes=2 ** (attempts - 1)), MAX_PAUSE)


def to_message(mail: OutgoingMail, settings: Settings) -> Message:
    """Return the message for pyramid_mailer. Its Message-ID is the same at every attempt."""
    headers = {
        "Message-ID": f"<{mail.id}@{urlsplit(settings.site_url).hostname}>",
        "Date": format_datetime(mail.created_date),
        "Auto-Submitted": "auto-generated",  # suppresses automatic replies (RFC 3834)
    }
    recipient = mail.recipient or NO_ADDRESS
    return Message(mail.subject, [recipient], mail.text_body, mail.html_body, extra_headers=headers)


class MailWorker:
    """Sends due email. Several workers may run at once, and each may be killed at any time.

    An email is claimed before it is sent: a conditional UPDATE counts the attempt and sets the date of the next. So two
    workers never send the same attempt, and if a worker dies, another retries. The Message-ID stays the same, which
    identifies an email that was sent twice because a worker died before it could record the first time.
    """

    def __init__(self, db_sessions: DbSessionFactory, mailer: Mailer, settings: Settings) -> None:
        self._db_sessions = db_sessions
        self._mailer = mailer
        self._settings = settings
        self._new_mail = threading.Event()
        self._stopped = threading.Event()

    def wake(self) -> None:
        """Look for email now. Call this when new email is committed."""
        self._new_mail.set()

    def stop(self) -> None:
        """Stop for good, after the current email."""
        self._stopped.set()
        self.wake()

    def run(self) -> None:
        """Send email as it falls due, until stopped."""
        while not self._stopped.is_set():
            try:
                self.deliver_due()
            except Exception:
                log.exception("event=mail-worker-error")
            self._new_mail.wait(PAUSE_S)
            self._new_mail.clear()

    def deliver_due(self) -> int:
        """Try to send each due email once, until stopped. Returns how many were sent."""
        # Email that falls due in the meantime is left for later, so that this ends even if every attempt is slow.
        started = types.utc_now()
        done = Counter[str]()
        while not self._stopped.is_set() and (due := self._next_due(started)):
            mail = self._claim(*due, started)
            if mail is not None:
                done[self._deliver(mail)] += 1
        if done[SENT] or done[DISCARDED]:
            self._db_sessions.remove_deleted()  # the log still holds the deleted bodies
        return done[SENT]

    def _next_due(self, now: datetime) -> tuple[str, int] | None:
        query = select(OutgoingMail.id, OutgoingMail.attempts).where(OutgoingMail.next_attempt_date <= now)
        query = query.order_by(OutgoingMail.next_attempt_date, OutgoingMail.created_date).limit(1)
        with self._db_sessions.read() as dbsession:
            row = dbsession.execute(query).one_or_none()
        return row and (row.id, row.attempts)

    def _claim(self, mail_id: str, attempts: int, now: datetime) -> OutgoingMail | None:
        """Claim one attempt and return the email, or None if another worker was faster."""
        claim = update(OutgoingMail).where(
            OutgoingMail.id == mail_id,
            OutgoingMail.attempts == attempts,
            OutgoingMail.next_attempt_date <= now,
            OutgoingMail.sent_date.is_(None),
        )
        # Later than `now` even if the clock was set back, or this pass would claim the email again.
        next_date = max(now, types.utc_now()) + pause_after(attempts + 1)
        if not self._write(claim.values(attempts=attempts + 1, next_attempt_date=next_date)):
            return None
        with self._db_sessions.read() as dbsession:
            return dbsession.get(OutgoingMail, mail_id)  # None if its recipient's account was deleted meanwhile

    def _deliver(self, mail: OutgoingMail) -> str:
        """Send an email, or discard it if it has no recipient. Returns the outcome."""
        if mail.recipient == NO_RECIPIENT:
            self._discard(mail)
            return DISCARDED
        try:
            if mail.attempts > MAX_ATTEMPTS:
                raise InterruptedError("the attempt was interrupted")
            self._mailer.send_immediately(to_message(mail, self._settings))
        except Exception as error:
            self._note_failure(mail, error)
            return FAILED
        self._note_sent(mail)
        log.info("event=mail-sent id=%s kind=%s attempts=%d", mail.id, mail.kind, mail.attempts)
        return SENT

    def _discard(self, mail: OutgoingMail) -> None:
        """Compose the email and delete its row, so that an unknown address costs the same work as a known one."""
        message = to_message(mail, self._settings)
        message.sender = self._mailer.default_sender
        message.to_message().as_bytes()
        self._write(delete(OutgoingMail).where(OutgoingMail.id == mail.id))

    def _note_sent(self, mail: OutgoingMail) -> None:
        """Record that the email was sent. Retries while the database is busy, or the email would be sent again."""
        sent_date = types.utc_now()
        while True:
            try:
                self._note(mail, sent_date=sent_date, failed_date=None, **CLEARED)
                return
            except (OperationalError, PoolTimeoutError):
                log.warning("event=mail-note-delayed id=%s reason=database-busy", mail.id)
                if self._stopped.wait(PAUSE_S):
                    raise

    def _note_failure(self, mail: OutgoingMail, error: Exception) -> None:
        given_up = mail_errors.is_refusal(error) or mail.attempts >= MAX_ATTEMPTS
        ending = {"failed_date": types.utc_now(), **CLEARED} if given_up else {}
        self._note(mail, last_error=mail_errors.explain(error), **ending)
        outcome = (mail_errors.label(error), "yes" if given_up else "no")
        line = "event=mail-failed id=%s kind=%s attempts=%d error=%s given-up=%s"
        log.warning(line, mail.id, mail.kind, mail.attempts, *outcome)

    def _note(self, mail: OutgoingMail, **values: Any) -> None:
        unsent = update(OutgoingMail).where(OutgoingMail.id == mail.id, OutgoingMail.sent_date.is_(None))
        self._write(unsent.values(**values))

    def _write(self, statement: Update | Delete) -> int:
        """Run a statement in its own transaction. Returns how many rows matched."""

        def run() -> int:
            with self._db_sessions.begin() as dbsession:
                return dbsession.execute(statement).rowcount

        return self._db_sessions.retry(run)
