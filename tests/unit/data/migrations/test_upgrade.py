"""A database of version 0.1.0, migrated on each kind of database."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from album_store.data.album import Album
from album_store.data.dbsession import DbSessionFactory
from album_store.data.migrations import schema
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.services.catalogue.search_service import SearchService
from tests.support.factories import make_album, make_artist
from tests.support.interruption import InterruptionError, interrupted
from tests.support.schemas import columns, content, content_but_for_search, differences, revision_of, structure
from tests.support.store_driver import together

pytestmark = pytest.mark.every_database

# What begins a statement that changes something.
CHANGES = ("ALTER", "CREATE", "DELETE", "DROP", "INSERT", "UPDATE")
# How long links of version 0.1.0 worked.
LIFETIMES = {
    PasswordReset: timedelta(hours=1),
    PendingEmailChange: timedelta(hours=24),
    PendingRegistration: timedelta(hours=24),
}


def rows_before(old):
    """Return the columns and the rows of each table."""
    names = columns(old)
    rows = content_but_for_search(old, names)
    assert min(map(len, rows.values())) > 3
    return {table: (names[table], rows[table]) for table in rows}


def check_migrated(old, db_sessions, before):
    """Check that a migrated database has its rows, and looks and works like a new one."""
    old.create_tables()
    assert content_but_for_search(old, {table: names for table, (names, _) in before.items()}) == {
        table: rows for table, (_, rows) in before.items()
    }
    assert differences(old) == []
    assert structure(old) == structure(db_sessions)
    with old.begin() as dbsession:
        dbsession.add(make_album("Größer", make_artist("Beyonce", url="beyonce"), url="groesser"))
        dbsession.add(make_album("Größer ", make_artist("Beyoncé", url="beyoncé"), url="Groesser"))
    with old.read() as dbsession:
        search = SearchService(dbsession, old.database)
        assert [album.title for album in search.search("album 07").rows] == ["Album 07"]
        assert len(search.search("groß").rows) == 2
        assert dbsession.scalar(select(func.count(Album.id))) == 37
        for model, lifetime in LIFETIMES.items():
            links = dbsession.scalars(select(model)).all()
            assert len({link.created_date for link in links}) == len(links) == 4, model
            assert {link.expires_date - link.created_date for link in links} == {lifetime}


def test_an_old_database_is_migrated_by_one_of_two_processes_and_loses_nothing(old, db_sessions):
    before = rows_before(old)
    other = DbSessionFactory(old.engine.url.render_as_string(hide_password=False))
    assert sorted(together(old.migrate, other.migrate)) == [[], schema.known_revisions()]
    other.dispose()
    check_migrated(old, db_sessions, before)


def test_a_migration_that_is_interrupted_at_any_statement_can_be_run_again(
    old, db_sessions, monkeypatch, database_kind
):
    before = rows_before(old)
    old_columns = columns(old)
    old_content = content(old, old_columns)
    rolls_back = database_kind != "mariadb"
    engine = old.database.create_migration_engine()
    monkeypatch.setattr(old.database, "create_migration_engine", lambda: engine)
    reached = []

    def is_new_change(statement: str) -> bool:
        """Return whether no migration has come so far. Where all is rolled back, every tenth change is enough."""
        if not statement.startswith(CHANGES) or statement in reached:
            return False
        reached.append(statement)
        return not rolls_back or len(reached) % 10 == 0

    with interrupted(engine, is_new_change):
        while revision_of(old) != schema.HEAD:
            try:
                old.migrate()
            except InterruptionError:
                if rolls_back:
                    assert revision_of(old) is None
                    assert columns(old) == old_columns
                    assert content(old, old_columns) == old_content
    assert len(reached) > 30
    check_migrated(old, db_sessions, before)
