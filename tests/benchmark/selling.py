"""What an order and its payment cost, on SQLite and on the servers that ALBUM_STORE_TEST_URLS names."""

import contextlib
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pyramid.request import Request
from webtest import Form

import album_store
from album_store.data.browser_access import BrowserAccess
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase, account_key
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.payments.payment_gateway import PaymentState
from album_store.infrastructure.processors import stay_on, usable_processors
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import hash_secret, new_secret
from album_store.services.store.item_key import ItemKey
from album_store.services.store.order_service import Wanted
from album_store.services.store.visitor import Visitor
from album_store.worker.service_request import run_in_transaction, service_request
from tests.benchmark.line import Line, shown
from tests.benchmark.run import Run
from tests.measure.server_time import Clock
from tests.support.buyer import add_album, checkout_form
from tests.support.databases import KINDS, SERVERS, ServerDatabase, server_url
from tests.support.factories import PASSWORD, add_account
from tests.support.store_driver import StoreDriver
from tests.support.store_settings import settings_in

BROWSER = "Mozilla/5.0 (X11; Linux x86_64)"
NAME = "album_store_benchmark_selling"
ORDERS, ORDERS_IF_SHORT = 60, 3
PAYMENTS, PAYMENTS_IF_SHORT = 400, 8
SETTLERS = 4
MAX_ORDER_RATIO, MAX_LIBRARY_RATIO = 2, 1.25
MIN_SETTLED = {"sqlite": 50, "postgresql": 80, "mariadb": 80}
SMALL_LIBRARY, LARGE_LIBRARY = 50, 5_000
EMAILS = {SMALL_LIBRARY: "alice@example.org", LARGE_LIBRARY: "ada@example.org"}

Timed = tuple[float, float]


def selling(run: Run) -> Iterator[Line]:
    """Orders beside bare rows, payments that are settled, and libraries of two sizes."""
    for kind in filter(_is_here, KINDS):
        with _store(kind) as shop:
            yield shop.order_line(ORDERS_IF_SHORT if run.effort.is_short else ORDERS)
            yield shop.payment_line(PAYMENTS_IF_SHORT if run.effort.is_short else PAYMENTS)
            yield shop.library_line(ORDERS_IF_SHORT if run.effort.is_short else ORDERS)


def _is_here(kind: str) -> bool:
    with contextlib.suppress(pytest.skip.Exception):
        return kind not in SERVERS or server_url(kind) is not None
    return False


class Shop:
    """A store with one album for sale."""

    def __init__(self, kind: str, url: str, folder: Path) -> None:
        self.kind = kind
        self.store = StoreDriver(album_store.main({}, **settings_in(folder) | {"sqlalchemy.url": url}))
        self.album_id = add_album(self.store, folder, "Tide", price_cents=900, url="tide").id
        self._clients = (f"198.18.{number // 250}.{number % 250 + 1}" for number in count())
        with self.store.db_sessions.read() as dbsession:
            self.clock = Clock(dbsession.connection())

    def order_line(self, orders: int) -> Line:
        """The transaction that places an order under its locks, beside an insert and commit of its rows.

        The figures also have the whole request, from the edge to the redirect, and one that posts a form in vain.
        """
        posted, refused, placed, written = [], [], [], []
        for _ in range(orders):
            form = self._form()
            refused.append(self._timed(lambda form=form: self._post_in_vain(form)))  # type: ignore[misc]
            posted.append(self._timed(form.submit))
            placed.append(self._timed(self._ready_to_place()))
            written.append(self._timed(self._write_order))
        [post, _], [vain, _], [place, place_cpu], [rows, rows_cpu] = map(_medians, (posted, refused, placed, written))
        figures = (
            f"{shown(place)} and {shown(rows)} ms; processor {shown(place_cpu)} and {shown(rows_cpu)} ms; "
            f"POST of the form {shown(post)} ms, of one in vain {shown(vain)} ms"
        )
        return Line(f"{self.kind}: order placed", place / rows, MAX_ORDER_RATIO, "x its bare rows", True, figures)

    def payment_line(self, payments: int) -> Line:
        """Payments that are settled by several threads at once, on one processor as those of the server."""
        waiting = [self._write_order() for _ in range(payments)]
        started, worked = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(SETTLERS, initializer=stay_on, initargs=(usable_processors()[:1],)) as threads:
            assert all(threads.map(self._settle, waiting))
        rate = payments / (time.perf_counter() - started)
        figures = f"processor of the store {shown((time.process_time() - worked) * 1_000 / payments)} ms each"
        return Line(f"{self.kind}: payments settled", rate, MIN_SETTLED[self.kind], "a second", figures=figures)

    def library_line(self, looks: int) -> Line:
        """The library of an account with many purchases beside that of an account with few."""
        readers = {size: self._reader(size) for size in EMAILS}
        times: dict[int, list[Timed]] = {size: [] for size in EMAILS}
        for _ in range(looks):
            for size, reader in readers.items():
                times[size].append(self._timed(lambda reader=reader: reader.get("/library", status=200)))  # type: ignore[misc]
        [_, small], [_, large] = map(_medians, times.values())
        figures = f"processor {shown(small)} and {shown(large)} ms"
        work = f"{self.kind}: library of {LARGE_LIBRARY:,} purchases"
        return Line(work, large / small, MAX_LIBRARY_RATIO, f"x one of {SMALL_LIBRARY}", True, figures)

    def _form(self) -> Form:
        browser = self.store.browser(REMOTE_ADDR=next(self._clients))
        return checkout_form(browser, email=f"{new_id()}@example.org")

    def _post_in_vain(self, form: Form) -> None:
        """Post to a view that looks at the token and then finds nothing to do."""
        form.response.test_app.post(
            "/cart/remove", {"csrf_token": form["csrf_token"].value, "item": "nothing"}, status=303
        )

    def _ready_to_place(self) -> Callable[[], object]:
        """Fill a cart, and return the transaction that orders it."""
        registry = self.store.registry
        visitor = Visitor(browser_hash=hash_secret(new_secret()), cart_hash=hash_secret(new_secret()))

        def fill(request: Request) -> None:
            offer = request.offer_service.find(ItemKey(self.album_id))
            request.cart_service.add(offer, visitor, visitor.cart_hash)

        run_in_transaction(registry, fill)
        with service_request(registry) as request:
            seen = request.cart_reader.contents(visitor).fingerprint
        wanted, client = Wanted(seen, f"{new_id()}@example.org", new_id()), Client("192.0.2.7", BROWSER)
        return lambda: run_in_transaction(
            registry, lambda request: request.order_service.place(wanted, visitor, client)
        )

    def _write_order(self, **values: Any) -> Payment:
        """Write the rows of an order that is to be paid, in one transaction."""
        order = Order(
            id=new_id(), checkout_key=new_id(), email=f"{new_id()}@example.org", series="local", currency="EUR",
            total_cents=900, ip_address="192.0.2.7", user_agent=BROWSER,
            lines=[OrderLine(album_id=self.album_id, title="Tide", artist_name="Ada Sound", amount_cents=900)],
        )  # fmt: skip
        payment = Payment(
            order=order, gateway="local", parameters="{}", session_id=f"local_{order.id}", next_check_date=utc_now()
        )
        with self.store.db_sessions.begin() as dbsession:
            dbsession.add(payment)
            dbsession.flush()
            dbsession.add(BrowserAccess(browser_hash=new_id(), order_id=order.id))
            dbsession.flush()
            dbsession.expunge_all()
        return payment

    def _settle(self, payment: Payment) -> bool:
        state = PaymentState(
            payment.session_id or "", payment.order_id, 900, "EUR", "local", is_paid=True, is_closed=False
        )
        return run_in_transaction(
            self.store.registry, lambda request: request.settlement_service.settle(payment.id, state)
        )

    def _reader(self, size: int) -> Any:
        password_hash = self.store.registry.password_hasher.hash(PASSWORD)
        account_id = add_account(self.store.db_sessions, password_hash, EMAILS[size])
        orders = [
            Order(
                checkout_key=new_id(), email=EMAILS[size], account_id=account_id, series="local", currency="EUR",
                total_cents=900, paid_date=utc_now(),
                lines=[OrderLine(album_id=self.album_id, title="Tide", artist_name="Ada Sound", amount_cents=900)],
            )
            for _ in range(size)
        ]  # fmt: skip
        owner_key = account_key(account_id)
        with self.store.db_sessions.begin() as dbsession:
            dbsession.add_all(orders)
            dbsession.add_all(
                Purchase(line=order.lines[0], album_id=self.album_id, owner_key=owner_key) for order in orders
            )
        return self.store.signed_in(EMAILS[size])

    def _timed(self, task: Callable[[], object]) -> Timed:
        """Return the time that a task takes and its processor time, in milliseconds."""
        started, worked = time.perf_counter(), self.clock.ms()
        task()
        return (time.perf_counter() - started) * 1_000, self.clock.ms() - worked


@contextlib.contextmanager
def _store(kind: str) -> Iterator[Shop]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        url = f"sqlite:///{folder}/store.sqlite"
        if kind in SERVERS:
            database = ServerDatabase(server_url(kind), NAME)
            stack.callback(database.close)
            url = database.url
        shop = Shop(kind, url, folder)
        stack.callback(shop.store.db_sessions.dispose)
        yield shop


def _medians(times: list[Timed]) -> tuple[float, float]:
    return statistics.median(taken for taken, _ in times), statistics.median(worked for _, worked in times)
