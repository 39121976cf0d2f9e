"""Two transactions on one order or one address at once: settling, claiming, deleting and opening payments."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from album_store.data.account import Account, lock_account
from album_store.data.lock_row import lock_name
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.order_problem import OrderProblem
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.payment import Payment
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_registration import PendingRegistration
from album_store.data.purchase import Purchase, account_key, email_key
from album_store.data.receipt import Receipt
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.payments.payment_gateway import PaymentSession, PaymentState
from album_store.infrastructure.security.client import Client
from album_store.services.account.registration_service import RegistrationLink
from album_store.services.store.payment_service import OpenPayment
from album_store.worker.service_request import service_request
from tests.support.factories import add_account, make_album, make_link
from tests.support.overlap import Work, overlap

pytestmark = pytest.mark.every_database

EMAIL = "carol@example.org"
PAID = PaymentState("", "", 900, "EUR", "local", is_paid=True, is_closed=False)
CLIENT = Client("192.0.2.7")
EARLY = pytest.mark.parametrize("early", [True, False])


def add_order(registry, email=EMAIL, account_id=None, *, album=None, series="local", is_opened=True) -> OpenPayment:
    """Add an order with a payment, of an album with this id or of a new one. Returns the payment."""
    item = {"album": make_album(new_id())} if album is None else {"album_id": album}
    order = Order(
        id=new_id(),
        checkout_key=new_id(),
        email=email,
        account_id=account_id,
        series=series,
        currency="EUR",
        total_cents=900,
        lines=[OrderLine(**item, title="Tide", artist_name="Ada Sound", amount_cents=900)],
    )
    payment = Payment(
        order=order,
        gateway="local",
        parameters="{}",
        session_id=f"local_{order.id}" if is_opened else None,
        next_check_date=utc_now(),
    )
    with registry.db_sessions.begin() as dbsession:
        dbsession.add(payment)
        dbsession.flush()
        return OpenPayment(payment.id, order.id, payment.session_id, "", json.loads(payment.parameters))


def settle(payment, **changes: Any) -> Work:
    """Return the work of settling a payment that was made."""
    state = replace(PAID, session_id=f"local_{payment.order_id}", order_id=payment.order_id, **changes)
    return lambda request: request.settlement_service.settle(payment.id, state)


def note_session(payment) -> Work:
    """Return the work of a page that has opened a session at the provider."""
    session = PaymentSession(f"local_{payment.order_id}", "/page")
    return lambda request: request.payment_service._note_session(payment, session)


def rows(registry, model):
    with registry.db_sessions.read() as dbsession:
        found = dbsession.scalars(select(model).order_by(model.created_date)).all()
        dbsession.expunge_all()
        return found


def check_sold_once(registry, *owner_keys: str):
    """Check that each order was paid once, without a gap in the receipts, and who owns what."""
    assert sorted(row.owner_key for row in rows(registry, Purchase)) == sorted(owner_keys)
    assert sorted(row.number for row in rows(registry, Receipt)) == list(range(1, len(owner_keys) + 1))
    mails = [mail for mail in rows(registry, OutgoingMail) if mail.kind == "receipt"]
    assert len(mails) == len(owner_keys)


def delete_account(registry, account_id) -> Work:
    with registry.db_sessions.begin() as dbsession:
        dbsession.add(PendingDeletion(account_id=account_id, due_date=utc_now() - timedelta(days=1)))
    return lambda request: request.deletion_service.carry_out(account_id)


def register(registry) -> Work:
    with registry.db_sessions.begin() as dbsession:
        link = make_link(PendingRegistration, email=EMAIL, password_hash="x", display_name="", receipt_hash=new_id())
        dbsession.add(link)
        dbsession.flush()
        registration = RegistrationLink(link.id, EMAIL, "", "x", link.receipt_hash)
    return lambda request: request.registration_service.confirm(registration, CLIENT)


@EARLY
def test_a_payment_is_settled_once_by_two_at_once(registry, early):
    payment = add_order(registry)
    overlap(registry, settle(payment), settle(payment), early=early)
    check_sold_once(registry, email_key(EMAIL))


def test_what_was_bought_with_test_payments_is_not_owned_already(registry):
    first = add_order(registry, series="test")
    [line] = rows(registry, OrderLine)
    second, third = [add_order(registry, album=line.album_id) for _ in range(2)]
    for payment, series in ((first, "test"), (second, "local"), (third, "local")):
        with service_request(registry, writes=True) as request:
            settle(payment, series=series)(request)
    assert [problem.kind for problem in rows(registry, OrderProblem)] == ["already-owned"]


@EARLY
def test_two_payments_at_once_get_two_numbers(registry, early):
    first, second = add_order(registry), add_order(registry, "dora@example.org")
    overlap(registry, settle(first), settle(second), early=early)
    check_sold_once(registry, email_key(EMAIL), email_key("dora@example.org"))


@EARLY
@pytest.mark.parametrize("payment_is_first", [True, False])
def test_what_is_paid_while_its_address_is_confirmed_belongs_to_the_account(registry, early, payment_is_first):
    works = [settle(add_order(registry)), register(registry)]
    overlap(registry, *(works if payment_is_first else works[::-1]), early=early)
    [account] = rows(registry, Account)
    check_sold_once(registry, account_key(account.id))


@EARLY
@pytest.mark.parametrize("payment_is_first", [True, False])
@pytest.mark.parametrize("is_guest", [True, False])
def test_what_is_paid_while_its_account_is_deleted_belongs_to_the_address(registry, early, payment_is_first, is_guest):
    account_id = add_account(registry.db_sessions, "x", EMAIL)
    works = [
        settle(add_order(registry, account_id=None if is_guest else account_id)),
        delete_account(registry, account_id),
    ]
    overlap(registry, *(works if payment_is_first else works[::-1]), early=early)
    check_sold_once(registry, email_key(EMAIL))


def test_what_is_paid_while_its_account_is_deleted_goes_to_the_last_address_of_the_account(registry):
    account_id = add_account(registry.db_sessions, "x", "new@example.org")
    add_account(registry.db_sessions, "x", EMAIL)  # somebody else has the old address by now
    payment = add_order(registry, account_id=account_id)
    overlap(registry, delete_account(registry, account_id), settle(payment))
    check_sold_once(registry, email_key("new@example.org"))


@EARLY
@pytest.mark.parametrize("page_is_first", [True, False])
def test_a_session_may_be_noted_while_it_is_settled(registry, early, page_is_first):
    payment = add_order(registry, is_opened=False)
    works = [note_session(payment), settle(payment)]
    overlap(registry, *(works if page_is_first else works[::-1]), early=early)
    check_sold_once(registry, email_key(EMAIL))
    assert [row.session_id for row in rows(registry, Payment)] == [f"local_{payment.order_id}"]


@EARLY
@pytest.mark.parametrize("page_is_first", [True, False])
def test_a_refused_payment_may_be_replaced_while_it_is_settled(registry, early, page_is_first):
    payment = add_order(registry, is_opened=False)
    works = [lambda request: request.payment_service.replace(payment), settle(payment)]
    overlap(registry, *(works if page_is_first else works[::-1]), early=early)
    check_sold_once(registry, email_key(EMAIL))


@EARLY
def test_a_payment_may_be_postponed_while_it_is_settled(registry, early):
    payment = add_order(registry)
    overlap(
        registry,
        settle(payment),
        lambda request: request.payment_service.postpone(payment.id, is_answered=True),
        early=early,
    )
    check_sold_once(registry, email_key(EMAIL))
    assert [row.next_check_date for row in rows(registry, Payment)] == [None]


def test_a_payment_for_an_address_with_an_account_does_not_wait_for_the_name_of_the_address(registry):
    account_id, payment = add_account(registry.db_sessions, "x", EMAIL), add_order(registry)

    def settle_what_was_confirmed_meanwhile(request) -> None:
        lock_name(request.dbsession, EMAIL)
        lock_account(request.dbsession, account_id)  # as the foreign key of the order does

    overlap(registry, settle_what_was_confirmed_meanwhile, settle(payment), early=True)
    check_sold_once(registry, account_key(account_id))


def test_an_order_whose_first_payment_differed_is_not_called_delivered_after_a_second(registry):
    first = add_order(registry)
    with registry.db_sessions.begin() as dbsession:
        again = Payment(order_id=first.order_id, gateway="local", parameters="{}", session_id="local_again")
        dbsession.add(again)
        dbsession.flush()
        second = replace(first, id=again.id, session_id=again.session_id)
    for work in (settle(first, amount_cents=1), settle(second)):
        with service_request(registry, writes=True) as request:
            work(request)
    assert [order.is_held for order in rows(registry, Order)] == [True]
    assert [problem.kind for problem in rows(registry, OrderProblem)] == ["differs", "paid-twice"]
    assert rows(registry, Purchase) == []
    assert [mail.kind for mail in rows(registry, OutgoingMail)] == ["order-problem"] * 2
