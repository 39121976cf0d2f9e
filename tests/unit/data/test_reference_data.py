"""The rows that every new store has."""

from sqlalchemy import func, select

from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.reference_data import LANGUAGES, LICENSES, ROLES, insert_reference_data
from album_store.data.role import Role


def names(db_sessions, model):
    with db_sessions.read() as dbsession:
        return set(dbsession.scalars(select(model.name)))


def test_a_new_store_has_its_roles_licences_and_languages(db_sessions):
    assert names(db_sessions, Role) == set(ROLES)
    assert names(db_sessions, License) == set(LICENSES)
    assert names(db_sessions, Language) == set(LANGUAGES)


def test_a_licence_links_to_its_text_unless_all_rights_are_reserved(db_sessions):
    with db_sessions.read() as dbsession:
        links = {row.name: row.link for row in dbsession.scalars(select(License))}
    assert links.pop("All rights reserved") == ""
    assert links["CC BY-SA 4.0"] == "https://creativecommons.org/licenses/by-sa/4.0/"
    assert all(link.startswith("https://creativecommons.org/") and link.endswith("/") for link in links.values())


def test_a_second_start_adds_nothing_and_keeps_changes_by_the_owner(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.get_one(License, "CC0 1.0").description = "In the owner's words."
    db_sessions.create_tables()
    with db_sessions.read() as dbsession:
        assert dbsession.get_one(License, "CC0 1.0").description == "In the owner's words."
        assert dbsession.scalar(select(func.count()).select_from(License)) == len(LICENSES)


def test_missing_rows_are_added_again(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.delete(dbsession.get_one(Language, "German"))
    with db_sessions.begin() as dbsession:
        insert_reference_data(dbsession)
    assert "German" in names(db_sessions, Language)
