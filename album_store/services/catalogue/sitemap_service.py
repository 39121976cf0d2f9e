"""Lists the public pages of the catalogue in portions of bounded cost, however large the catalogue is."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import exists, func, select, true
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist

# A portion has at most two URLs per id and takes a few milliseconds. The index may list 50,000 portions
# (sitemaps.org), enough for 25 million albums.
IDS_PER_PORTION = 500


@dataclass(frozen=True)
class SitemapService:
    """Lists albums and artists by id range."""

    _dbsession: Session

    def portions(self) -> int:
        """The number of portions, at least 1."""
        highest = self._dbsession.scalar(select(func.max(Album.id))) or 0
        highest_artist = self._dbsession.scalar(select(func.max(Artist.id))) or 0
        return max(1, -(-max(highest, highest_artist) // IDS_PER_PORTION))

    def albums(self, portion: int) -> tuple[tuple[str, dt.date], ...]:
        """The slugs of the published albums in a portion, counted from 1, with the day of their last change."""
        first, last = _range_of(portion)
        query = select(Album.url, Album.updated_date).where(Album.id.between(first, last), Album.published == true())
        return tuple((url, changed.date()) for url, changed in self._dbsession.execute(query.order_by(Album.id)))

    def artists(self, portion: int) -> tuple[str, ...]:
        """The slugs of the artists with a published album in a portion, counted from 1."""
        first, last = _range_of(portion)
        published = exists().where(Album.artist_id == Artist.id, Album.published == true())
        query = select(Artist.url).where(Artist.id.between(first, last), published).order_by(Artist.id)
        return tuple(self._dbsession.scalars(query))


def _range_of(portion: int) -> tuple[int, int]:
    return (portion - 1) * IDS_PER_PORTION + 1, portion * IDS_PER_PORTION
