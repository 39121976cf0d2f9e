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


def _refresh(album: Album, tracks: Iterable[Track], timezone: dt.tzinfo) -> None:
    # A new album gets one moment for all its dates: the defaults of the columns would each read the clock.
    album.created_date = album.created_date or utc_now()
    album.updated_date = album.updated_date or album.created_date
    album.sort_date = album.release_date or album.created_date.astimezone(timezone).date()
    album.sort_title = fold(album.title)[:300]
    album.sort_artist = fold(album.artist.name)[:200]
    track_names = dict.fromkeys(name for track in tracks for name in (track.title, track.artist_name) if name)
    words = index_words([album.title, album.artist.name, *track_names])
    if album.search_document is None:
        album.search_document = SearchDocument(words=words)
    elif album.search_document.words != words:
        album.search_document.words = words
