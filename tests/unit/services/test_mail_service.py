"""The outbox."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import null

from album_store.data import types
from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.mail.mail_templates import MailTemplates, RenderedMail
from album_store.infrastructure.wording import Wording
from album_store.services import mail_service
from album_store.services.mail_service import MailBacklog, MailService


@pytest.fixture
def dbsession(db_sessions):
    with db_sessions.begin() as dbsession:
        yield dbsession
        dbsession.rollback()


@pytest.fixture(scope="module")
def templates():
    return MailTemplates("Salt", "https://music.example", "#c8391f", Wording("en", ZoneInfo("UTC")))


@pytest.fixture
def mail(dbsession, templates):
    return MailService(dbsession, templates)


def outgoing(**values: Any):
    return OutgoingMail(kind="confirm-email", recipient="alice@example.org", subject="Hello", **values)


def test_a_posted_email_is_due_at_once(mail, dbsession):
    row = mail.post("confirm-email", "alice@example.org", link="https://music.example/x", lifetime=timedelta(hours=24))
    dbsession.flush()
    assert (row.kind, row.recipient) == ("confirm-email", "alice@example.org")
    assert row.subject == "Confirm your new email address for Salt"
    assert "https://music.example/x" in row.text_body
    assert 'href="https://music.example/x"' in row.html_body
    assert row.attempts == 0
    assert row.next_attempt_date <= types.utc_now()


@pytest.mark.every_database
def test_a_subject_is_cut_to_what_the_column_holds(dbsession, templates, monkeypatch):
    monkeypatch.setattr(type(templates), "render", lambda *_args, **_values: RenderedMail("x" * 301, "text", "html"))
    row = MailService(dbsession, templates).post("test-mail", "ada@example.org")
    dbsession.flush()
    assert row.subject == "x" * 300


def test_an_email_of_a_failed_transaction_is_not_saved(db_sessions, templates):
    with db_sessions.begin() as dbsession:
        service = MailService(dbsession, templates)
        service.post("confirm-email", "alice@example.org", link="x", lifetime=timedelta(hours=24))
        dbsession.flush()
        dbsession.rollback()
    with db_sessions.read() as dbsession:
        assert dbsession.query(OutgoingMail).count() == 0


def test_an_empty_outbox_has_no_backlog(mail):
    assert mail.backlog() == MailBacklog(waiting=0, oldest_seconds=0, failed=0)


def test_the_backlog_counts_waiting_and_recently_failed_emails(mail, dbsession):
    now = types.utc_now()
    done = {"next_attempt_date": null()}  # None would use the column's default
    dbsession.add_all(
        [
            outgoing(created_date=now - timedelta(minutes=2)),
            outgoing(next_attempt_date=now + timedelta(minutes=1)),
            outgoing(**done, sent_date=now),
            outgoing(**done, failed_date=now),
            outgoing(**done, failed_date=now - timedelta(days=8)),
        ]
    )
    backlog = mail.backlog()
    assert (backlog.waiting, backlog.failed) == (2, 1)
    assert 120 <= backlog.oldest_seconds < 130


def test_the_backlog_count_is_bounded(mail, dbsession, monkeypatch):
    monkeypatch.setattr(mail_service, "MAX_COUNTED", 2)
    dbsession.add_all([outgoing(next_attempt_date=types.utc_now()) for _ in range(3)])
    assert mail.backlog().waiting == 2
