"""Rows identified by name: artists, genres, licences and languages."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import Select, insert, or_, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
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


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[Sequence[Item]]:
    """Yield the items in lists of at most `size`."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def find_or_add(dbsession: Session, model: type[Named], names: Iterable[str]) -> dict[str, Named]:
    """Return the row of each name, adding missing ones. Empty names are ignored.

    All spellings of an artist or genre share one row, except those that already have a row of their own.
    """
    is_keyed = hasattr(model, "name_key")
    wanted = {name: name_key(name) if is_keyed else name for name in dict.fromkeys(names) if name}
    rows = _find(dbsession, model, wanted)
    exact, by_key = {row.name: row for row in rows}, {getattr(row, "name_key", row.name): row for row in rows}
    missing: dict[str, str] = {}  # the first spelling of each
    for name, key in wanted.items():
        if name not in exact and key not in by_key:
            missing.setdefault(key, name)
    if missing:
        _add(dbsession, model, missing)
        added = _find(dbsession, model, {name: key for key, name in missing.items()})
        by_key |= {getattr(row, "name_key", row.name): row for row in added}
    return {name: exact.get(name) or by_key[key] for name, key in wanted.items()}


def _add(dbsession: Session, model: type[Named], names: Mapping[str, str]) -> None:
    """Insert the rows of names by key. All at once, because for its objects a session inserts one after the other."""
    rows = [{"name": name} for name in names.values()]
    if hasattr(model, "url"):
        urls = slugs_of(dbsession, model).new(names.values())
        rows = [
            {"name": visible_line(name), "name_key": key, "url": url}
            for (key, name), url in zip(names.items(), urls, strict=True)
        ]
    dbsession.execute(insert(model), rows)


def _find(dbsession: Session, model: type[Named], keys: Mapping[str, str]) -> list[Named]:
    """Return the rows with one of these names or keys."""
    return [row for chunk in chunks(keys.items()) for row in dbsession.scalars(_called(model, dict(chunk)))]


def _called(model: type[Named], keys: Mapping[str, str]) -> Select[tuple[Named]]:
    is_called = model.name.in_(keys)
    if hasattr(model, "name_key"):
        is_called = or_(is_called, model.name_key.in_(keys.values()))
    return select(model).where(is_called)


def slugs_of(dbsession: Session, model: type[Album | Artist | Genre]) -> Slugs:
    """Return the slugs of a table."""

    def taken(slugs: Collection[str]) -> Iterator[str]:
        for chunk in chunks(slugs):
            yield from dbsession.scalars(select(model.url).where(model.url.in_(chunk)))

    return Slugs(taken, model.url.type.length, model.__name__.lower())
