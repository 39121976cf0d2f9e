"""The migration to the search index that has pairs of words, on each kind of database."""

import re

import pytest
from sqlalchemy import text

from album_store.data.dbsession import DbSessionFactory
from album_store.data.migrations import schema
from album_store.services.catalogue.search_service import SearchService
from tests.support.factories import make_album
from tests.support.interruption import InterruptionError, interrupted
from tests.support.schemas import revision_of, stamp, structure

pytestmark = pytest.mark.every_database

# What the search index was. SQLite's had lists of fewer beginnings of words; PostgreSQL's has not changed.
BEFORE = {
    "sqlite": (
        """DROP TABLE "AlbumSearch" """,
        """CREATE VIRTUAL TABLE "AlbumSearch"
        USING fts5(words, content='SearchDocument', content_rowid='album_id', prefix='2 3')""",
        """INSERT INTO "AlbumSearch" ("AlbumSearch") VALUES ('rebuild')""",
    ),
    "mariadb": (
        "ALTER TABLE `SearchDocument` DROP COLUMN indexed_terms",
        "ALTER TABLE `SearchDocument` ADD COLUMN indexed_words MEDIUMTEXT GENERATED ALWAYS AS "
        "(CONCAT('zq', REPLACE(words, ' ', ' zq'))) STORED, "
        "ADD FULLTEXT INDEX `ix_SearchDocument_indexed_words` (indexed_words)",
    ),
}


LATER = schema.known_revisions()[schema.known_revisions().index("0007") :]


@pytest.fixture
def before(new_database, database_kind):
    """The session factory of a database before the migration, with an album."""
    factory = DbSessionFactory(new_database(database_kind))
    factory.create_tables()
    with factory.begin() as dbsession:
        dbsession.add(make_album("Black Sun Rain"))
    with factory.engine.begin() as connection:
        for statement in BEFORE.get(database_kind, ()):
            connection.execute(text(statement))
        quote = connection.dialect.identifier_preparer.quote_identifier
        connection.execute(text(f"ALTER TABLE {quote('Order')} ADD COLUMN problem VARCHAR(20) DEFAULT '' NOT NULL"))
    stamp(factory, "0006")
    yield factory
    factory.dispose()


@pytest.mark.parametrize(
    "interrupted_at", ["ALTER TABLE .SearchDocument. ADD COLUMN", "ALTER TABLE .* FULLTEXT", "never"]
)
def test_albums_are_found_after_the_migration_even_if_it_was_interrupted(
    before, db_sessions, monkeypatch, interrupted_at
):
    engine = before.database.create_migration_engine()
    monkeypatch.setattr(before.database, "create_migration_engine", lambda: engine)
    with interrupted(engine, re.compile(interrupted_at).match):
        try:
            assert before.migrate() == LATER
        except InterruptionError:
            assert revision_of(before) == "0006"
    assert before.migrate() in ([], LATER)
    before.create_tables()
    assert revision_of(before) == schema.HEAD
    assert structure(before) == structure(db_sessions)
    before.database.words_read = 0
    with before.read() as dbsession:
        search = SearchService(dbsession, before.database)
        for query in ("s", "blac", "sun rain", "black sun rain", "rain black", "sun"):
            assert [album.title for album in search.search(query).rows] == ["Black Sun Rain"], query
