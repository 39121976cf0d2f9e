"""`album-store make-admin`."""

import pytest

from album_store.bin.main import main
from album_store.data.account import Account
from album_store.infrastructure.email_addresses import canonical_email
from tests.support.factories import add_account


def roles_of(db_sessions, account_id):
    with db_sessions.read() as dbsession:
        return {role.name for role in dbsession.get_one(Account, account_id).roles}


def test_only_the_named_account_becomes_an_admin(store_ini, db_sessions, capsys):
    ada = add_account(db_sessions, "a hash", "ada@example.org")
    bob = add_account(db_sessions, "a hash", "bob@example.org")
    assert main(["make-admin", str(store_ini), " Ada@Example.org"]) == 0
    assert capsys.readouterr().out == "ada@example.org is now an admin.\n"
    assert roles_of(db_sessions, ada) == {"admin", "user"}
    assert roles_of(db_sessions, bob) == {"user"}


def test_making_an_admin_twice_changes_nothing(store_ini, db_sessions, capsys):
    ada = add_account(db_sessions, "a hash", "ada@example.org", roles=("admin",))
    assert main(["make-admin", str(store_ini), "ada@example.org"]) == 0
    assert capsys.readouterr().out == "ada@example.org is already an admin.\n"
    assert roles_of(db_sessions, ada) == {"admin"}


def test_a_disabled_account_is_reported_as_unable_to_sign_in(store_ini, db_sessions, capsys):
    ada = add_account(db_sessions, "a hash", "ada@example.org", disabled=True)
    assert main(["make-admin", str(store_ini), "ada@example.org"]) == 0
    assert "The account is disabled and cannot sign in" in capsys.readouterr().out
    assert roles_of(db_sessions, ada) == {"admin", "user"}


@pytest.mark.parametrize("typed", ["Ada@Bücher.example", "ada@xn--bcher-kva.example", "\tADA@bücher.EXAMPLE\u200b"])
def test_the_address_is_normalised_as_in_forms(store_ini, db_sessions, typed):
    ada = add_account(db_sessions, "a hash", canonical_email("ada@bücher.example"))
    assert main(["make-admin", str(store_ini), typed]) == 0
    assert roles_of(db_sessions, ada) == {"admin", "user"}


@pytest.mark.parametrize("typed", ["ada", "", "ada@", "ada@example.org,bob@example.org", "ada@example.org\0"])
def test_an_invalid_address_gives_one_sentence(store_ini, db_sessions, typed, capsys):
    assert main(["make-admin", str(store_ini), typed]) == 1
    assert capsys.readouterr().err.startswith(f"{typed} is not a valid email address. ")


def test_an_address_without_an_account_is_refused_with_the_next_step(store_ini, db_sessions, capsys):
    assert main(["make-admin", str(store_ini), "ada@example.org"]) == 1
    assert "Register in the store" in capsys.readouterr().err
    with db_sessions.read() as dbsession:
        assert dbsession.query(Account).count() == 0
