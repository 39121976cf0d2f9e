"""Compares the cost of each page in a small and a large store (python -m tests.measure.page_costs)."""

import datetime as dt
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import bindparam, func, insert, update
from sqlalchemy.orm import Session
from webtest import TestApp

from album_store.data.account import Account
from album_store.data.address_block import AddressBlock
from album_store.data.album import Album, AlbumGenre
from album_store.data.audit_entry import AuditEntry
from album_store.data.password_reset import PasswordReset
from album_store.data.search_document import SearchDocument
from album_store.data.track import Track
from album_store.data.types import utc_now
from tests.support.factories import PASSWORD, add_account, make_album, make_artist, make_genre
from tests.support.page_reader import link_after
from tests.support.shared_store import store_in
from tests.support.statement_log import statements_of
from tests.support.store_driver import StoreDriver

RUNS = 7
CHUNK = 1_000
# A page is marked as growing if it takes GROWTH times as long in the large store. NOISE_MS is noise.
GROWTH, NOISE_MS = 2.0, 0.5
TEXT = "A sentence of a description, repeated to make it longer. " * 20


@dataclass(frozen=True)
class Size:
    """The size of a store. One artist has `of_one_artist` albums, and one album has `on_one_album` tracks."""

    albums: int
    tracks: int
    artists: int
    of_one_artist: int
    on_one_album: int
    genres: int
    people: int


SMALL = Size(albums=60, tracks=600, artists=10, of_one_artist=30, on_one_album=10, genres=4, people=60)
LARGE = Size(
    albums=20_000, tracks=200_000, artists=4_000, of_one_artist=5_000, on_one_album=2_000, genres=400, people=20_000
)


@dataclass(frozen=True)
class Cost:
    """The cost of a page: statements, processor time of the first response, median of the others, and bytes."""

    statements: int
    first_ms: float
    ms: float
    size: int


def fill(store: StoreDriver, size: Size) -> None:
    """Add the catalogue and the accounts to an empty store."""
    with store.db_sessions.begin() as dbsession:
        album_ids = _add_albums(dbsession, size)
        _add_genres(dbsession, size, album_ids)
        _add_tracks(dbsession, size, album_ids)
        _add_people(dbsession, size)
    password_hash = store.registry.password_hasher.hash(PASSWORD)
    add_account(store.db_sessions, password_hash)
    add_account(store.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"))


def _add_albums(dbsession: Session, size: Size) -> list[int]:
    """Add the albums. Those of the large artist have no release date, so that they all sort alike."""
    big, others = make_artist("Big Artist", url="big"), [make_artist() for _ in range(size.artists - 1)]
    albums = []
    for number in range(size.albums):
        is_of_big = number % (size.albums // size.of_one_artist) == 0
        album = make_album(
            f"Album {number}",
            big if is_of_big else others[number % len(others)],
            url=f"album-{number}",
            price_cents=number * 7 % 2_000,
            release_date=None if is_of_big else dt.date(1990, 1, 1) + dt.timedelta(number * 11 % 12_000),
            description=TEXT,
            tracks=[],
        )
        albums.append(album)
    dbsession.add_all(albums)
    dbsession.flush()
    return [album.id for album in albums]


def _add_genres(dbsession: Session, size: Size, album_ids: list[int]) -> None:
    """Add a genre of every second album, one of only three albums, and others."""
    genres = [make_genre("Common"), make_genre("Rare"), *(make_genre(f"Genre {n}") for n in range(size.genres - 2))]
    dbsession.add_all(genres)
    dbsession.flush()
    common, rare, *others = [genre.id for genre in genres]
    pairs = [(common, album_id) for album_id in album_ids[::2]] + [(rare, album_id) for album_id in album_ids[:3]]
    pairs += [(others[number % len(others)], album_id) for number, album_id in enumerate(album_ids)]
    rows = [{"genre_id": genre_id, "album_id": album_id} for genre_id, album_id in pairs]
    dbsession.connection().execute(insert(AlbumGenre), rows)


def _add_tracks(dbsession: Session, size: Size, album_ids: list[int]) -> None:
    on_each = (size.tracks - size.on_one_album) // size.albums
    for start in range(0, len(album_ids), CHUNK):
        rows, words = [], []
        for number, album_id in enumerate(album_ids[start : start + CHUNK], start):
            names = [f"Song {track}" for track in range(size.on_one_album if number == 1 else on_each)]
            rows += [
                {"album_id": album_id, "display_order": order, "track_number": order + 1, "title": name,
                 "length_ms": 180_000, "lyrics": TEXT if order % 5 == 0 else ""}
                for order, name in enumerate(names)
            ]  # fmt: skip
            words.append({"of": album_id, "more": " " + " ".join(names).lower()})
        dbsession.execute(insert(Track), rows)
        document = SearchDocument.__table__
        added = update(document).where(document.c.album_id == bindparam("of"))
        dbsession.connection().execute(added.values(words=document.c.words + bindparam("more")), words)


def _add_people(dbsession: Session, size: Size) -> None:
    now = utc_now()
    accounts = [Account(email=f"p{n}@example.org", password_hash="x", confirmed=True) for n in range(size.people)]
    dbsession.add_all(accounts)
    dbsession.flush()
    for number, account in enumerate(accounts):
        when = now - dt.timedelta(minutes=number)
        address = f"192.0.{number % 200}.{number % 250}"
        reset = PasswordReset(account_id=account.id, secret_hash=f"{number:064}", created_date=when,
                              expires_date=when, created_ip_address=address)  # fmt: skip
        entry = AuditEntry(action="account-disabled", actor="Ada", target_id=account.id, target=account.email)
        dbsession.add_all([reset, entry])
        if number % 20 == 0:
            network = f"198.51.{number // 20 // 250}.{number // 20 % 250}/32"
            dbsession.add(AddressBlock(network=network, until_date=now + dt.timedelta(days=1), blocked_by="Ada"))


def paths(size: Size) -> dict[str, str]:
    """Return the address of every page whose cost could grow with the store, by a descriptive name."""
    last = size.albums - 1
    return {
        "front page": "/",
        "albums, newest": "/albums",
        "albums, newest, far on": "/albums?after=9~1990-02-01",
        "albums, by title, far on": "/albums?sort=title&after=9~album+99",
        "albums, by price, far on": "/albums?sort=price&after=9~1900",
        "common genre": "/albums?genre=common",
        "common genre, far on": "/albums?genre=common&after=9~1990-02-01",
        "rare genre": "/albums?genre=rare",
        "rare genre, by title": "/albums?genre=rare&sort=title",
        "album": f"/albums/album-{last}",
        "album of the large artist": "/albums/album-0",
        "album of many tracks": "/albums/album-1",
        "large artist": "/artists/big",
        "artist": "/artists/artist-2",
        "search, one letter": "/search?q=a",
        "search, a common word": "/search?q=album",
        "search, two common words": "/search?q=album+song",
        "search, the large artist": "/search?q=big+artist",
        "search, by tracks": "/search?q=song+1",
        "search, an album of many tracks": "/search?q=album+1",
        "search, nothing": "/search?q=nothing",
        "feed": "/albums.atom",
        "sitemap": "/sitemap.xml",
        "sitemap, first portion": "/sitemap-1.xml",
        "sitemap, later portion": f"/sitemap-{2 if size.albums > 1_000 else 1}.xml",
        "placeholder cover": "/albums/album-1/cover.svg",
        "robots": "/robots.txt",
        "health": "/health",
    }


ADMIN = {
    "overview": "/admin",
    "accounts": "/admin/accounts",
    "accounts by a beginning": "/admin/accounts?q=p1",
    "resets": "/admin/resets",
    "blocks": "/admin/blocks",
    "actions": "/admin/actions",
}
OWN = {"account": "/account", "export": "/account/export", "export as JSON": "/account/export.json"}


def visits(store: StoreDriver, size: Size) -> Iterator[tuple[str, TestApp, str]]:
    """Yield the name, browser and address of each page. Second pages are reached by their links."""
    visitor = store.browser()
    for name, path in paths(size).items():
        yield name, visitor, path
    for name in ("large artist", "album of many tracks", "search, a common word"):
        link = link_after(visitor.get(paths(size)[name]), "next")
        yield f"{name}, next page", visitor, link or paths(size)[name]
    ada, alice = store.signed_in("ada@example.org"), store.signed_in()
    for name, path in ADMIN.items():
        yield f"admin: {name}", ada, path
    for name, path in OWN.items():
        yield f"own: {name}", alice, path


def measure(size: Size) -> dict[str, Cost]:
    """Return the cost of each page in a store of this size."""
    with TemporaryDirectory() as folder, store_in(Path(folder)) as store:
        started = time.perf_counter()
        fill(store, size)
        with store.db_sessions.begin() as dbsession:
            counted = {model.__name__: dbsession.scalar(func.count(model.id)) for model in (Album, Track)}
        sys.stdout.write(f"{counted}, created in {time.perf_counter() - started:.0f} s\n")
        # Compile the templates and fill the statement caches.
        for _, browser, path in visits(store, SMALL):
            browser.get(path, expect_errors=True)
        return {name: cost_of(store, browser, path) for name, browser, path in visits(store, size)}


def cost_of(store: StoreDriver, browser: TestApp, path: str) -> Cost:
    """Return the cost of one page."""
    times = []
    with statements_of(store.db_sessions.engine) as statements:
        for _ in range(RUNS + 1):
            statements.clear()
            started = time.thread_time()
            page = browser.get(path, status="*")
            times.append((time.thread_time() - started) * 1000)
            assert page.status_int in {200, 404}, (path, page.status)
    return Cost(len(statements), times[0], statistics.median(times[1:]), len(page.body))


def main() -> None:
    """Print a line for each page. The last column marks pages whose cost grows with the store."""
    small, large = measure(SMALL), measure(LARGE)
    sys.stdout.write(f"{'':<34}{'statements':>12}{'first ms':>18}{'ms':>18}{'KB':>18}\n")
    for name, cost in large.items():
        before = small[name]
        grows = cost.ms > before.ms * GROWTH + NOISE_MS
        sys.stdout.write(
            f"{name:<34}{before.statements:>6}{cost.statements:>6}{before.first_ms:>9.1f}{cost.first_ms:>9.1f}"
            f"{before.ms:>9.1f}{cost.ms:>9.1f}{before.size / 1000:>9.1f}{cost.size / 1000:>9.1f}"
            f"{'  grows' if grows else ''}\n"
        )


if __name__ == "__main__":
    main()
