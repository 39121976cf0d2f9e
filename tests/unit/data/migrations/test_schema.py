"""Databases of any version: created, accepted or refused."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from album_store.data.dbsession import DbSessionFactory, SchemaError
from album_store.data.migrations import schema
from tests.support.databases import SERVERS
from tests.support.interruption import InterruptionError, interrupted
from tests.support.schemas import columns, content, differences, revision_of, stamp, structure

END_CONNECTION = {"postgresql": "SELECT pg_terminate_backend(pg_backend_pid())", "mariadb": "KILL CONNECTION_ID()"}


def test_migrations_form_one_line_that_ends_at_the_head():
    config = Config()
    config.set_main_option("script_location", str(schema.VERSIONS.parent))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [schema.HEAD]
    assert [script.revision for script in scripts.walk_revisions()][::-1] == schema.known_revisions()


@pytest.mark.every_database
def test_a_new_database_matches_the_models_and_has_the_newest_revision(db_sessions):
    assert revision_of(db_sessions) == schema.HEAD
    assert differences(db_sessions) == []


def test_an_old_database_is_not_touched_before_it_is_migrated(old):
    old_columns = columns(old)
    before = content(old, old_columns)
    with pytest.raises(SchemaError, match=r"older version of the store.* run album-store migrate"):
        old.create_tables()
    assert columns(old) == old_columns
    assert content(old, old_columns) == before
    assert revision_of(old) is None


@pytest.mark.every_database
def test_interrupted_first_starts_are_completed_by_a_start_or_a_migration(db_sessions, new_database, database_kind):
    factory = DbSessionFactory(new_database(database_kind))
    for due in ("CREATE TABLE .PendingDeletion", "ALTER TABLE .SearchDocument|CREATE VIRTUAL|.*USING gin"):
        with interrupted(factory.engine, re.compile(due).match), pytest.raises(InterruptionError):
            factory.create_tables()
        # Where a change of tables cannot be rolled back, tables are left.
        assert bool(inspect(factory.engine).get_table_names()) == (database_kind == "mariadb")
    assert factory.migrate() == [schema.HEAD]
    assert factory.migrate() == []
    factory.create_tables()
    assert structure(factory) == structure(db_sessions)
    factory.dispose()


@pytest.mark.every_database
def test_a_newer_database_is_refused_and_left_unchanged(db_sessions):
    stamp(db_sessions, "9999")
    try:
        for use in (db_sessions.create_tables, db_sessions.migrate):
            with pytest.raises(SchemaError, match="newer version of the store"):
                use()
        assert revision_of(db_sessions) == "9999"
    finally:
        stamp(db_sessions, schema.HEAD)


@pytest.mark.every_database
def test_a_database_of_another_application_is_refused_and_left_unchanged(new_database, database_kind):
    factory = DbSessionFactory(new_database(database_kind))
    with factory.engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id INTEGER)"))
    for use in (factory.create_tables, factory.migrate):
        with pytest.raises(SchemaError, match="tables from another application"):
            use()
    assert inspect(factory.engine).get_table_names() == ["notes"]
    factory.dispose()


@pytest.mark.every_database("postgresql")
@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_does_not_hold_every_text_is_refused_and_left_empty(new_database, database_kind, encoding):
    options = f"TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'"
    factory = DbSessionFactory(new_database(database_kind, options))
    for use in (factory.create_tables, factory.migrate):
        with pytest.raises(SchemaError, match=f"encoding {encoding}"):
            use()
    assert inspect(factory.engine).get_table_names() == []
    factory.dispose()


@pytest.mark.every_database(*SERVERS)
def test_a_store_does_not_wait_for_another_store_on_its_server(db_sessions, new_database, database_kind):
    other = DbSessionFactory(new_database(database_kind))
    with (
        ThreadPoolExecutor() as threads,
        db_sessions.engine.begin() as connection,
        db_sessions.database.schema_lock(connection),
    ):
        threads.submit(other.create_tables).result(timeout=20)
    other.dispose()


@pytest.mark.every_database(*SERVERS)
def test_a_connection_that_ends_while_it_holds_the_lock_of_the_schema_says_so(db_sessions, database_kind):
    with (
        pytest.raises(DBAPIError) as caught,
        db_sessions.engine.begin() as connection,
        db_sessions.database.schema_lock(connection),
    ):
        connection.exec_driver_sql(END_CONNECTION[database_kind])
    assert db_sessions.database.is_busy(caught.value)
