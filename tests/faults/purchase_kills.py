"""Kills a store with -9 at each step of a purchase (python -m tests.faults.purchase_kills DATABASE GATEWAY ROUNDS).

DATABASE is sqlite or postgresql, GATEWAY local or stripe, which a double stands in for. After each kill the store is
started again, the buyer goes on, and payments are reconciled: what was paid must be owned, once.
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import requests
from bs4 import BeautifulSoup
from pyramid.registry import Registry
from sqlalchemy import select

from album_store.bin.open_store import open_store
from album_store.bin.reconcile import reconcile
from album_store.data.dbsession import DbSessionFactory
from album_store.data.order import Order
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.purchase import Purchase, email_key
from album_store.data.receipt import Receipt
from tests.faults.killed_store import KILL_AT
from tests.support.buyer import OWN_FORM, add_album
from tests.support.checkout import CHECKOUT
from tests.support.database_servers import PostgresqlServer, database_server
from tests.support.running_store import START_LIMIT_S, environment, free_port, ini_without_albums
from tests.support.store_driver import StoreDriver
from tests.support.stripe_double import StripeDouble, running_stripe_double, stripe_settings

TRIES = 5
WAIT_S = 30
# A process that was killed has ended after this.
DYING_S = 0.5


@dataclass
class Buyer:
    """A browser that buys as far as it gets, and goes on where it was."""

    url: str
    stripe: StripeDouble | None
    email: str
    session: requests.Session = field(default_factory=requests.Session)
    form: dict[str, str] | None = None
    page: str = ""

    def buy(self) -> None:
        """Order, pay and come back. Raises ConnectionError when the store is killed."""
        if self.form is None:
            item = _fields(self._get(f"{self.url}/albums/tide"), "/cart")
            if item:
                self._post(f"{self.url}/cart", item, headers=OWN_FORM)
            typed = _fields(self._get(f"{self.url}/checkout"), "/checkout") | {"email": self.email}
            self.form = _fields(self._post(f"{self.url}/checkout", typed), "/checkout")
        if not self.page:
            placed = self._post(f"{self.url}/checkout", self.form)
            assert placed.status_code == 303, (placed.status_code, placed.text)
            opened = self._get(self._absolute(placed))
            assert opened.status_code == 303, (opened.status_code, opened.text)
            if "/purchases/" in opened.headers["Location"]:  # it was paid already
                return
            self.page = self._absolute(opened)
        self._pay()

    def _pay(self) -> None:
        if self.stripe is None:
            token = {"csrf_token": self.session.cookies["csrf"], "action": "pay"}
            paid = self._post(self.page, token)
            if paid.status_code == 303:
                self._get(self._absolute(paid))
            return
        session_id = self.page.rpartition("/")[2]
        self.stripe.pay(session_id)
        body, headers = self.stripe.event(session_id, event_id=f"evt_{session_id}")
        requests.post(f"{self.url}/payments/stripe", body, headers=headers, timeout=WAIT_S).raise_for_status()
        self._get(self.stripe.sessions[session_id]["success_url"])

    def _get(self, url: str) -> requests.Response:
        return self.session.get(url, allow_redirects=False, timeout=WAIT_S)

    def _post(self, url: str, form: dict[str, str], headers: dict[str, str] | None = None) -> requests.Response:
        return self.session.post(url, form, headers=headers, allow_redirects=False, timeout=WAIT_S)

    def _absolute(self, answer: requests.Response) -> str:
        location = answer.headers["Location"]
        return location if location.startswith("http") else self.url + location


def _fields(page: requests.Response, action: str) -> dict[str, str]:
    """Return the fields of the form of a page that posts to a path; none if there is no such form."""
    form = BeautifulSoup(page.text, "html.parser").select_one(f'main form[action="{action}"]')
    fields = form.select("input[name]") if form else []
    return {field["name"]: field.get("value", "") for field in fields}


@dataclass
class Store:
    """A store in a folder, which is started again after it was killed. `registry` is that of a command beside it."""

    folder: Path
    port: int
    registry: Registry
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [str(Path(sys.executable).with_name("pserve")), "killed.ini"]
        environ = environment() | {"PYTHONPATH": str(CHECKOUT)}
        with (self.folder / "pserve.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=environ, stdout=log, stderr=log)
        deadline = time.monotonic() + START_LIMIT_S
        while True:
            assert self.process.poll() is None, (self.folder / "pserve.log").read_text("utf-8")
            try:
                requests.get(f"http://localhost:{self.port}/health", timeout=WAIT_S).raise_for_status()
                return
            except requests.RequestException:
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def revive(self) -> bool:
        """Start it again if it was killed or is just being killed. Returns whether it was."""
        try:
            self.process.wait(DYING_S)
        except subprocess.TimeoutExpired:
            return False
        self.start()
        return True

    def kill(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()


@contextmanager
def a_store(folder: Path, database_url: str, stripe: StripeDouble | None) -> Iterator[Store]:
    """Yield a running store that sells “Tide”."""
    port = free_port()
    ini = ini_without_albums().replace("localhost:6543", f"localhost:{port}")
    ini = ini.replace("sqlalchemy.url = sqlite:///%(here)s/album_store.sqlite", f"sqlalchemy.url = {database_url}")
    if stripe is not None:
        kept = [line for line in ini.splitlines() if not line.startswith(("payments.gateway", "seller.address"))]
        names = [f"{name.replace('__', '.')} = {value}" for name, value in stripe_settings(stripe).items()]
        at = next(number for number, line in enumerate(kept) if line.startswith("payments.folder"))
        ini = "\n".join([*kept[:at], *names, *kept[at:], ""])
    (folder / "development.ini").write_text(ini, "utf-8")
    app = "[app:main]\nuse = egg:album-store"
    assert ini.count(app) == 1
    killed = ini.replace(app, "[app:main]\nuse = call:tests.faults.killed_store:main")
    (folder / "killed.ini").write_text(killed, "utf-8")
    with open_store(folder / "development.ini") as registry:
        add_album(StoreDriver(SimpleNamespace(registry=registry)), folder, "Tide", price_cents=900, url="tide")
        store = Store(folder, port, registry)
        store.start()
        try:
            yield store
        finally:
            store.kill()


def run_killed(store: Store, step: int, work: Callable[[], None], killed: Counter[str]) -> bool:
    """Do `work` until it ends, in a store that is killed at a step of it and started again. Returns whether it was.

    Counts the kill by the name of the step. Raises AssertionError if the store ended otherwise.
    """
    (store.folder / KILL_AT).write_text(str(step), "utf-8")
    was_killed = False
    for _ in range(TRIES):
        try:
            work()
            break
        except requests.RequestException:
            assert store.process.wait(WAIT_S) == -9
            was_killed = True
            (store.folder / KILL_AT).unlink()
            killed[(store.folder / "killed_before").read_text("utf-8")] += 1
            store.start()
    (store.folder / KILL_AT).unlink(missing_ok=True)
    if store.revive():  # it was killed by the worker, after the last answer
        killed["worker: " + (store.folder / "killed_before").read_text("utf-8")] += 1
        was_killed = True
    return was_killed


def kill_at_each_step(store: Store, db_sessions: DbSessionFactory, stripe: StripeDouble | None) -> Counter[str]:
    """Kill the store at the first step of a purchase, at the second of another, and so on until none is left.

    Returns how often it was killed before which step. Raises AssertionError.
    """
    killed: Counter[str] = Counter()
    emails: list[str] = []
    number = 0
    while True:
        number += 1
        emails.append(f"buyer{number}-{os.urandom(4).hex()}@example.org")
        buyer = Buyer(f"http://localhost:{store.port}", stripe, emails[-1])
        was_killed = run_killed(store, number, buyer.buy, killed)
        if not was_killed:
            return killed
        reconcile(store.registry)
        check(db_sessions, emails, stripe)


def check(db_sessions: DbSessionFactory, emails: list[str], stripe: StripeDouble | None) -> None:
    """Check that each buyer has paid once, and has one purchase, one receipt and one email."""
    with db_sessions.read() as dbsession:
        paid = dbsession.scalars(select(Order.email).where(Order.paid_date.is_not(None), ~Order.problems.any())).all()
        assert set(emails) <= set(paid), set(emails) - set(paid)
        assert len(paid) == len(set(paid))
        owners = sorted(dbsession.scalars(select(Purchase.owner_key)))
        assert owners == sorted(map(email_key, paid))
        numbers = sorted(dbsession.scalars(select(Receipt.number)))
        assert numbers == list(range(1, len(paid) + 1)), numbers
        mails = dbsession.scalars(select(OutgoingMail.recipient).where(OutgoingMail.kind == "receipt"))
        assert sorted(mails) == sorted(paid)
        orders = set(dbsession.scalars(select(Order.id).where(Order.paid_date.is_not(None))))
    if stripe is not None:
        charged = [one["client_reference_id"] for one in stripe.sessions.values() if one["payment_status"] == "paid"]
        assert sorted(charged) == sorted(orders)


def main() -> None:
    """Print the kills of each round."""
    database, gateway, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        url = f"sqlite:///{folder}/album_store.sqlite"
        if database == "postgresql":
            url = stack.enter_context(database_server(PostgresqlServer)).url
        stripe = stack.enter_context(running_stripe_double()) if gateway == "stripe" else None
        store = stack.enter_context(a_store(folder, url, stripe))
        db_sessions = DbSessionFactory(url)
        for number in range(1, rounds + 1):
            killed = kill_at_each_step(store, db_sessions, stripe)
            sys.stdout.write(f"{database} {gateway} round {number}: {killed.total()} kills: {dict(killed)}\n")
            sys.stdout.flush()
        db_sessions.dispose()


if __name__ == "__main__":
    main()
