"""Rows identified by name: artists, genres, licences and languages."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.language import Language
from album_store.data.license import License
from album_store.services.imports.slugs import Slugs

# Every supported database accepts this many parameters in one statement.
CHUNK = 200

Item = TypeVar("Item")
Named = TypeVar("Named", Artist, Genre, Language, License)


def chunks(items: Iterable[Item]) -> Iterator[Sequence[Item]]:
    """The items in lists of at most CHUNK."""
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def find_or_add(dbsession: Session, model: type[Named], names: Iterable[str]) -> dict[str, Named]:
    """Return the row of each name, adding missing ones. Empty names are ignored."""
    wanted = dict.fromkeys(name for name in names if name)
    found = {
        row.name: row
        for chunk in chunks(wanted)
        for row in dbsession.scalars(select(model).where(model.name.in_(chunk)))
    }
    missing = [name for name in wanted if name not in found]
    slugs = _slugs(dbsession, model) if missing else None
    for name in missing:
        found[name] = model(name=name, url=slugs.new(name)) if slugs else model(name=name)
    dbsession.add_all(found[name] for name in missing)
    return found


def _slugs(dbsession: Session, model: type[Named]) -> Slugs | None:
    if not hasattr(model, "url"):
        return None
    return Slugs(dbsession.scalars(select(model.url)), model.url.type.length, model.__name__.lower())
