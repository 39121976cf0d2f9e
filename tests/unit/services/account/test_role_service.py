"""The role service, without its pages."""

import pytest

from album_store.data.account import Account
from album_store.services.account.role_service import ADMIN, LastAdminError, UnknownAccountError
from album_store.services.audit_service import Actor
from album_store.worker.service_request import service_request
from tests.support.factories import add_account

ACTOR = Actor("a test")


@pytest.fixture
def roles(db_sessions, registry):
    """The service, in its own transaction."""
    with service_request(registry, writes=True) as request:
        yield request.role_service


def test_granting_or_removing_a_role_twice_changes_nothing(db_sessions, roles):
    bob = add_account(db_sessions, "x", "bob@example.org")
    add_account(db_sessions, "x", "ada@example.org", roles=(ADMIN,))
    assert [roles.grant("bob@example.org", ADMIN, ACTOR) for _ in range(2)] == [True, False]
    assert roles.has(bob, ADMIN)
    assert [roles.revoke("bob@example.org", ADMIN, ACTOR) for _ in range(2)] == [True, False]
    assert not roles.has(bob, ADMIN)
    assert roles.has(bob, "user")


def test_any_role_but_admin_can_be_removed_from_its_last_account(db_sessions, roles):
    bob = add_account(db_sessions, "x", "bob@example.org")
    assert roles.revoke("bob@example.org", "user", ACTOR)
    assert not roles.has(bob, "user")


def test_roles_of_an_unknown_account_cannot_be_changed(roles):
    for change in (roles.grant, roles.revoke):
        with pytest.raises(UnknownAccountError):
            change("nobody@example.org", ADMIN, ACTOR)


@pytest.mark.parametrize(
    ("other", "is_enough"),
    [
        ({"roles": (ADMIN,)}, True),
        ({"roles": ("user",)}, False),
        ({"roles": (ADMIN,), "disabled": True}, False),
    ],
)
def test_another_admin_must_be_able_to_sign_in(db_sessions, registry, roles, other, is_enough):
    ada = add_account(db_sessions, "x", "ada@example.org", roles=(ADMIN,))
    add_account(db_sessions, "x", "bea@example.org", **other)
    account = Account(id=ada)
    if is_enough:
        roles.require_another_admin(account)
    else:
        with pytest.raises(LastAdminError):
            roles.require_another_admin(account)
    assert roles.has(ada, ADMIN)
