"""Creates the rows that tests need. Those added to a database are committed."""

import itertools
from datetime import timedelta
from typing import Any

from album_store.data.account import Account
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.dbsession import DbSessionFactory
from album_store.data.genre import Genre
from album_store.data.password_reset import PasswordReset
from album_store.data.role import Role
from album_store.data.secret_link import SecretLink
from album_store.data.track import Track
from album_store.data.types import utc_now

PASSWORD = "correct horse battery staple"

_numbers = itertools.count(1)


def add_account(
    db_sessions: DbSessionFactory,
    password_hash: str,
    email: str = "alice@example.org",
    *,
    roles: tuple[str, ...] = ("user",),
    **values: Any,
) -> str:
    """Add an account that can sign in. Returns its id."""
    with db_sessions.begin() as dbsession:
        account = Account(email=email, password_hash=password_hash, confirmed=True, **values)
        dbsession.add(account)
        account.roles = [dbsession.get_one(Role, name) for name in roles]
        dbsession.flush()
        return account.id


def make_link(model: type[SecretLink], **values: Any) -> SecretLink:
    """Return an emailed link that is not in a session yet. By default it expires as links of the store do."""
    lifetime = timedelta(hours=1 if model is PasswordReset else 24)
    expires_date = values.setdefault("created_date", utc_now()) + lifetime
    return model(**({"secret_hash": "x", "expires_date": expires_date} | values))


def make_album(title: str = "An Album", artist: Artist | None = None, **values: Any) -> Album:
    """Return an album that is not in a session yet, by default with one track."""
    number = next(_numbers)
    values = {
        "url": f"album-{number}",
        "price_cents": 800,
        "currency": "EUR",
        "for_sale": True,
        "artist": artist or make_artist(),
        "tracks": [make_track()],
    } | values
    return Album(title=title, **values)


def make_artist(name: str | None = None, **values: Any) -> Artist:
    """Return an artist that is not in a session yet."""
    number = next(_numbers)
    return Artist(name=name or f"Artist {number}", url=values.pop("url", f"artist-{number}"), **values)


def make_genre(name: str) -> Genre:
    """Return a genre that is not in a session yet."""
    return Genre(name=name, url=name.lower().replace(" ", "-"))


def make_track(title: str = "A Track", **values: Any) -> Track:
    """Return a track that is not on an album yet, by default three minutes long."""
    return Track(title=title, **({"length_ms": 180_000} | values))
