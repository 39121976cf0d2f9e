"""Databases of older and newer versions: migrated or refused."""

import shutil
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from album_store.bin.main import main
from album_store.bin.open_store import store_services
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.dbsession import DbSessionFactory, SchemaError
from album_store.data.migrations import schema
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.calendar import Calendar
from album_store.services.admin.account_list_service import AccountListService
from album_store.services.catalogue.search_service import SearchService
from tests.support.old_store import unpack_old_database

REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9000", "{head}"


def upgrade():
    with op.batch_alter_table("Account", recreate="always") as batch:
        batch.add_column(sa.Column("nickname", sa.String(10), server_default=""))
    {more}
"""


def rebuild(more: str) -> str:
    """Return a migration that rebuilds a table and then runs more code."""
    return REBUILD.replace("{more}", more)


LIFETIMES = {
    PasswordReset: timedelta(hours=1),
    PendingEmailChange: timedelta(hours=24),
    PendingRegistration: timedelta(hours=24),
}


@pytest.fixture
def old(tmp_path):
    """The session factory of a database made by version 0.1.0."""
    unpack_old_database(tmp_path / "store.sqlite")
    factory = DbSessionFactory(f"sqlite:///{tmp_path}/store.sqlite")
    yield factory
    factory.dispose()


@pytest.fixture
def add_migration(tmp_path, monkeypatch):
    """Adds a migration after those of the store."""

    def add_migration(code: str) -> None:
        versions = tmp_path / "versions"
        shutil.copytree(schema.VERSIONS, versions, ignore=shutil.ignore_patterns("__pycache__"))
        (versions / "9000_of_a_test.py").write_text(code.replace("{head}", schema.HEAD), "utf-8")
        monkeypatch.setattr(schema, "VERSIONS", versions)
        monkeypatch.setattr(schema, "HEAD", "9000")

    return add_migration


def columns(factory):
    """Return the columns of each table, without the tables of Alembic and of the search index."""
    inspector = inspect(factory.engine)
    tables = {name for name in inspector.get_table_names() if "Search_" not in name}
    names = sorted(tables - {"alembic_version", "AlbumSearch"})
    return {name: ", ".join(f'"{column["name"]}"' for column in inspector.get_columns(name)) for name in names}


def columns_of(connection, model):
    """Return the columns that the table of a model currently has."""
    return {column["name"] for column in inspect(connection).get_columns(model.__tablename__)}


def content(factory, of):
    """Return every row of the given columns, by table."""
    with factory.read() as dbsession:
        return {
            table: sorted(map(repr, dbsession.execute(text(f'SELECT {names} FROM "{table}"')).all()))  # noqa: S608
            for table, names in of.items()
        }


def content_but_for_search(factory, of):
    """Return every row of the given columns, without the search data that a migration recreates."""
    columns = {table: names.replace('"sort_title", "sort_artist"', '""') for table, names in of.items()}
    return content(factory, {table: names for table, names in columns.items() if table != "SearchDocument"})


def differences(factory):
    """Return what Alembic would change to match the tables to the models."""

    def is_ours(_item: object, name: str, kind: str, *_: object) -> bool:
        return kind != "table" or not (name.startswith("AlbumSearch") or name == "alembic_version")

    with factory.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        return compare_metadata(context, SqlAlchemyBase.metadata)


def revision_of(factory):
    with factory.engine.connect() as connection:
        return schema.current_revision(connection)


def stamp(factory, revision):
    with factory.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_migrations_form_one_line_that_ends_at_the_head():
    config = Config()
    config.set_main_option("script_location", str(schema.VERSIONS.parent))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [schema.HEAD]
    assert [script.revision for script in scripts.walk_revisions()][::-1] == schema.known_revisions()


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


def test_an_old_database_is_migrated_without_losing_data(old):
    old_columns = columns(old)
    before = content_but_for_search(old, old_columns)
    assert len(before["Account"]) == 3
    assert len(before["Album"]) == 32
    assert old.migrate() == schema.known_revisions()
    old.create_tables()
    assert content_but_for_search(old, old_columns) == before
    assert differences(old) == []
    assert old.migrate() == []


def test_an_empty_database_can_be_migrated_too(tmp_path):
    factory = DbSessionFactory(f"sqlite:///{tmp_path}/new.sqlite")
    assert factory.migrate() == [schema.HEAD]
    assert factory.migrate() == []
    assert differences(factory) == []
    factory.dispose()


def test_a_newer_database_is_refused_and_left_unchanged(db_sessions):
    stamp(db_sessions, "9999")
    for use in (db_sessions.create_tables, db_sessions.migrate):
        with pytest.raises(SchemaError, match="newer version of the store"):
            use()
    assert revision_of(db_sessions) == "9999"


def test_a_database_of_another_application_is_refused_and_left_unchanged(tmp_path):
    factory = DbSessionFactory(f"sqlite:///{tmp_path}/other.sqlite")
    with factory.engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id INTEGER)"))
    for use in (factory.create_tables, factory.migrate):
        with pytest.raises(SchemaError, match="tables from another application"):
            use()
    assert inspect(factory.engine).get_table_names() == ["notes"]
    factory.dispose()


def test_a_store_that_is_one_migration_behind_does_not_start(db_sessions, add_migration):
    add_migration(rebuild(more=""))
    with pytest.raises(SchemaError, match="older version"):
        db_sessions.create_tables()
    assert db_sessions.migrate() == ["9000"]
    db_sessions.create_tables()


def test_rebuilding_a_table_keeps_the_rows_that_refer_to_it(old, add_migration):
    add_migration(rebuild(more=""))
    old_columns = columns(old)
    before = content_but_for_search(old, old_columns)
    assert old.migrate() == schema.known_revisions()
    after = content_but_for_search(old, old_columns)
    assert len(after.pop("Account")) == len(before.pop("Account")) == 3
    assert after == before


def test_migrated_links_keep_their_expiry_time(old):
    with old.engine.begin() as connection:
        for model in LIFETIMES:
            names = [column.name for column in model.__table__.columns if column.name in columns_of(connection, model)]
            another = {"id": "'another'", "created_date": "'2026-01-02 03:04:05.678901'"}
            values = ", ".join(another.get(name, name) for name in names)
            table = f'"{model.__tablename__}"'
            statement = f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} LIMIT 1"  # noqa: S608
            connection.execute(text(statement))
    old.migrate()
    with old.read() as dbsession:
        for model, lifetime in LIFETIMES.items():
            links = dbsession.scalars(select(model)).all()
            assert len({link.created_date for link in links}) > 1, model
            assert {link.expires_date - link.created_date for link in links} == {lifetime}


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


def test_the_migrate_command_reports_what_it_did(settings, store_ini, tmp_path, capsys):
    unpack_old_database(tmp_path / "store.sqlite")
    with pytest.raises(SystemExit, match="run album-store migrate"), store_services(settings):
        pass
    assert main(["migrate", str(store_ini)]) == 0
    assert capsys.readouterr().out == f"Migrated: {', '.join(schema.known_revisions())}.\n"
    assert main(["migrate", str(store_ini)]) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"
    with store_services(settings):
        pass


def test_the_migrate_command_refuses_a_newer_database(db_sessions, store_ini, capsys):
    stamp(db_sessions, "9999")
    assert main(["migrate", str(store_ini)]) == 1
    assert "newer version" in capsys.readouterr().err


ALMOST_ALIKE = """
INSERT INTO "Artist" (id, name, url, biography, created_date) VALUES
    (901, 'Coal Choir', 'coal-choir', '', '2026-01-01'), (902, 'COAL choir', 'coal-choir-2', '', '2026-01-01'),
    (903, 'Coal\u00a0Choir', 'coal-choir-3', '', '2026-01-01'), (904, 'D\u2019Or', 'dor', '', '2026-01-01');
INSERT INTO "Genre" (id, name, url, created_date) VALUES
    (901, 'Dub techno', 'dub-techno', '2026-01-01'), (902, 'Dub Techno', 'dub-techno-2', '2026-01-01');
INSERT INTO "Album" (id, title, url, artist_id, price_cents, currency, description, credits, published, updated_date,
    created_date, sort_date, sort_title, sort_artist) VALUES
    (901, 'Low Sun', 'low-sun', 901, 1, 'EUR', '', '', 1, '2026-01-01', '2026-01-01', '2026-01-01', 'low sun', 'x'),
    (902, 'LOW SUN', 'low-sun-2', 901, 1, 'EUR', '', '', 1, '2026-01-01', '2026-01-01', '2026-01-01', 'low sun', 'x'),
    (903, 'Low Sun', 'low-sun-3', 902, 1, 'EUR', '', '', 1, '2026-01-01', '2026-01-01', '2026-01-01', 'low sun', 'x'),
    (904, 'L`orage', 'l-orage', 904, 1, 'EUR', '', '', 1, '2026-01-01', '2026-01-01', '2026-01-01', 'l orage', 'dor');
INSERT INTO "Track" (album_id, display_order, disc_number, track_number, title, composer, length_ms, isrc, lyrics,
    created_date) VALUES (904, 0, 1, 1, '水曜日', '', 1, '', '', '2026-01-01');
INSERT INTO "SearchDocument" (album_id, words, created_date) VALUES (904, 'l orage dor shui yao ri', '2026-01-01');
UPDATE "Account" SET display_name = 'ZOË' WHERE email = (SELECT min(email) FROM "Account");
"""


def test_rows_with_almost_the_same_name_are_kept_and_reported(old):
    with old.engine.begin() as connection:
        for statement in ALMOST_ALIKE.split(";")[:-1]:
            connection.execute(text(statement))
    said = []
    old.migrate(said.append)
    assert said == [
        f"The {other} has almost the same name as {first}. Both are kept. "
        "Imports with any other spelling update the latter."
        for other, first in [
            ("artist “COAL choir” (/artists/coal-choir-2)", "“Coal Choir” (/artists/coal-choir)"),
            ("artist “Coal\u00a0Choir” (/artists/coal-choir-3)", "“Coal Choir” (/artists/coal-choir)"),
            ("genre “Dub Techno” (/albums?genre=dub-techno-2)", "“Dub techno” (/albums?genre=dub-techno)"),
            ("album “LOW SUN” (/albums/low-sun-2)", "“Low Sun” (/albums/low-sun)"),
        ]
    ]
    with old.read() as dbsession:
        artists = select(Artist.name, Artist.url, Artist.name_key).where(Artist.id > 900).order_by(Artist.id)
        assert dbsession.execute(artists).all()[:3] == [
            ("Coal Choir", "coal-choir", "coal choir"),
            ("COAL choir", "coal-choir-2", "coal choir  2"),
            ("Coal\u00a0Choir", "coal-choir-3", "coal choir  3"),
        ]
        assert dbsession.get_one(Album, 903).name_key == "low sun"  # it belongs to another artist


def test_search_finds_migrated_albums_and_accounts(old):
    with old.engine.begin() as connection:
        for statement in ALMOST_ALIKE.split(";")[:-1]:
            connection.execute(text(statement))
    old.migrate()
    with old.read() as dbsession:
        for query in ("orage", "or", "曜日", "l'orage"):
            assert 904 in [album.id for album in SearchService(dbsession, old.database).search(query).rows], query
        assert dbsession.get_one(Album, 904).sort_title == "lorage"
        accounts = AccountListService(dbsession, Calendar(ZoneInfo("UTC"))).beginning_with("zoe").accounts
        assert [account.display_name for account in accounts] == ["ZOË"]
    with old.engine.begin() as connection:
        connection.execute(text("""INSERT INTO "AlbumSearch" ("AlbumSearch", rank) VALUES ('integrity-check', 1)"""))


def test_migrated_rows_have_the_keys_that_an_edit_would_give_them(old):
    old.migrate()
    with old.begin() as dbsession:
        albums = dbsession.scalars(select(Album)).all()
        before = {album.id: (album.name_key, album.sort_title, album.search_document.words) for album in albums}
        for album in albums:
            album.title += " "
            album.title = album.title[:-1]
        dbsession.flush()
        assert {album.id: (album.name_key, album.sort_title, album.search_document.words) for album in albums} == before


def test_the_migrate_command_prints_the_notes_of_the_migrations(store_ini, old, capsys):
    with old.engine.begin() as connection:
        for statement in ALMOST_ALIKE.split(";")[:-1]:
            connection.execute(text(statement))
    assert main(["migrate", str(store_ini)]) == 0
    *notes, last = capsys.readouterr().out.splitlines()
    assert [note.partition(" is spelt")[0].partition(" (")[0] for note in notes] == [
        "The artist “COAL choir”",
        "The artist “Coal\u00a0Choir”",
        "The genre “Dub Techno”",
        "The album “LOW SUN”",
    ]
    assert last == f"Migrated: {', '.join(schema.known_revisions())}."
