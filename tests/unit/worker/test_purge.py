"""Purging expired data and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import null, select

from album_store.bin.main import main
from album_store.data.account_session import AccountSession
from album_store.data.address_block import AddressBlock
from album_store.data.audit_entry import AuditEntry
from album_store.data.known_browser import KnownBrowser
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.types import new_id, utc_now
from album_store.services import purge_service
from album_store.worker import daily_tasks
from album_store.worker.daily_tasks import Purged, purge
from tests.support.factories import add_account, make_link


@pytest.fixture
def alice(db_sessions):
    return add_account(db_sessions, "a hash")


def add(db_sessions, *rows: Any):
    with db_sessions.begin() as dbsession:
        dbsession.add_all(rows)


def left(db_sessions, model):
    """Return the ages in days of the remaining rows, youngest first."""
    with db_sessions.read() as dbsession:
        dates = dbsession.scalars(select(model.created_date).order_by(model.created_date.desc()))
        return [round((utc_now() - date) / timedelta(days=1), 1) for date in dates]


def ago(days):
    return utc_now() - timedelta(days=days)


def mail(days, **values: Any):
    return OutgoingMail(kind="a kind", recipient="alice@example.org", subject="Hello", created_date=ago(days), **values)


def test_expired_registrations_and_email_changes_are_deleted(db_sessions, registry, alice):
    for days in (0.9, 1.1):
        link = {"created_date": ago(days)}
        add(db_sessions, make_link(PendingRegistration, email="carol@example.org", password_hash="x", **link))
        add(db_sessions, make_link(PendingEmailChange, account_id=alice, new_email="carol@example.org", **link))
    purge(registry)
    assert left(db_sessions, PendingRegistration) == left(db_sessions, PendingEmailChange) == [0.9]


def test_sessions_are_deleted_after_their_idle_or_absolute_limit(db_sessions, registry, alice):
    for days, idle_days in ((29, 13), (29, 15), (31, 0)):
        dates = {"created_date": ago(days), "last_seen_date": ago(idle_days)}
        add(db_sessions, AccountSession(account_id=alice, token_hash=new_id(), **dates))
    purge(registry)
    assert left(db_sessions, AccountSession) == [29]


def test_password_resets_are_kept_for_the_audit_period(db_sessions, registry, alice):
    for days in (1, 89, 91):
        add(db_sessions, make_link(PasswordReset, account_id=alice, created_date=ago(days)))
    purge(registry)
    assert left(db_sessions, PasswordReset) == [1, 89]


def test_audit_rows_are_kept_for_the_audit_period(db_sessions, registry, alice):
    for days in (1, 89, 91):
        entry = {"action": "role-granted", "actor": "make-admin", "target": "alice@example.org"}
        add(db_sessions, AuditEntry(**entry, target_id=alice, created_date=ago(days)))
    purge(registry)
    assert left(db_sessions, AuditEntry) == [1, 89]


def test_expired_blocks_are_deleted(db_sessions, registry):
    for days, over_for in ((1, -0.1), (2, 0.1), (400, -0.1)):
        block = {"network": f"192.0.2.{days % 256}/32", "blocked_by": "ada@example.org"}
        add(db_sessions, AddressBlock(**block, created_date=ago(days), until_date=ago(over_for)))
    purge(registry)
    assert left(db_sessions, AddressBlock) == [1, 400]


def test_known_browsers_are_deleted_a_year_after_their_last_sign_in(db_sessions, registry, alice):
    for days, unused_days in ((364, 364), (900, 1), (367, 366)):
        browser = {"account_id": alice, "token_hash": new_id()}
        add(db_sessions, KnownBrowser(**browser, created_date=ago(days), last_used_date=ago(unused_days)))
    purge(registry)
    assert left(db_sessions, KnownBrowser) == [364, 900]


def test_accounts_due_for_deletion_are_deleted(db_sessions, registry, alice):
    add(db_sessions, PendingDeletion(account_id=alice, due_date=ago(0)))
    purged = purge(registry)
    assert Purged("Account", 1) in purged
    assert left(db_sessions, PendingDeletion) == []


def test_purged_data_cannot_be_read_in_the_database_files(db_sessions, registry, tmp_path):
    add(db_sessions, make_link(PendingRegistration, email="gone@example.org", password_hash="x"))
    assert any(b"gone@example.org" in file.read_bytes() for file in tmp_path.glob("store.sqlite*"))
    with time_machine.travel(utc_now() + timedelta(days=2)):
        purge(registry)
    assert not any(b"gone@example.org" in file.read_bytes() for file in tmp_path.glob("store.sqlite*"))


def test_a_waiting_email_is_never_purged(db_sessions, registry):
    done = {"next_attempt_date": null()}
    add(db_sessions, mail(100), mail(89, **done, sent_date=ago(89)), mail(91, **done, sent_date=ago(91)))
    purge(registry)
    assert left(db_sessions, OutgoingMail) == [89, 100]


def test_many_rows_are_purged_in_several_transactions(db_sessions, registry, monkeypatch):
    monkeypatch.setattr(purge_service, "BATCH", 2)
    monkeypatch.setattr(daily_tasks, "BATCH", 2)
    for _ in range(5):
        add(db_sessions, make_link(PendingRegistration, email="x", password_hash="x", created_date=ago(2)))
    purged = purge(registry)
    assert Purged("PendingRegistration", 5) in purged
    assert left(db_sessions, PendingRegistration) == []


def test_the_purge_command_reports_how_many_rows_were_deleted(db_sessions, store_ini, capsys):
    add(db_sessions, make_link(PendingRegistration, email="x", password_hash="x", created_date=ago(2)))
    assert main(["purge", str(store_ini)]) == 0
    said = capsys.readouterr().out
    assert "PendingRegistration: 1 deleted\n" in said
    assert "Account: 0 deleted\n" in said
