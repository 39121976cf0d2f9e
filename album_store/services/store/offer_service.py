"""What can be bought."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.dbsession import Reading
from album_store.data.track import Track
from album_store.infrastructure.calendar import Calendar
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.infrastructure.payments.charge_limits import is_possible_price
from album_store.services.catalogue.album_rows import AlbumRow, TrackRow, is_published
from album_store.services.store.item_key import ItemKey
from album_store.services.store.offer import Availability, Offer

_of_album = Track.album_id == Album.id
# The one rule that says whether an album can be delivered, and so be sold: each track has its recording.
IS_DELIVERABLE = and_(
    exists().where(_of_album).correlate(Album), ~exists().where(_of_album, Track.audio.is_(None)).correlate(Album)
)
OFFERED_ALBUM = (
    Album.id,
    Album.url,
    Album.title,
    Artist.name,
    Album.cover,
    Album.price_cents,
    Album.minimum_cents,
    Album.currency,
    Album.sort_date,
    Album.published,
    Album.for_sale,
)
OFFERED_TRACK = (Track.id, Track.title, Track.artist_name, Track.price_cents, Track.minimum_cents, Track.audio)


class OfferedAlbum(NamedTuple):
    """The columns OFFERED_ALBUM, for services that read many offers at once."""

    id: int
    url: str
    title: str
    artist_name: str
    cover: str | None
    price_cents: int | None
    minimum_cents: int | None
    currency: str
    sort_date: dt.date
    published: bool
    for_sale: bool


class OfferedTrack(NamedTuple):
    """The columns OFFERED_TRACK. `id` is None in a row of a whole album."""

    id: int | None
    title: str
    artist_name: str
    price_cents: int | None
    minimum_cents: int | None
    audio: str | None


@dataclass(frozen=True)
class AlbumOffers:
    """The offers of an album's page: the album, and by their ids the tracks that can be bought singly now."""

    album: Offer
    tracks: dict[int, Offer]


@dataclass(frozen=True)
class OfferService:
    """Finds offers. Without a payment gateway nothing is for sale."""

    _dbsession: Session
    _reading: Reading
    _calendar: Calendar
    _media: MediaStorage
    _sells: bool

    def find(self, key: ItemKey) -> Offer | None:
        """The offer of an item, or None if no published album is or has it."""
        with self._reading() as reading:
            if key.track_id is None:
                query = select(IS_DELIVERABLE, *OFFERED_ALBUM).join(Artist, Artist.id == Album.artist_id)
                found = reading.execute(query.where(Album.id == key.album_id, is_published)).first()
                return found and self.offer_of(OfferedAlbum(*found[1:]), None, has_audio=found[0])
            query = select(*OFFERED_ALBUM, *OFFERED_TRACK).join(Track, Track.album_id == Album.id)
            query = query.join(Artist, Artist.id == Album.artist_id)
            found = reading.execute(query.where(Track.id == key.track_id, is_published)).first()
            if found is None:
                return None
            album, track = offered(found)
            return self.offer_of(album, track, has_audio=bool(track.audio))

    def of_album(self, album: AlbumRow, tracks: Iterable[TrackRow]) -> AlbumOffers:
        """The offers of an album and of these tracks of it."""
        if not self._sells:
            return AlbumOffers(self.offer_of(album, None, has_audio=False), {})
        is_deliverable = self._dbsession.scalars(select(IS_DELIVERABLE).where(Album.id == album.id)).one()
        singles = (self.offer_of(album, track, has_audio=track.has_audio) for track in tracks)
        return AlbumOffers(
            self.offer_of(album, None, has_audio=is_deliverable),
            {offer.track_id: offer for offer in singles if offer.track_id and offer.is_for_sale},
        )

    def offer_of(
        self, album: OfferedAlbum | AlbumRow, track: OfferedTrack | TrackRow | None, *, has_audio: bool
    ) -> Offer:
        """The offer of an album, or of a track of it, whose recordings are stored or not."""
        item = track or album
        price_cents, minimum_cents = item.price_cents, item.minimum_cents
        is_sold = self._sells and has_audio and album.published and album.for_sale and price_cents is not None
        if (
            not is_sold
            or not is_possible_price(price_cents, album.currency)
            or not is_possible_price(minimum_cents or 0, album.currency)
        ):
            availability = Availability.NOT_FOR_SALE
        elif album.sort_date > self._calendar.today():
            availability = Availability.UPCOMING
        else:
            availability = Availability.FOR_SALE
        return Offer(
            album_id=album.id,
            track_id=track.id if track else None,
            url=album.url,
            title=item.title,
            artist_name=item.artist_name or album.artist_name,
            album_title=album.title if track else "",
            cover=album.cover,
            price_cents=price_cents or 0,
            minimum_cents=minimum_cents,
            currency=album.currency,
            release_date=album.sort_date,
            availability=availability,
        )

    def without_files(self, offers: Sequence[Offer]) -> Offer | None:
        """The first of these items that has a track without a recording in the storage; None if there is none."""
        albums = [offer.album_id for offer in offers if offer.track_id is None]
        singles = [offer.track_id for offer in offers if offer.track_id is not None]
        query = select(Track.id, Track.album_id, Track.audio)
        with self._reading() as reading:
            rows = reading.execute(query.where(or_(Track.album_id.in_(albums), Track.id.in_(singles)))).all()
        lost = [row for row in rows if not (row.audio and self._media.path_of("audio", row.audio))]
        keys = {ItemKey(track_id=row.id) for row in lost} | {ItemKey(row.album_id) for row in lost}
        return next((offer for offer in offers if offer.key in keys), None)


def offered(values: Sequence[Any]) -> tuple[OfferedAlbum, OfferedTrack]:
    """Return the album and the track of a row that has OFFERED_ALBUM and OFFERED_TRACK, and nothing else."""
    return OfferedAlbum(*values[: len(OFFERED_ALBUM)]), OfferedTrack(*values[len(OFFERED_ALBUM) :])
