"""Compares the first, middle and last pages of 100,000 albums (python -m tests.measure.list_costs URL...).

The URLs are as those of `search_costs`.
"""

import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session
from webtest import TestApp

import album_store
from album_store.data.album import Album
from album_store.data.dbsession import DbSessionFactory
from album_store.services.catalogue.albums_service import ORDERS, PAGE_SIZE
from album_store.services.paging import Cursor, Order
from tests.measure.large_catalogue import LargeCatalogue, fill
from tests.measure.server_time import Clock
from tests.support.store_driver import StoreDriver
from tests.support.store_settings import settings_in

RUNS = 31
# The pages of a list cost at most this many times as much as its cheapest.
PROMISED = 1.25


def lists(dbsession: Session) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each list, and the paths of its first, middle and last page."""
    largest = dbsession.execute(
        select(Album.artist_id, func.count()).group_by(Album.artist_id).order_by(func.count().desc()).limit(1)
    ).one()[0]
    for name in ("newest", "title", "artist", "price"):
        yield name, [f"/albums?sort={name}{cursor}" for cursor in _cursors(dbsession, ORDERS[name])]
    of_largest = Album.artist_id == largest
    cursors = _cursors(dbsession, ORDERS["newest"], of_largest)
    yield "the largest artist", [f"/artists/artist-{largest}{cursor.replace('&', '?')}" for cursor in cursors]
    last = dbsession.scalar(select(func.max(Album.id))) or 1
    yield "an album", [f"/albums/album-{number}" for number in (1, last // 2, last)]


def _cursors(dbsession: Session, order: Order, *conditions: ColumnElement[bool]) -> Iterator[str]:
    """Yield the queries of the first page, one in the middle, and the last that is full."""
    count = dbsession.scalar(select(func.count(Album.id)).where(*conditions)) or 0
    columns = [order.column, order.row_id]
    query: Select[tuple[Album]] = select(Album).where(*conditions)
    query = query.order_by(*(column.desc() if order.descending else column for column in columns)).limit(1)
    yield ""
    for offset in (count // 2, count - PAGE_SIZE - 1):
        album = dbsession.scalars(query.offset(offset)).one()
        yield f"&after={quote(str(Cursor(str(getattr(album, order.column.key)), album.id)))}"


def costs_of(browser: TestApp, paths: Sequence[str], clock: Clock) -> list[float]:
    """Return the median processor time of each page. The pages take turns, so that a busy machine hits all alike."""
    times: list[list[float]] = [[] for _ in paths]
    for _ in range(RUNS):
        for path, of_path in zip(paths, times, strict=True):
            started = clock.ms()
            browser.get(path, status=200)
            of_path.append(clock.ms() - started)
    return [statistics.median(of_path) for of_path in times]


def main(urls: Sequence[str]) -> int:
    """Print a line for each list on each database. Returns 1 if the cost of a list's pages differs too much."""
    stores = [DbSessionFactory(url) for url in urls]
    fill(LargeCatalogue(), stores)
    kept = True
    for url in urls:
        with TemporaryDirectory() as folder:
            store = StoreDriver(album_store.main({}, **settings_in(Path(folder)) | {"sqlalchemy.url": url}))
            name = store.db_sessions.engine.dialect.name
            sys.stdout.write(f"{name:<24}{'first ms':>10}{'middle':>10}{'last':>10}{'ratio':>10}\n")
            with store.db_sessions.read() as dbsession:
                clock, all_lists = Clock(dbsession.connection()), list(lists(dbsession))
            for of, paths in all_lists:
                costs = costs_of(store.browser(), paths, clock)
                ratio = max(costs) / min(costs)
                kept &= ratio <= PROMISED
                sys.stdout.write(f"{of:<24}{''.join(f'{cost:>10.2f}' for cost in costs)}{ratio:>10.2f}\n")
            store.db_sessions.dispose()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
