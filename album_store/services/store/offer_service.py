"""What can be bought."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from album_store.data.album import Album
from album_store.data.dbsession import Reading
from album_store.data.track import Track
from album_store.infrastructure.calendar import Calendar
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.infrastructure.payments.charge_limits import is_possible_price
from album_store.services.catalogue.albums_service import AlbumRow, TrackRow, is_published
from album_store.services.store.item_key import ItemKey
from album_store.services.store.offer import Availability, Offer

_of_album = Track.album_id == Album.id
# The one rule that says whether an album can be delivered, and so be sold: each track has its recording.
IS_DELIVERABLE = and_(
    exists().where(_of_album).correlate(Album), ~exists().where(_of_album, Track.audio.is_(None)).correlate(Album)
)


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
                album = select(Album, IS_DELIVERABLE).where(Album.id == key.album_id, is_published)
                row = reading.execute(album.options(joinedload(Album.artist))).first()
                return row and self.offer_of(row[0], None, has_audio=row[1])
            single = select(Track).join(Track.album).where(Track.id == key.track_id, is_published)
            eagerly = contains_eager(Track.album).joinedload(Album.artist)
            track = reading.scalars(single.options(eagerly)).first()
            return track and self.offer_of(track.album, track, has_audio=track.audio is not None)

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

    def offer_of(self, album: Album | AlbumRow, track: Track | TrackRow | None, *, has_audio: bool) -> Offer:
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

    def has_files(self, offer: Offer) -> bool:
        """Whether the recordings of an item are in the storage, as well as in the database."""
        is_item = Track.album_id == offer.album_id if offer.track_id is None else Track.id == offer.track_id
        with self._reading() as reading:
            names = reading.scalars(select(Track.audio).where(is_item)).all()
        return all(name and self._media.path_of("audio", name) for name in names)
