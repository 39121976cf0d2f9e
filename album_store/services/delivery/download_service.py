"""Downloads of bought recordings."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from album_store.data.download import Download
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.purchase import Purchase
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import hash_secret, looks_like_secret, new_secret

LIFETIME = timedelta(hours=72)
# In a file name. File systems allow 255 bytes for the whole of it, some encrypted ones 143.
MAX_ARTIST_BYTES, MAX_TITLE_BYTES = 48, 72
# What file systems do not allow in names, and what controls the direction of text.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f"*/:<>?\\|\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+')
_OtherTrack = aliased(Track)
# A purchase of an album is one of all its tracks.
_IS_BOUGHT = and_(Track.album_id == Purchase.album_id, or_(Purchase.track_id.is_(None), Purchase.track_id == Track.id))


@dataclass(frozen=True)
class DownloadFile:
    """A stored recording, and the file name that the buyer gets."""

    path: Path
    file_name: str


@dataclass(frozen=True)
class DownloadService:
    """Hands out addresses of recordings, and finds the recordings of addresses.

    Pressing the button makes a row with an address of its own. What is fetched from it, also in parts and again, counts
    as that one download.
    """

    _dbsession: Session
    _media: MediaStorage

    def tracks_of(self, order_id: str) -> dict[int, list[Row[Any]]]:
        """The tracks of an order that can be downloaded, by the ids of its lines. A revoked line has none."""
        columns = (Track.id, Track.disc_number, Track.track_number, Track.title, Track.length_ms, Track.audio)
        query = (
            select(Purchase.order_line_id, *columns)
            .join(OrderLine, OrderLine.id == Purchase.order_line_id)
            .join(Track, _IS_BOUGHT)
            .where(OrderLine.order_id == order_id, Purchase.revoked_date.is_(None), Track.audio.is_not(None))
            .order_by(Purchase.order_line_id, Track.display_order, Track.id)
        )
        found: dict[int, list[Row[Any]]] = {}
        for row in self._dbsession.execute(query):
            found.setdefault(row.order_line_id, []).append(row)
        return found

    def start(self, order: Order, track_id: int, client: Client) -> str | None:
        """Write a download of a track of an order, and return its token.

        Returns None if the order does not have the track, is not paid, or was revoked.
        """
        on_another_disc = (_OtherTrack.album_id == Track.album_id, _OtherTrack.disc_number != Track.disc_number)
        has_discs = exists().where(*on_another_disc)
        query = (
            select(
                Purchase.id,
                Track.title,
                Track.track_number,
                Track.disc_number,
                Track.audio,
                OrderLine.artist_name,
                has_discs.label("has_discs"),
            )
            .join(OrderLine, OrderLine.id == Purchase.order_line_id)
            .join(Track, _IS_BOUGHT)
            .where(OrderLine.order_id == order.id, Purchase.revoked_date.is_(None))
            .where(Track.id == track_id, Track.audio.is_not(None))
        )
        found = self._dbsession.execute(query).first()
        if found is None:
            return None
        number = f"{found.track_number:02}"
        if found.has_discs:
            number = f"{found.disc_number}-{number}"
        token = new_secret()
        self._dbsession.add(
            Download(
                purchase_id=found.id,
                track_id=track_id,
                audio=found.audio,
                file_name=file_name(found.artist_name, number, found.title, found.audio),
                token_hash=hash_secret(token),
                expires_date=utc_now() + LIFETIME,
                ip_address=client.ip_address,
                user_agent=client.user_agent,
            )
        )
        return token

    def find(self, token: str) -> DownloadFile | None:
        """The file of a download that has not expired and whose purchase is not revoked, or None."""
        if not looks_like_secret(token):
            return None
        query = (
            select(Download.audio, Download.file_name)
            .join(Purchase, Purchase.id == Download.purchase_id)
            .where(Download.token_hash == hash_secret(token), Download.expires_date > utc_now())
            .where(Purchase.revoked_date.is_(None))
        )
        row = self._dbsession.execute(query).first()
        path = row and self._media.path_of("audio", row.audio)
        return DownloadFile(path, row.file_name) if path else None


def file_name(artist_name: str, number: str, title: str, audio: str) -> str:
    """Return a file name that every system accepts, such as `Ada - 03 - Tide.flac`."""
    artist, title = _tidy(artist_name, MAX_ARTIST_BYTES), _tidy(title, MAX_TITLE_BYTES)
    return f"{artist} - {number} - {title}{Path(audio).suffix}"


def _tidy(text: str, max_bytes: int) -> str:
    """Return a part of a file name, cut between two characters."""
    cut = _UNSAFE.sub("_", text).encode()[:max_bytes].decode(errors="ignore")
    return cut.strip(" .") or "_"
