"""Forgetting what is past its time, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import null, select

from album_store.bin.main import main
from album_store.data.account_session import AccountSession
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.settings import read_settings
from album_store.services import purge_service
from album_store.services.purge_service import Purged, PurgeService
from tests.factories import add_account


@pytest.fixture
def alice(db_sessions):
    return add_account(db_sessions, "a hash")


def add(db_sessions, *rows: Any):
    with db_sessions.begin() as dbsession:
        dbsession.add_all(rows)


def left(db_sessions, model):
    """The ages in days of the rows that are left, youngest first."""
    with db_sessions.read() as dbsession:
        dates = dbsession.scalars(select(model.created_date).order_by(model.created_date.desc()))
        return [round((utc_now() - date) / timedelta(days=1), 1) for date in dates]


def ago(days):
    return utc_now() - timedelta(days=days)


def mail(days, **values: Any):
    return OutgoingMail(kind="a kind", recipient="alice@example.org", subject="Hello", created_date=ago(days), **values)


def test_expired_registrations_and_email_changes_go(db_sessions, settings, alice):
    for days in (0.9, 1.1):
        link = {"created_date": ago(days), "secret_hash": "x"}
        add(db_sessions, PendingRegistration(email="carol@example.org", password_hash="x", **link))
        add(db_sessions, PendingEmailChange(account_id=alice, new_email="carol@example.org", **link))
    PurgeService(db_sessions, read_settings(settings)).purge()
    assert left(db_sessions, PendingRegistration) == left(db_sessions, PendingEmailChange) == [0.9]


def test_sessions_go_after_their_idle_and_their_absolute_limit(db_sessions, settings, alice):
    for days, idle_days in ((29, 13), (29, 15), (31, 0)):
        dates = {"created_date": ago(days), "last_seen_date": ago(idle_days)}
        add(db_sessions, AccountSession(account_id=alice, token_hash=new_id(), **dates))
    PurgeService(db_sessions, read_settings(settings)).purge()
    assert left(db_sessions, AccountSession) == [29]


def test_the_audit_of_resets_is_kept_for_its_days(db_sessions, settings, alice):
    for days in (1, 89, 91):
        add(db_sessions, PasswordReset(account_id=alice, secret_hash="x", created_date=ago(days)))
    PurgeService(db_sessions, read_settings(settings)).purge()
    assert left(db_sessions, PasswordReset) == [1, 89]


def test_a_mail_that_still_waits_never_goes(db_sessions, settings):
    done = {"next_attempt_date": null()}
    add(db_sessions, mail(100), mail(89, **done, sent_date=ago(89)), mail(91, **done, sent_date=ago(91)))
    PurgeService(db_sessions, read_settings(settings)).purge()
    assert left(db_sessions, OutgoingMail) == [89, 100]


def test_many_rows_go_in_several_transactions(db_sessions, settings, monkeypatch):
    monkeypatch.setattr(purge_service, "BATCH", 2)
    for _ in range(5):
        add(db_sessions, PendingRegistration(email="x", password_hash="x", secret_hash="x", created_date=ago(2)))
    purged = PurgeService(db_sessions, read_settings(settings)).purge()
    assert Purged("PendingRegistration", 5) in purged
    assert left(db_sessions, PendingRegistration) == []


def test_the_command_says_how_much_went(db_sessions, store_ini, capsys):
    add(db_sessions, PendingRegistration(email="x", password_hash="x", secret_hash="x", created_date=ago(2)))
    assert main(["purge", str(store_ini)]) == 0
    assert "PendingRegistration: 1 removed\n" in capsys.readouterr().out
