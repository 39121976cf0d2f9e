"""Whether the cost of a page depends on the size of the catalogue, the number of orders, and the place in a list.

The processor time of the process and of its database is compared, on SQLite and on the servers that
ALBUM_STORE_TEST_URLS names. The pages are not kept.
"""

import contextlib
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import select

import album_store
from album_store.data.account import Account
from album_store.data.dbsession import DbSessionFactory
from tests.benchmark.line import Line, shown
from tests.benchmark.run import Run
from tests.measure.large_catalogue import LargeCatalogue, fill
from tests.measure.list_costs import lists
from tests.measure.server_time import Clock
from tests.support.databases import KINDS, SERVERS, ServerDatabase, server_url
from tests.support.factories import PASSWORD, add_account
from tests.support.many_orders import fill_orders, order_id
from tests.support.store_driver import StoreDriver
from tests.support.store_settings import settings_in

NAME = "album_store_benchmark"
ALBUM = "an album"
ACCOUNTS, ORDERS = OF_ADMINS = ("admin pages of accounts", "admin pages of orders")
TIMES = "x the cheapest"
MAX_RATIO = 1.25
SEARCHES, MAX_SEARCH_RATIO, MAX_SEARCH_MS = 40, 3, 50
RUNS, RUNS_IF_SHORT = 31, 3

# The costs of a page by its position, in milliseconds.
Costs = list[float]


class SizedStore:
    """A store with a catalogue of a size, and as many accounts and orders."""

    def __init__(self, albums: int, url: str, folder: Path) -> None:
        db_sessions = DbSessionFactory(url)
        fill(LargeCatalogue(albums), [db_sessions], accounts=albums)
        ids = range(1, albums + 1)
        fill_orders(db_sessions, ids, ids, owner="ada@example.org")
        if db_sessions.engine.dialect.name == "postgresql":  # as its autovacuum does, unless it is off
            with db_sessions.engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")
        self.albums = albums
        self.store = StoreDriver(album_store.main({}, **settings_in(folder) | {"sqlalchemy.url": url}))
        password_hash = self.store.registry.password_hasher.hash(PASSWORD)
        add_account(self.store.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"))
        self.visitor, self.ada = self.store.browser(), self.store.signed_in("ada@example.org")
        with self.store.db_sessions.read() as dbsession:  # later requests take the same connection
            self.clock = Clock(dbsession.connection())
            self.pages = dict(lists(dbsession))
            middle = select(Account.id).order_by(Account.created_date).offset(albums // 2).limit(1)
            self._account_id = dbsession.scalars(middle).one()

    def tasks(self, name: str) -> list[Callable[[], object]]:
        """Return functions that get the pages of a list."""
        middle = self.albums // 2 + 1
        of_admins = {
            ACCOUNTS: ["/admin/accounts", "/admin/accounts?q=b", f"/admin/accounts/{self._account_id}"],
            ORDERS: [
                "/admin/orders",
                f"/admin/orders?q={middle}",
                "/admin/orders?q=buyer",
                f"/admin/orders/{order_id(middle)}",
                "/admin/selling",
            ],
        }
        if name in OF_ADMINS:
            return [lambda path=path: self.ada.get(path, status=200) for path in of_admins[name]]  # type: ignore[misc]
        return [lambda path=path: self._page(path) for path in self.pages[name]]  # type: ignore[misc]

    def _page(self, path: str) -> None:
        self.store.forget_pages()
        self.visitor.get(path, status=200)

    def searches(self) -> list[float]:
        """Return the processor times of searches for three words."""
        words = LargeCatalogue(self.albums)
        found = []
        for _ in range(SEARCHES):
            query = {"q": " ".join(words.word() for _ in range(3))}
            self.visitor.get("/search", query, status=200)
            found.append(self.cost(lambda query=query: self.visitor.get("/search", query)))  # type: ignore[misc]
        return sorted(found)

    def cost(self, task: Callable[[], object]) -> float:
        """Return the processor time of a task in milliseconds."""
        started = self.clock.ms()
        task()
        return self.clock.ms() - started


def growing(run: Run) -> Iterator[Line]:
    """The pages of lists, of an album and of admins, and searches, in catalogues of all sizes."""
    for kind in filter(_is_here, KINDS):
        with contextlib.ExitStack() as stack:
            stores = [_store(stack, kind, albums) for albums in run.effort.albums]
            yield from _lines(kind, stores, RUNS_IF_SHORT if run.effort.is_short else RUNS)


def _is_here(kind: str) -> bool:
    with contextlib.suppress(pytest.skip.Exception):
        return kind not in SERVERS or server_url(kind) is not None
    return False


def _store(stack: contextlib.ExitStack, kind: str, albums: int) -> SizedStore:
    folder = Path(stack.enter_context(TemporaryDirectory()))
    url = f"sqlite:///{folder}/store.sqlite"
    if kind in SERVERS:
        database = ServerDatabase(server_url(kind), f"{NAME}_{albums}")
        stack.callback(database.close)
        url = database.url
    sized = SizedStore(albums, url, folder)
    stack.callback(sized.store.db_sessions.dispose)
    return sized


def _lines(kind: str, stores: list[SizedStore], runs: int) -> Iterator[Line]:
    sizes = f"{' and '.join(f'{store.albums:,}' for store in stores)} albums"
    compared = {name: _compare(stores, name, runs) for name in (*stores[0].pages, *OF_ADMINS)}
    of_lists = max(stores[0].pages.keys() - {ALBUM}, key=lambda name: compared[name][0])
    for work, name in (
        ("first, middle and last pages of lists", of_lists),
        ("album by address", ALBUM),
        *((name, name) for name in OF_ADMINS),
    ):
        ratio, figures = compared[name]
        figures = f"{name}: {figures}" if name == of_lists else figures
        yield Line(f"{kind}: {work}, {sizes}", ratio, MAX_RATIO, TIMES, is_most=True, figures=figures)
    p95s = [store.searches()[int(SEARCHES * 0.95)] for store in stores]
    figures = f"processor {', '.join(map(shown, p95s))} ms"
    work = f"{kind}: search for three words, {sizes}, p95"
    yield Line(work, max(p95s) / min(p95s), MAX_SEARCH_RATIO, TIMES, is_most=True, figures=figures)
    yield Line(f"{work} of the slowest", max(p95s), MAX_SEARCH_MS, "ms", is_most=True)


def _compare(stores: list[SizedStore], name: str, runs: int) -> tuple[float, str]:
    """Return how many times the cheapest the dearest page of a list costs, and the figures.

    All pages of a list must be alike, in all sizes; of the admins' pages, each must be so in all sizes.
    """
    costs = _costs(stores, name, runs)
    alike = list(zip(*costs, strict=True)) if name in OF_ADMINS else [[cost for of_store in costs for cost in of_store]]
    ratio = max(max(pages) / min(pages) for pages in alike)
    return ratio, f"processor {'; '.join(', '.join(map(shown, of_store)) for of_store in costs)} ms"


def _costs(stores: list[SizedStore], name: str, runs: int) -> list[Costs]:
    """Return the median costs of a list's pages in each store. All take turns, so that noise hits all alike."""
    tasks = [(store, store.tasks(name)) for store in stores]
    times: list[list[list[float]]] = [[[] for _ in of_store] for _, of_store in tasks]
    for _ in range(runs):
        for (store, of_store), into in zip(tasks, times, strict=True):
            for task, found in zip(of_store, into, strict=True):
                found.append(store.cost(task))
    return [[statistics.median(found) for found in into] for into in times]
