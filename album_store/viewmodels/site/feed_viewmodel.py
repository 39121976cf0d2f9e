"""The feed of new albums."""

import datetime as dt
from collections.abc import Sequence
from xml.etree import ElementTree as ET  # nosec B405 # writes only

from pyramid.request import Request

from album_store.data.album import Album
from album_store.infrastructure.wording import isolated
from album_store.viewmodels.shared.paragraphs import paragraphs
from album_store.viewmodels.site.xml_writer import child, document

ENTRIES = 30
MAX_SUMMARY_CHARACTERS = 300


class FeedViewModel:
    """The newest released albums as an Atom feed (RFC 4287)."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._links = request.site_links
        self._calendar = request.calendar

    def to_xml(self) -> bytes:
        """The feed in UTF-8."""
        albums = self._request.albums_service.newest(ENTRIES)
        feed = ET.Element("feed", xmlns="http://www.w3.org/2005/Atom")
        home = self._links.to("home.index")
        child(feed, "id", home)
        child(feed, "title", self._request.store_settings.store_name)
        today = self._calendar.start_of(self._calendar.today())
        child(feed, "updated", max(map(self._updated, albums), default=today).isoformat())
        child(feed, "link", rel="self", href=self._links.to("albums.feed"))
        child(feed, "link", rel="alternate", href=home)
        track_artists = self._request.albums_service.track_artists(albums)
        for album in albums:
            self._add_entry(feed, album, track_artists.get(album.id, ()))
        return document(feed)

    def _add_entry(self, feed: ET.Element, album: Album, track_artists: Sequence[str]) -> None:
        link = self._links.to("albums.details", url=album.url)
        entry = child(feed, "entry")
        child(entry, "id", link)
        child(entry, "title", f"{isolated(album.artist.name)}: {isolated(album.title)}")
        child(entry, "link", rel="alternate", href=link)
        child(entry, "published", self._published(album).isoformat())
        child(entry, "updated", self._updated(album).isoformat())
        child(child(entry, "author"), "name", album.artist.name)
        for name in track_artists:
            child(child(entry, "contributor"), "name", name)
        summary = next(iter(paragraphs(album.description)), album.title)
        child(entry, "summary", summary[:MAX_SUMMARY_CHARACTERS])

    def _published(self, album: Album) -> dt.datetime:
        """When the album was added to the store, or released if that was on a later day."""
        added, released = album.created_date, album.release_date
        if released is None or released <= self._calendar.day_of(added):
            return added
        return self._calendar.start_of(released)

    def _updated(self, album: Album) -> dt.datetime:
        """The last change. In rows from version 0.1.0 it may be a few milliseconds before the album was added."""
        return max(album.updated_date, self._published(album))
