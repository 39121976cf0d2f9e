"""Adds name keys to artists, albums and genres, and search names to accounts.

Existing rows with the same name key are not merged: the key of the second gets a number, and the owner is told. The
search words and sort columns are rebuilt. All values come from the same functions that the store itself uses.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from album_store.data.account import MAX_SEARCH_NAME, search_name
from album_store.data.migrations import steps
from album_store.data.name_key import MAX_KEY, free_key, name_key
from album_store.data.search_words import fold, index_words

revision = "0003"
down_revision = "0002"

# How many rows are read and written at a time.
CHUNK = 500

ACCOUNT = sa.table("Account", *map(sa.column, ("id", "display_name", "search_name")))
ARTIST = sa.table("Artist", *map(sa.column, ("id", "name", "url", "name_key")))
GENRE = sa.table("Genre", *map(sa.column, ("id", "name", "url", "name_key")))
ALBUM = sa.table("Album", *map(sa.column, ("id", "title", "url", "artist_id", "name_key", "sort_title", "sort_artist")))
TRACK = sa.table("Track", *map(sa.column, ("album_id", "title", "display_order")))
SEARCH_DOCUMENT = sa.table("SearchDocument", *map(sa.column, ("album_id", "words")))


def upgrade() -> None:
    """Add the columns, fill them, then create the unique indexes."""
    for name in ("Artist", "Album", "Genre"):
        steps.add_column(name, sa.Column("name_key", sa.String(MAX_KEY), nullable=False, server_default=""))
    steps.add_column("Account", sa.Column("search_name", sa.String(MAX_SEARCH_NAME), nullable=False, server_default=""))
    _fill_keys(ARTIST, "artist", "/artists/", ARTIST.c.name, sa.null())
    _fill_keys(GENRE, "genre", "/albums?genre=", GENRE.c.name, sa.null())
    _fill_keys(ALBUM, "album", "/albums/", ALBUM.c.title, ALBUM.c.artist_id)
    _fill_search_names()
    _fill_search_words()
    steps.create_index("ix_Artist_name_key", "Artist", ["name_key"], unique=True)
    steps.create_index("ix_Genre_name_key", "Genre", ["name_key"], unique=True)
    steps.create_index("ix_Album_artist_id_Album_name_key", "Album", ["artist_id", "name_key"], unique=True)
    steps.create_index("ix_Account_search_name", "Account", ["search_name"])
    steps.drop_index("ix_Account_display_name", "Account")


def _fill_keys(table: sa.TableClause, kind: str, path: str, name: sa.ColumnElement[str], owner: Any) -> None:
    """Give each row a key that is unique within its owner. The oldest row of a name gets the unnumbered key."""
    say: Callable[[str], None] = op.get_context().config.attributes["say"]
    found = op.get_bind().execute(sa.select(table.c.id, name, table.c.url, owner).order_by(table.c.id))
    rows = sorted(found, key=lambda row: row[3] or 0)
    values = []
    for _, owned in groupby(rows, key=lambda row: row[3]):
        first: dict[str, str] = {}
        taken: set[str] = set()
        for row_id, spelling, url, _ in owned:
            own_key = name_key(spelling)
            key = free_key(own_key, taken)
            taken.add(key)
            values.append({"row_id": row_id, "name_key": key})
            if key != own_key:
                say(
                    f"The {kind} “{spelling}” ({path}{url}) has almost the same name as {first[own_key]}. Both are "
                    "kept. Imports with any other spelling update the latter."
                )
            else:
                first[key] = f"“{spelling}” ({path}{url})"
    _update(table, table.c.id, values)


def _fill_search_names() -> None:
    rows = op.get_bind().execute(sa.select(ACCOUNT.c.id, ACCOUNT.c.display_name)).all()
    _update(ACCOUNT, ACCOUNT.c.id, [{"row_id": row_id, "search_name": search_name(name)} for row_id, name in rows])


def _fill_search_words() -> None:
    """Rebuild the words of each album. Triggers update SQLite's full-text index."""
    for albums in _albums():
        tracks: dict[int, list[str]] = {}
        query = sa.select(TRACK.c.album_id, TRACK.c.title).where(TRACK.c.album_id.in_([album.id for album in albums]))
        for album_id, title in op.get_bind().execute(query.order_by(TRACK.c.album_id, TRACK.c.display_order)):
            tracks.setdefault(album_id, []).append(title)
        sorts = [
            {"row_id": album.id, "sort_title": fold(album.title)[:300], "sort_artist": fold(album.name)[:200]}
            for album in albums
        ]
        words = [
            {"row_id": album.id, "words": index_words([album.title, album.name, *tracks.get(album.id, [])])}
            for album in albums
        ]
        _update(ALBUM, ALBUM.c.id, sorts)
        _update(SEARCH_DOCUMENT, SEARCH_DOCUMENT.c.album_id, words)


def _albums() -> Iterator[list[sa.Row[Any]]]:
    query = (
        sa.select(ALBUM.c.id, ALBUM.c.title, ARTIST.c.name)
        .join_from(ALBUM, ARTIST, ALBUM.c.artist_id == ARTIST.c.id)
        .order_by(ALBUM.c.id)
        .limit(CHUNK)
    )
    last = 0
    while albums := op.get_bind().execute(query.where(ALBUM.c.id > last)).all():
        yield list(albums)
        last = albums[-1].id


def _update(table: sa.TableClause, key: sa.ColumnElement[Any], values: list[dict[str, Any]]) -> None:
    if values:
        changed = {name: sa.bindparam(name) for name in values[0] if name != "row_id"}
        op.get_bind().execute(table.update().where(key == sa.bindparam("row_id")).values(changed), values)
