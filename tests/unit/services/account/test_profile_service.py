"""The profile."""

from sqlalchemy import select

from album_store.data.account import Account
from album_store.data.profile import Profile
from album_store.services.account.profile_service import ProfileFacts, ProfileService
from tests.support.factories import add_account


def test_a_new_account_has_an_empty_profile_and_no_row(db_sessions):
    alice = add_account(db_sessions, "a hash", display_name="Alice")
    with db_sessions.read() as dbsession:
        facts = ProfileService(dbsession).find(alice)
        account = dbsession.get_one(Account, alice)
        assert facts == ProfileFacts("Alice", "", "", account.created_date, None)
        assert dbsession.scalars(select(Profile)).all() == []


def test_the_profile_row_is_created_by_the_first_change_and_then_updated(db_sessions):
    alice, bob = add_account(db_sessions, "a hash"), add_account(db_sessions, "a hash", "bob@example.org")
    for about in ("I sing.", "I sing\nand dance."):
        with db_sessions.begin() as dbsession:
            ProfileService(dbsession).change(alice, "Alice", "Oxford", about)
    with db_sessions.read() as dbsession:
        facts = ProfileService(dbsession).find(alice)
        assert (facts.display_name, facts.location, facts.about) == ("Alice", "Oxford", "I sing\nand dance.")
        assert ProfileService(dbsession).find(bob).location == ""
        assert len(dbsession.scalars(select(Profile)).all()) == 1


def test_a_deleted_account_has_an_empty_profile(db_sessions):
    with db_sessions.read() as dbsession:
        assert ProfileService(dbsession).find("0" * 32) == ProfileFacts()
