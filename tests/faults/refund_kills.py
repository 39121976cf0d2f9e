"""Kills a store with -9 at each step of a refund (python -m tests.faults.refund_kills DATABASE ROUNDS).

DATABASE is sqlite or postgresql. A double stands in for Stripe. After each kill the store is started again, the admin
sends the same form again, and the worker goes on: what the provider has refunded must be what the rows say, once, with
one credit note each and no gap in their numbers.
"""

import os
import sys
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import requests
from bs4 import BeautifulSoup
from sqlalchemy import select

from album_store.bin.open_store import open_store
from album_store.data.credit_note import CreditNote
from album_store.data.dbsession import DbSessionFactory
from album_store.data.order import Order
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.purchase import Purchase
from album_store.data.refund import Refund
from tests.faults.purchase_kills import WAIT_S, Buyer, Store, a_store, run_killed
from tests.support.database_servers import PostgresqlServer, database_server
from tests.support.factories import PASSWORD, add_account
from tests.support.stripe_double import StripeDouble, running_stripe_double

ADA = "ada@example.org"
# The worker makes a refund well within this time.
DONE_LIMIT_S = 20


@dataclass
class Admin:
    """A browser that is signed in, and sends the form of a refund as often as it takes."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)
    form: dict[str, str] | None = None

    def sign_in(self) -> None:
        """Sign in."""
        form = self._form(self.session.get(f"{self.url}/account/signin", timeout=WAIT_S), "/account/signin")
        self._post("/account/signin", form | {"email": ADA, "password": PASSWORD})

    def refund(self, order_id: str) -> None:
        """Send the form. Raises ConnectionError when the store is killed."""
        path = f"/admin/orders/{order_id}"
        if self.form is None:
            form = self._form(self.session.get(self.url + path, timeout=WAIT_S), f"{path}/refund")
            self.form = form | {"reason": "test"}  # with its only line, as checkboxes are sent that are ticked
        self._post(f"{path}/refund", self.form)

    def _form(self, page: requests.Response, action: str) -> dict[str, str]:
        fields = BeautifulSoup(page.text, "html.parser").select(f'form[action="{action}"] input[name]')
        return {item["name"]: item.get("value", "") for item in fields}

    def _post(self, path: str, form: dict[str, str]) -> None:
        answer = self.session.post(self.url + path, form, allow_redirects=False, timeout=WAIT_S)
        assert answer.status_code == 303, (answer.status_code, answer.text)


def kill_at_each_step(store: Store, db_sessions: DbSessionFactory, stripe: StripeDouble) -> Counter[str]:
    """Kill the store at the first step of a refund, at the second of another, and so on until none is left.

    Returns how often it was killed before which step. Raises AssertionError.
    """
    killed: Counter[str] = Counter()
    number = 0
    while True:
        number += 1
        url, email = f"http://localhost:{store.port}", f"buyer{number}-{os.urandom(4).hex()}@example.org"
        Buyer(url, stripe, email).buy()
        with db_sessions.read() as dbsession:
            order_id = dbsession.scalars(select(Order.id).where(Order.email == email)).one()
        admin = Admin(url)
        admin.sign_in()

        def refund(order_id: str = order_id, admin: Admin = admin) -> None:
            admin.refund(order_id)
            wait_for(store, db_sessions, order_id)

        was_killed = run_killed(store, number, refund, killed)
        check(db_sessions, order_id, stripe)
        if not was_killed:
            return killed


def wait_for(store: Store, db_sessions: DbSessionFactory, order_id: str) -> None:
    """Wait until the refund of an order has succeeded. Raises ConnectionError if the store was killed meanwhile."""
    deadline = time.monotonic() + DONE_LIMIT_S
    while True:
        with db_sessions.read() as dbsession:
            if dbsession.scalar(select(OutgoingMail.id).where(is_note(order_id))):
                return
        if store.process.poll() is not None:
            raise requests.ConnectionError
        assert time.monotonic() < deadline, "the refund was never made"
        time.sleep(0.05)


def is_note(order_id: str) -> object:
    """Return the condition for the emails with a credit note of an order."""
    return (OutgoingMail.order_id == order_id) & (OutgoingMail.kind == "credit-note")


def check(db_sessions: DbSessionFactory, order_id: str, stripe: StripeDouble) -> None:
    """Check that each refund was made once, as its row says, with one credit note and one email."""
    with db_sessions.read() as dbsession:
        refunds = dbsession.scalars(select(Refund)).all()
        assert all(refund.has_succeeded for refund in refunds)
        rows = sorted((refund.provider_id, refund.payment.charge_id, refund.amount_cents) for refund in refunds)
        numbers = sorted(dbsession.scalars(select(CreditNote.number)))
        assert numbers == list(range(1, len(refunds) + 1)), numbers
        assert len(dbsession.scalars(select(OutgoingMail.id).where(is_note(order_id))).all()) == 1
        orders = dbsession.scalars(select(Order)).all()
        assert {(order.refunded_cents, len(order.problems)) for order in orders} == {(900, 0)}
        assert all(dbsession.scalars(select(Purchase.revoked_date)))
    made = sorted((one["id"], one["payment_intent"], one["amount"]) for one in stripe.refunds.values())
    assert rows == made
    assert len(made) == len(orders)


def main() -> None:
    """Print the kills of each round."""
    database, rounds = sys.argv[1], int(sys.argv[2])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        url = f"sqlite:///{folder}/album_store.sqlite"
        if database == "postgresql":
            url = stack.enter_context(database_server(PostgresqlServer)).url
        stripe = stack.enter_context(running_stripe_double())
        store = stack.enter_context(a_store(folder, url, stripe))
        db_sessions = DbSessionFactory(url)
        with open_store(folder / "development.ini") as registry:
            add_account(db_sessions, registry.password_hasher.hash(PASSWORD), ADA, roles=("admin", "user"))
        for number in range(1, rounds + 1):
            killed = kill_at_each_step(store, db_sessions, stripe)
            sys.stdout.write(f"{database} round {number}: {killed.total()} kills: {dict(killed)}\n")
            sys.stdout.flush()
        db_sessions.dispose()


if __name__ == "__main__":
    main()
