"""Migrations that rebuild a table, as SQLite needs for most changes."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from album_store.data.dbsession import SchemaError
from album_store.data.migrations import schema
from tests.support.schemas import columns, content, content_but_for_search, revision_of

REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9000", "{head}"


def upgrade():
    with op.batch_alter_table("TABLE", recreate="always") as batch:
        batch.add_column(sa.Column("nickname", sa.String(10), server_default=""))
    {more}
"""


def rebuild(more: str = "", table: str = "Account") -> str:
    """Return a migration that rebuilds a table and then runs more code."""
    return REBUILD.replace("{more}", more).replace("TABLE", table)


def test_a_store_that_is_one_migration_behind_does_not_start(db_sessions, add_migration):
    add_migration(rebuild())
    with pytest.raises(SchemaError, match="older version"):
        db_sessions.create_tables()
    assert db_sessions.migrate() == ["9000"]
    db_sessions.create_tables()


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(old, add_migration):
    add_migration(rebuild())
    old_columns = columns(old)
    before = content_but_for_search(old, old_columns)
    assert old.migrate() == schema.known_revisions()
    after = content_but_for_search(old, old_columns)
    assert len(after.pop("Account")) == len(before.pop("Account")) == 6
    assert after == before


def test_rebuilding_the_search_words_keeps_the_search_index_up_to_date(old, add_migration):
    add_migration(rebuild(table="SearchDocument"))
    old.migrate()
    with old.engine.begin() as connection:
        connection.execute(text("""UPDATE "SearchDocument" SET words = 'zebra' WHERE album_id = 7"""))
        found = """SELECT rowid FROM "AlbumSearch" WHERE "AlbumSearch" MATCH 'zebra'"""
        assert connection.scalars(text(found)).all() == [7]
        connection.execute(text("""INSERT INTO "AlbumSearch" ("AlbumSearch", rank) VALUES ('integrity-check', 1)"""))


def test_a_failed_migration_changes_nothing(old, add_migration):
    add_migration(rebuild(more="raise RuntimeError"))
    before = content(old, columns(old))
    with pytest.raises(RuntimeError):
        old.migrate()
    assert content(old, columns(old)) == before
    assert revision_of(old) is None


def test_a_migration_that_breaks_foreign_keys_is_rolled_back(old, add_migration):
    add_migration(rebuild(more="op.execute('DELETE FROM \"Account\"')"))
    before = content(old, columns(old))
    with pytest.raises(IntegrityError, match="AccountSession"):
        old.migrate()
    assert content(old, columns(old)) == before


def test_foreign_keys_are_enforced_again_after_a_migration(old):
    old.migrate()
    with pytest.raises(IntegrityError), old.begin() as dbsession:
        dbsession.execute(text("UPDATE \"AccountSession\" SET account_id = 'nobody'"))
