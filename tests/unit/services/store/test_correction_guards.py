"""Correcting the address of an order while something else happens to it or to one of the addresses."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from album_store.data.account import Account
from album_store.data.lock_row import COUNT, lock_name, lock_names
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.purchase import Purchase, account_key, email_key
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.security.client import Client
from album_store.services.account.email_change_service import EmailChangeLink
from album_store.services.account.registration_service import RegistrationLink
from album_store.services.audit_service import Actor
from album_store.worker.service_request import service_request
from tests.support.factories import add_account, make_album, make_link
from tests.support.overlap import Work, overlap

pytestmark = pytest.mark.every_database

WRONG, RIGHT, OTHER = "carol@example.com", "carol@example.org", "dora@example.org"
CLIENT = Client("192.0.2.7")
MEETINGS = pytest.mark.parametrize(
    ("early", "correction_is_first"), [(a, b) for a in (True, False) for b in (True, False)]
)


@pytest.fixture
def order_id(registry):
    """A guest's order, paid with the wrong address."""
    return add_order(registry, WRONG)


def add_order(registry, email, account_id=None) -> str:
    order = Order(
        id=new_id(),
        checkout_key=new_id(),
        email=email,
        account_id=account_id,
        browser_hash="b" * 64,
        series="local",
        currency="EUR",
        total_cents=900,
        paid_date=utc_now(),
        lines=[OrderLine(album=make_album(new_id()), title="Tide", artist_name="Ada Sound", amount_cents=900)],
    )
    owner_key = account_key(account_id) if account_id else email_key(email)
    with registry.db_sessions.begin() as dbsession:
        dbsession.add(order)
        dbsession.flush()
        dbsession.add(Purchase(line=order.lines[0], album_id=order.lines[0].album_id, owner_key=owner_key))
        return order.id


def correct(order_id, email=RIGHT) -> Work:
    return lambda request: request.address_correction_service.correct(order_id, email, Actor("The buyer"))


def register(registry, email) -> Work:
    with registry.db_sessions.begin() as dbsession:
        link = make_link(PendingRegistration, email=email, password_hash="x", display_name="", receipt_hash=new_id())
        dbsession.add(link)
        dbsession.flush()
        registration = RegistrationLink(link.id, email, "", "x", link.receipt_hash)
    return lambda request: request.registration_service.confirm(registration, CLIENT)


def change_email(registry, account_id, email) -> Work:
    with registry.db_sessions.begin() as dbsession:
        link = make_link(PendingEmailChange, account_id=account_id, new_email=email)
        dbsession.add(link)
        dbsession.flush()
        change = EmailChangeLink(link.id, account_id, email)
    return lambda request: request.email_change_service.confirm(change, CLIENT)


def delete(registry, account_id) -> Work:
    with registry.db_sessions.begin() as dbsession:
        dbsession.add(PendingDeletion(account_id=account_id, due_date=utc_now() - timedelta(days=1)))
    return lambda request: request.deletion_service.carry_out(account_id)


def meet(registry, correction, other, *, early, correction_is_first) -> None:
    works = [correction, other] if correction_is_first else [other, correction]
    overlap(registry, *works, early=early)


def rows(registry, model):
    with registry.db_sessions.read() as dbsession:
        found = dbsession.scalars(select(model).order_by(model.created_date)).all()
        dbsession.expunge_all()
        return found


def check_owner(registry, email, account_id=None):
    """Check that order and purchase belong together: to the account, or without one to the address."""
    [order], [purchase] = rows(registry, Order), rows(registry, Purchase)
    assert (order.email, order.account_id) == (email, account_id)
    assert purchase.owner_key == (account_key(account_id) if account_id else email_key(email))


@MEETINGS
def test_an_order_that_is_corrected_while_its_wrong_address_is_confirmed(
    registry, order_id, early, correction_is_first
):
    register_wrong = register(registry, WRONG)
    meet(registry, correct(order_id), register_wrong, early=early, correction_is_first=correction_is_first)
    check_owner(registry, RIGHT)


@MEETINGS
def test_an_order_that_is_corrected_while_its_right_address_is_confirmed(
    registry, order_id, early, correction_is_first
):
    register_right = register(registry, RIGHT)
    meet(registry, correct(order_id), register_right, early=early, correction_is_first=correction_is_first)
    check_owner(registry, RIGHT, rows(registry, Account)[0].id)


@MEETINGS
def test_an_order_that_is_corrected_while_an_account_changes_to_its_right_address(
    registry, order_id, early, correction_is_first
):
    account_id = add_account(registry.db_sessions, "x", OTHER)
    change = change_email(registry, account_id, RIGHT)
    meet(registry, correct(order_id), change, early=early, correction_is_first=correction_is_first)
    check_owner(registry, RIGHT, account_id)


@MEETINGS
def test_an_order_that_is_corrected_while_an_account_leaves_its_right_address(
    registry, order_id, early, correction_is_first
):
    account_id = add_account(registry.db_sessions, "x", RIGHT)
    change = change_email(registry, account_id, OTHER)
    meet(registry, correct(order_id), change, early=early, correction_is_first=correction_is_first)
    check_owner(registry, *((OTHER, account_id) if correction_is_first else (RIGHT, None)))


@MEETINGS
def test_an_order_that_is_corrected_while_its_new_owner_is_deleted(registry, order_id, early, correction_is_first):
    deletion = delete(registry, add_account(registry.db_sessions, "x", RIGHT))
    meet(registry, correct(order_id), deletion, early=early, correction_is_first=correction_is_first)
    check_owner(registry, RIGHT)


@MEETINGS
def test_an_order_that_is_corrected_while_its_old_owner_is_deleted(registry, early, correction_is_first):
    account_id = add_account(registry.db_sessions, "x", WRONG)
    order_id, deletion = add_order(registry, WRONG, account_id), delete(registry, account_id)
    meet(registry, correct(order_id), deletion, early=early, correction_is_first=correction_is_first)
    check_owner(registry, RIGHT)


@MEETINGS
def test_two_corrections_at_once_leave_one_owner(registry, order_id, early, correction_is_first):
    add_account(registry.db_sessions, "x", OTHER)
    other = correct(order_id, OTHER)
    meet(registry, correct(order_id), other, early=early, correction_is_first=correction_is_first)
    [order], [account] = rows(registry, Order), rows(registry, Account)
    check_owner(registry, order.email, account.id if order.email == OTHER else None)
    assert order.email in {RIGHT, OTHER}
    assert [mail.kind for mail in rows(registry, OutgoingMail)] == ["corrected-order"] * 2


@pytest.mark.parametrize("early", [True, False])
def test_two_orders_that_swap_their_addresses_do_not_wait_for_each_other(registry, order_id, early):
    other_id = add_order(registry, RIGHT)
    overlap(registry, correct(order_id, RIGHT), correct(other_id, WRONG), early=early)
    found = {order.id: order.email for order in rows(registry, Order)}
    assert found == {order_id: RIGHT, other_id: WRONG}


@MEETINGS
def test_an_order_that_is_corrected_while_a_payment_of_its_address_is_settled(
    registry, order_id, early, correction_is_first
):
    """A second order of the wrong address is paid meanwhile, and stays with it."""
    paid_id = add_order(registry, WRONG)
    with registry.db_sessions.begin() as dbsession:
        dbsession.execute(update(Order).where(Order.id == paid_id).values(paid_date=None))
        lines = select(OrderLine.id).where(OrderLine.order_id == paid_id).scalar_subquery()
        dbsession.execute(Purchase.__table__.delete().where(Purchase.order_line_id.in_(lines)))

    def settle(request) -> None:
        request.settlement_service._lock_owner(paid_id, None, WRONG)
        order = request.settlement_service._lock_order(paid_id)
        request.settlement_service.settle_free(order)

    meet(registry, correct(order_id), settle, early=early, correction_is_first=correction_is_first)
    assert sorted(row.owner_key for row in rows(registry, Purchase)) == sorted([email_key(RIGHT), email_key(WRONG)])


def test_names_are_locked_in_the_order_of_their_rows(registry):
    names = [f"{number}@example.org" for number in range(COUNT)]

    def lock_all(request) -> None:
        lock_names(request.dbsession, *names)

    def lock_backwards(request) -> None:
        lock_names(request.dbsession, *reversed(names))
        lock_name(request.dbsession, names[0])

    overlap(registry, lock_all, lock_backwards, early=True)
    with service_request(registry, writes=True) as request:
        lock_all(request)
