"""A database is copied to another one of any kind."""

import shutil

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from album_store.data import copying
from album_store.data.account import Account
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.audit_entry import AuditEntry
from album_store.data.copying import COMPARING, COPYING, CopyError, copy_rows, open_source, open_target
from album_store.data.dbsession import DbSessionFactory, SchemaError
from album_store.data.language import Language
from album_store.data.migrations.schema import HEAD
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.track import Track
from album_store.services.catalogue.search_service import SearchService
from tests.support.databases import KINDS, SERVERS
from tests.support.factories import make_album, make_artist
from tests.support.interruption import InterruptionError
from tests.support.schemas import rows_of, stamp
from tests.support.unusual_rows import unusual_rows

TABLES = SqlAlchemyBase.metadata.sorted_tables


def copy(source, target, show=lambda *_: None):
    """Copy the database of one session factory to that of another, and return the totals."""
    with open_source(url_of(source)) as reading, open_target(url_of(target)) as writing:
        return copy_rows(reading, writing, lambda *progress: show(writing, *progress))


def url_of(factory):
    return factory.engine.url.render_as_string(hide_password=False)


def count(factory, model):
    with factory.read() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(model))


@pytest.fixture
def empty_store(tmp_path, empty_database, server_database, new_database):
    """Creates a database of a kind with only the reference rows, and returns its session factory.

    The second of a kind on a server has no tables.
    """
    made = {}

    def empty_store(kind: str) -> DbSessionFactory:
        if kind == "sqlite":
            file = tmp_path / f"{len(made)}.sqlite"
            shutil.copyfile(empty_database, file)
            url = f"sqlite:///{file}"
        elif kind in [factory.engine.url.get_backend_name() for factory in made.values()]:
            url = new_database(kind)
        else:
            server_database(kind).start_over()
            url = server_database(kind).url
        made[url] = DbSessionFactory(url)
        return made[url]

    yield empty_store
    for factory in made.values():
        factory.dispose()


@pytest.fixture
def filled(empty_store):
    """Creates a database of a kind with unusual rows in every table, and an album to find."""

    def filled(kind: str) -> DbSessionFactory:
        factory = empty_store(kind)
        with factory.begin() as dbsession:
            for table, rows in unusual_rows(TABLES).items():
                dbsession.execute(insert(table), rows)
            factory.database.continue_numbering(dbsession.connection(), TABLES)
            dbsession.add(make_album("Größer", make_artist("Straße", url="a"), url="b"))
        return factory

    return filled


@pytest.fixture
def source(filled, database_kind):
    """A filled database of each kind."""
    return filled(database_kind)


def test_no_table_refers_to_itself_or_to_a_later_one():
    """The order in which rows are copied depends on it."""
    for number, table in enumerate(TABLES):
        assert all(key.column.table in TABLES[:number] for key in table.foreign_keys), table.name


@pytest.mark.every_database
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_has_the_same_rows_searches_and_sells_new_albums(source, empty_store, kind, monkeypatch):
    target = empty_store(kind)
    monkeypatch.setattr(copying, "CHUNK", 2)
    totals = copy(source, target)
    rows = rows_of(source)
    assert rows_of(target) == rows
    assert {total.table: total.rows for total in totals} == {name: len(of_table) for name, of_table in rows.items()}
    assert min(total.rows for total in totals) >= 3
    assert len({total.checksum for total in totals}) == len(totals)
    with target.read() as dbsession:
        assert [album.title for album in SearchService(dbsession, target.database).search("groß").rows] == ["Größer"]
    with target.begin() as dbsession:
        dbsession.add(make_album("New", make_artist("New", url="new"), url="new"))
    with target.read() as dbsession:
        for model in (Album, Artist, Track):
            ids = dbsession.scalars(select(model.id).order_by(model.id)).all()
            assert ids[:3] == [1_000, 1_010, 1_020]
            assert len(ids) == 5, "numbers continue after those that were copied"


@pytest.mark.every_database
def test_changes_made_during_a_copy_are_not_in_it(source, empty_store):
    target = empty_store("sqlite")
    before = rows_of(source)
    with open_source(url_of(source)) as reading, open_target(url_of(target)) as writing:
        assert reading.scalar(select(func.count()).select_from(Account)) == 3
        with source.begin() as dbsession:
            dbsession.execute(delete(Account))
        copy_rows(reading, writing, lambda *_: None)
    assert rows_of(target) == before
    assert count(source, Account) == 0


@pytest.mark.every_database
def test_an_interrupted_copy_leaves_nothing_and_can_be_run_again(filled, empty_store, database_kind):
    source, target = filled("sqlite"), empty_store(database_kind)

    def interrupt(_writing, stage, done, _total) -> None:
        if stage == COMPARING and done > 10:
            raise InterruptionError

    before = rows_of(target)
    with pytest.raises(InterruptionError):
        copy(source, target, interrupt)
    assert rows_of(target) == before
    copy(source, target)
    assert rows_of(target) == rows_of(source)


CHANGES = {
    "AuditEntry": delete(AuditEntry).where(AuditEntry.id == select(func.min(AuditEntry.id)).scalar_subquery()),
    "Language": insert(Language).values(name="Welsh"),
    "Track": update(Track).where(Track.id == 1_000).values(lyrics=Track.lyrics + " "),
}


@pytest.mark.parametrize("table", CHANGES)
def test_a_copy_that_is_not_the_same_is_noticed_and_rolled_back(filled, empty_store, table):
    source, target = filled("sqlite"), empty_store("sqlite")

    def spoil(writing, stage, done, total) -> None:
        if stage == COPYING and done == total:
            writing.execute(CHANGES[table])

    with pytest.raises(CopyError, match=rf"^The copy of the table {table} is not the same: \d+ rows"):
        copy(source, target, spoil)
    assert count(target, Account) == 0


@pytest.mark.every_database(*SERVERS)
def test_no_statement_of_a_copy_times_out(empty_store, database_kind):
    query = {"postgresql": "SELECT current_setting('statement_timeout')", "mariadb": "SELECT @@max_statement_time"}
    url = url_of(empty_store(database_kind))
    for opened in (open_source(url), open_target(url)):
        with opened as connection:
            assert int(connection.scalar(text(query[database_kind]))) == 0


@pytest.mark.every_database
def test_a_database_with_rows_is_not_written_to(filled, empty_store, database_kind):
    source, target = filled("sqlite"), empty_store(database_kind)
    with target.begin() as dbsession:
        dbsession.add(Language(name="Welsh"))
    before = rows_of(target)
    with pytest.raises(CopyError, match=r"^The database is not empty: the table Language has rows\."):
        copy(source, target)
    assert rows_of(target) == before


@pytest.mark.every_database
def test_databases_of_other_versions_are_neither_read_nor_written(empty_store, database_kind):
    other, store = empty_store(database_kind), empty_store("sqlite")
    for revision, message in (("0004", "from an older version"), ("9999", "from a newer version")):
        stamp(other, revision)
        try:
            for source, target in ((other, store), (store, other)):
                with pytest.raises(SchemaError, match=message):
                    copy(source, target)
        finally:
            stamp(other, HEAD)


@pytest.mark.every_database
def test_a_row_that_the_new_database_refuses_is_named(filled, empty_store, database_kind):
    """SQLite takes texts of any length and with any character."""
    source, target = filled("sqlite"), empty_store(database_kind)
    with source.begin() as dbsession:
        dbsession.execute(update(Artist).where(Artist.id == 1_010).values(biography="A\0B"))
        dbsession.execute(update(Track).where(Track.id == 1_020).values(title="x" * 301))
    if database_kind == "sqlite":
        copy(source, target)
        return
    messages = {
        "postgresql": r"Artist \(id 1010\): its biography contains the character NUL \(U\+0000\)\.",
        "mariadb": r"Track \(id 1020\): its title has more than 300 characters\.",
    }
    with pytest.raises(CopyError, match=f"^The new database refuses a row of the table {messages[database_kind]}$"):
        copy(source, target)
    assert count(target, Account) == 0


@pytest.mark.every_database
def test_a_row_whose_reference_is_broken_is_named(filled, empty_store, database_kind):
    source, target = filled("sqlite"), empty_store(database_kind)
    with source.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.execute(delete(Artist).where(Artist.id == 1_010))
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    with pytest.raises(CopyError, match=r"refuses a row of the table Album \(id 1010\): .*(?i:foreign key)"):
        copy(source, target)
