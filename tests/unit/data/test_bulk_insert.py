"""Inserting many rows at once."""

import datetime as dt

import pytest
from sqlalchemy import select, text

from album_store.data import bulk_insert
from album_store.data.album import Album
from album_store.data.bulk_insert import insert_columns
from album_store.data.genre import Genre
from album_store.data.search_document import SearchDocument
from tests.support.factories import make_album

MOMENT = dt.datetime(2024, 5, 31, 12, 30, tzinfo=dt.UTC)


@pytest.mark.every_database
@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_any_number_of_rows_is_stored(db_sessions, monkeypatch, count):
    monkeypatch.setattr(bulk_insert, "MAX_ROWS", 2)
    names = [f"Folk % {number}" for number in range(count)]
    with db_sessions.begin() as dbsession:
        columns = {"url": [name[-1] for name in names], "name_key": names, "name": names}
        insert_columns(dbsession, Genre.__table__, columns, {"created_date": MOMENT})
    with db_sessions.read() as dbsession:
        stored = dbsession.execute(select(Genre.name, Genre.name_key, Genre.url, Genre.created_date).order_by(Genre.id))
        assert list(stored) == [(name, name, name[-1], MOMENT) for name in names]


def test_the_search_index_of_sqlite_is_written_once_for_many_albums(db_sessions):
    def segments() -> int:
        with db_sessions.read() as dbsession:
            return dbsession.scalar(text('SELECT count(DISTINCT segid) FROM "AlbumSearch_idx"'))

    with db_sessions.begin() as dbsession:
        dbsession.add_all(make_album(f"Album {number}") for number in range(3))
        dbsession.flush()
        dbsession.execute(text('DELETE FROM "SearchDocument"'))
        dbsession.execute(text("""INSERT INTO "AlbumSearch" ("AlbumSearch") VALUES ('rebuild')"""))
    before = segments()
    with db_sessions.begin() as dbsession:
        ids = list(dbsession.scalars(select(Album.id).order_by(Album.id)))
        columns = {"album_id": ids, "words": [f"salt {album_id}" for album_id in ids]}
        insert_columns(dbsession, SearchDocument.__table__, columns, {"created_date": MOMENT})
    assert segments() == before + 1
