"""Deleting accounts at the end of their waiting period."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import ForeignKey, select

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.audit_entry import AuditEntry
from album_store.data.cart import Cart
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_registration import PendingRegistration
from album_store.data.profile import Profile
from album_store.data.types import utc_now
from album_store.services.account.deletion_service import DeletionService
from album_store.worker.daily_tasks import delete_due_accounts
from tests.support.factories import add_account, make_link

DUE, NOT_DUE = timedelta(seconds=-1), timedelta(minutes=1)


@pytest.fixture
def leave(db_sessions):
    """Adds an account with a pending deletion; returns its id."""

    def leave(email: str, when: timedelta = DUE, **values: Any) -> str:
        account_id = add_account(db_sessions, "a hash", email, **values)
        with db_sessions.begin() as dbsession:
            dbsession.add(PendingDeletion(account_id=account_id, due_date=utc_now() + when))
        return account_id

    return leave


def all_of(db_sessions, column):
    with db_sessions.read() as dbsession:
        return sorted(dbsession.scalars(select(column)).all())


def test_only_accounts_that_are_due_are_deleted(db_sessions, registry, leave):
    leave("alice@example.org")
    leave("bob@example.org", NOT_DUE)
    add_account(db_sessions, "a hash", "carol@example.org")
    assert delete_due_accounts(registry) == 1
    assert all_of(db_sessions, Account.email) == ["bob@example.org", "carol@example.org"]
    assert len(all_of(db_sessions, PendingDeletion.account_id)) == 1


def test_everything_of_the_account_is_deleted_and_nothing_of_others(db_sessions, registry, leave):
    alice, bob = leave("alice@example.org"), add_account(db_sessions, "a hash", "bob@example.org")
    for account_id, email in ((alice, "alice@example.org"), (bob, "bob@example.org")):
        mail = {"recipient": email, "kind": "a kind", "subject": "Hello"}
        with db_sessions.begin() as dbsession:
            dbsession.add_all(
                [
                    AccountSession(account_id=account_id, token_hash=email),
                    Profile(account_id=account_id),
                    make_link(PendingRegistration, email=email, password_hash="x"),
                    OutgoingMail(**mail, text_body="still waits"),
                    OutgoingMail(**mail, sent_date=utc_now()),
                    AuditEntry(action="role-granted", actor="make-admin", target_id=account_id, target=email),
                ]
            )
    assert delete_due_accounts(registry) == 1
    assert all_of(db_sessions, AccountSession.account_id) == all_of(db_sessions, Profile.account_id) == [bob]
    # Anyone may have started this registration and must not learn of the deletion, so it stays until it expires.
    assert sorted(all_of(db_sessions, PendingRegistration.email)) == ["alice@example.org", "bob@example.org"]
    with db_sessions.read() as dbsession:
        entries = dbsession.execute(select(AuditEntry.target, AuditEntry.target_id).order_by(AuditEntry.target)).all()
        assert entries == [("alice@example.org", None), ("bob@example.org", bob)]
        kinds = dbsession.execute(select(OutgoingMail.recipient, OutgoingMail.kind)).all()
        assert sorted(kinds) == [("alice@example.org", "account-deleted"), *[("bob@example.org", "a kind")] * 2]


def test_every_foreign_key_to_an_account_has_the_right_ondelete():
    keys = [key for table in SqlAlchemyBase.metadata.sorted_tables for key in table.foreign_keys]
    of_accounts: list[ForeignKey] = [key for key in keys if key.column is Account.__table__.c.id]
    assert len(of_accounts) > 8
    for key in of_accounts:
        outlives = key.parent.nullable and key.parent is not Cart.__table__.c.account_id
        assert key.ondelete == ("SET NULL" if outlives else "CASCADE"), key.parent


def test_a_deletion_stopped_at_the_last_moment_is_not_carried_out(db_sessions, registry, leave, monkeypatch):
    alice = leave("alice@example.org")
    due = DeletionService.due

    def keep_after_the_look(service: DeletionService) -> list[str]:
        found = due(service)
        with db_sessions.begin() as dbsession:
            dbsession.delete(dbsession.get_one(PendingDeletion, alice))
        return found

    monkeypatch.setattr(DeletionService, "due", keep_after_the_look)
    assert delete_due_accounts(registry) == 0
    assert all_of(db_sessions, Account.id) == [alice]
    assert all_of(db_sessions, OutgoingMail.kind) == []


def test_the_last_admin_is_not_deleted_and_this_is_logged(db_sessions, registry, leave, caplog):
    leave("alice@example.org")
    ada = leave("ada@example.org", roles=("admin", "user"))
    add_account(db_sessions, "a hash", "eve@example.org", roles=("admin",), disabled=True)
    assert delete_due_accounts(registry) == 1
    assert f"event=deletion-left account={ada} reason=last-admin" in caplog.text
    assert all_of(db_sessions, Account.email) == ["ada@example.org", "eve@example.org"]
    assert all_of(db_sessions, PendingDeletion.account_id) == [ada]


def test_an_admin_with_a_pending_deletion_does_not_count_as_another_admin(db_sessions, registry, leave):
    for name in ("ada", "grace"):
        leave(f"{name}@example.org", roles=("admin",))
    assert delete_due_accounts(registry) == 0
    assert len(all_of(db_sessions, Account.email)) == len(all_of(db_sessions, PendingDeletion.account_id)) == 2
    add_account(db_sessions, "a hash", "eve@example.org", roles=("admin",))
    assert delete_due_accounts(registry) == 2
    assert all_of(db_sessions, Account.email) == ["eve@example.org"]
