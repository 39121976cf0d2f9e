"""Two transactions at once on roles and deletions."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from album_store.data.account import Account
from album_store.data.audit_entry import AuditEntry
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.role import AccountRole
from album_store.data.types import utc_now
from album_store.services.account.role_service import ADMIN, LastAdminError
from album_store.services.audit_service import Actor
from tests.support.factories import add_account
from tests.support.overlap import overlap

pytestmark = pytest.mark.every_database

ALICE, ADA, BEA = "alice@example.org", "ada@example.org", "bea@example.org"


@pytest.fixture
def alice(registry):
    return add_account(registry.db_sessions, "x")


@pytest.fixture
def admins(registry):
    """The ids of the only two admins, Ada and Bea."""
    return [add_account(registry.db_sessions, "x", email, roles=(ADMIN,)) for email in (ADA, BEA)]


def revoke(email):
    return lambda request: request.role_service.revoke(email, ADMIN, Actor("another admin"))


def grant(request):
    return request.role_service.grant(ALICE, ADMIN, Actor("an admin"))


def disable(account_id):
    return lambda request: request.account_admin_service.disable(request.account_service.lock(account_id), Actor("x"))


def ask_for_deletion(account_id):
    return lambda request: request.deletion_service.request(account_id)


def carry_out(account_id):
    return lambda request: request.deletion_service.carry_out(account_id)


def schedule(registry, account_id):
    with registry.db_sessions.begin() as dbsession:
        dbsession.add(PendingDeletion(account_id=account_id, due_date=utc_now() - timedelta(minutes=1)))


def count(registry, column):
    with registry.db_sessions.read() as dbsession:
        return dbsession.scalar(select(func.count(column)))


def texts(registry, column):
    with registry.db_sessions.read() as dbsession:
        return sorted(dbsession.scalars(select(column)))


@pytest.mark.parametrize("early", [True, False])
def test_one_of_two_admins_who_revoke_each_others_role_remains(registry, admins, early):
    with pytest.raises(LastAdminError):
        overlap(registry, revoke(BEA), revoke(ADA), early=early)
    assert count(registry, AccountRole.c.account_id) == 1


@pytest.mark.parametrize("early", [True, False])
def test_one_of_two_admins_who_leave_remains(registry, admins, early):
    first, second = map(ask_for_deletion, admins)
    with pytest.raises(LastAdminError):
        overlap(registry, first, second, early=early)
    assert count(registry, PendingDeletion.account_id) == 1


@pytest.mark.parametrize("early", [True, False])
def test_the_last_admin_is_not_disabled_while_the_other_leaves(registry, admins, early):
    ada, bea = admins
    with pytest.raises(LastAdminError):
        overlap(registry, ask_for_deletion(bea), disable(ada), early=early)


def test_a_role_is_granted_once(registry, alice):
    assert overlap(registry, grant, grant) is False
    assert texts(registry, AuditEntry.action) == ["role-granted"]


def test_a_role_is_revoked_once(registry, admins):
    add_account(registry.db_sessions, "x", "carol@example.org", roles=(ADMIN,))
    assert overlap(registry, revoke(ADA), revoke(ADA)) is False
    assert texts(registry, AuditEntry.action) == ["role-taken"]


def test_an_account_is_disabled_once(registry, alice, admins):
    overlap(registry, disable(alice), disable(alice))
    assert texts(registry, AuditEntry.action) == ["account-disabled"]


@pytest.mark.parametrize("early", [True, False])
def test_a_deletion_is_scheduled_once(registry, alice, early):
    overlap(registry, ask_for_deletion(alice), ask_for_deletion(alice), early=early)
    assert texts(registry, OutgoingMail.kind) == ["deletion-asked"]


@pytest.mark.parametrize("early", [True, False])
def test_a_deletion_is_carried_out_once(registry, alice, early):
    schedule(registry, alice)
    assert overlap(registry, carry_out(alice), carry_out(alice), early=early) is False
    assert texts(registry, OutgoingMail.kind) == ["account-deleted"]
    assert count(registry, Account.id) == 0


@pytest.mark.parametrize("early", [True, False])
def test_a_deletion_is_cancelled_or_carried_out(registry, alice, early):
    schedule(registry, alice)

    def withdraw(request) -> None:
        request.account_service.lock(alice)  # as the check of the session does
        request.deletion_service.withdraw(alice)

    assert overlap(registry, withdraw, carry_out(alice), early=early) is False
    assert count(registry, Account.id) == 1


@pytest.mark.parametrize("early", [True, False])
def test_a_deletion_waits_for_a_role_that_is_being_granted(registry, alice, early):
    schedule(registry, alice)
    with pytest.raises(LastAdminError):
        overlap(registry, grant, carry_out(alice), early=early)
    assert count(registry, Account.id) == 1
