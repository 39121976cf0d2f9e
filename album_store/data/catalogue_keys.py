"""Keeps the sort columns and search words of albums up to date whenever a session writes."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.search_document import SearchDocument
from album_store.data.search_words import fold, index_words
from album_store.data.track import Track
from album_store.data.types import utc_now


def refresh_changed_albums(dbsession: Session, *_: Any) -> None:
    """Before a flush, set the keys of each album that changes, or whose tracks or artist's name change."""
    deleted = set(dbsession.deleted)
    for album in set(_albums_of(set(dbsession.new) | set(dbsession.dirty) | deleted)) - deleted:
        _refresh(album, [track for track in album.tracks if track not in deleted], dbsession.info["timezone"])


def _albums_of(changed: Iterable[Any]) -> Iterable[Album]:
    for thing in changed:
        if isinstance(thing, Album):
            yield thing
        elif isinstance(thing, Track) and thing.album is not None:
            yield thing.album
        elif isinstance(thing, Artist) and inspect(thing).attrs.name.history.has_changes():
            yield from thing.albums


def sort_keys(
    title: str, artist: str, release_date: dt.date | None, created_date: dt.datetime, timezone: dt.tzinfo
) -> dict[str, Any]:
    """Return the sort columns of an album."""
    return {
        "sort_date": release_date or created_date.astimezone(timezone).date(),
        "sort_title": fold(title)[:300],
        "sort_artist": fold(artist)[:200],
    }


def album_words(title: str, artist: str, tracks: Iterable[tuple[str, str]]) -> str:
    """Return the search words of an album; of its tracks, the title and the name of the artist count."""
    return index_words([title, artist, *dict.fromkeys(name for names in tracks for name in names if name)])


def _refresh(album: Album, tracks: Iterable[Track], timezone: dt.tzinfo) -> None:
    # A new album gets one moment for all its dates: the defaults of the columns would each read the clock.
    album.created_date = album.created_date or utc_now()
    album.updated_date = album.updated_date or album.created_date
    keys = sort_keys(album.title, album.artist.name, album.release_date, album.created_date, timezone)
    for column, value in keys.items():
        setattr(album, column, value)
    words = album_words(album.title, album.artist.name, ((track.title, track.artist_name) for track in tracks))
    if album.search_document is None:
        album.search_document = SearchDocument(words=words)
    elif album.search_document.words != words:
        album.search_document.words = words
