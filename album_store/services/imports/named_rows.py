"""Rows identified by name: artists, genres, licences and languages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.name_key import name_key
from album_store.data.visible_text import visible_line
from album_store.services.imports.slugs import Slugs

# Every supported database accepts this many parameters in one statement.
CHUNK = 200

Item = TypeVar("Item")
Named = TypeVar("Named", Artist, Genre, Language, License)


def chunks(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """Yield the items in lists of at most CHUNK."""
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def find_or_add(dbsession: Session, model: type[Named], names: Iterable[str]) -> dict[str, Named]:
    """Return the row of each name, adding missing ones. Empty names are ignored.

    All spellings of an artist or genre share one row, except those that already have a row of their own.
    """
    is_keyed = hasattr(model, "name_key")
    wanted = {name: name_key(name) if is_keyed else name for name in names if name}
    rows = [row for chunk in chunks(wanted.items()) for row in dbsession.scalars(_called(model, dict(chunk)))]
    exact, by_key = {row.name: row for row in rows}, {getattr(row, "name_key", row.name): row for row in rows}
    found, slugs = {}, None
    for name, key in wanted.items():
        row = exact.get(name) or by_key.get(key)
        if row is None:
            slugs = slugs or _slugs(dbsession, model)
            row = model(name=visible_line(name), url=slugs.new(name)) if slugs else model(name=name)
            by_key[key] = row
            dbsession.add(row)
        found[name] = row
    return found


def _called(model: type[Named], keys: Mapping[str, str]) -> Select[tuple[Named]]:
    is_called = model.name.in_(keys)
    if hasattr(model, "name_key"):
        is_called = or_(is_called, model.name_key.in_(keys.values()))
    return select(model).where(is_called)


def _slugs(dbsession: Session, model: type[Named]) -> Slugs | None:
    if not hasattr(model, "url"):
        return None
    return Slugs(dbsession.scalars(select(model.url)), model.url.type.length, model.__name__.lower())
