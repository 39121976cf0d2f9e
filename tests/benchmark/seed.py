"""Fills the database of a store: the demo catalogue, further albums, and browsers with an account or a cart."""

import datetime as dt
import random
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

import album_store
from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.genre import Genre
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.infrastructure.security.secret_codes import hash_secret, new_secret
from tests.benchmark.settings import settings_in

PAGES = {"catalogue": "/albums", "album": "/albums/album-150", "front page": "/", "artist page": "/artists/artist-25"}
# The album of the pages, and two more.
IN_CART = ("album-150", "album-7", "album-8")
ARTISTS, ALBUMS_OF_EACH, TRACKS_ON_EACH = 50, 6, 10
WORDS = "harbour lantern winter copper glass river morning ember salt paper field signal north hollow".split()  # noqa: SIM905


def seed(folder: Path) -> tuple[str, str]:
    """Create a store in an empty folder. Returns the cookies of a browser that is signed in, and of one with a cart."""
    app = album_store.main({}, **settings_in(folder))
    db_sessions = app.registry.db_sessions
    with db_sessions.begin() as dbsession:
        _add_albums(dbsession)
        cookies = _sign_in(dbsession), _fill_cart(dbsession)
    db_sessions.dispose()
    return cookies


def _add_albums(dbsession: Session) -> None:
    """Add albums with the covers, previews and genres of the demo catalogue."""
    chance = random.Random(13)  # noqa: S311 - repeatable, not secret
    covers = list(dbsession.scalars(select(Album.cover).where(Album.cover.is_not(None))))
    previews = list(dbsession.scalars(select(Track.preview).where(Track.preview.is_not(None))))
    genres = list(dbsession.scalars(select(Genre)))
    demo = dbsession.scalars(select(Album).where(Album.license_name.is_not(None))).first()

    def name(number: int) -> str:
        return f"{' '.join(chance.sample(WORDS, 3)).title()} {number}"

    for artist_number in range(ARTISTS):
        artist = Artist(name=name(artist_number), url=f"artist-{artist_number}", biography=demo.description)
        dbsession.add(artist)
        for number in range(artist_number * ALBUMS_OF_EACH, (artist_number + 1) * ALBUMS_OF_EACH):
            tracks = [
                Track(title=name(order), track_number=order, length_ms=chance.randint(120_000, 300_000),
                      composer="", preview=chance.choice(previews) if order < 3 else None, audio="recording.flac")
                for order in range(1, TRACKS_ON_EACH + 1)
            ]  # fmt: skip
            released = dt.date(2026, 1, 1) - dt.timedelta(days=7 * number)
            dbsession.add(Album(
                title=name(number), url=f"album-{number}", artist=artist, price_cents=chance.randrange(500, 1500, 50),
                currency="EUR", cover=chance.choice(covers), description=demo.description, credits=demo.credits,
                license_name=demo.license_name, language_name=demo.language_name, release_date=released,
                genres=chance.sample(genres, 2), tracks=tracks,
            ))  # fmt: skip


def _sign_in(dbsession: Session) -> str:
    token, csrf = new_secret(), new_secret()
    account = Account(email="alice@example.org", password_hash="x", confirmed=True, display_name="Alice")
    session = AccountSession(account=account, token_hash=hash_secret(token), last_seen_date=utc_now())
    dbsession.add(session)
    return f"__Host-session={token}; __Host-csrf={csrf}"


def _fill_cart(dbsession: Session) -> str:
    secret = new_secret()
    albums = dbsession.scalars(select(Album).where(Album.url.in_(IN_CART)))
    items = [CartItem(album_id=album.id, amount_cents=album.price_cents, currency=album.currency) for album in albums]
    expires_date = utc_now() + dt.timedelta(days=30)
    dbsession.add(Cart(secret_hash=hash_secret(secret), expires_date=expires_date, items=items))
    return f"__Host-cart={secret}"
