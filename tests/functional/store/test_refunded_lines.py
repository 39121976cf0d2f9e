"""Refunds of lines, each of which is refunded once, and the amounts that admins type."""

import pytest

from album_store.data.order_problem import OrderProblem
from album_store.data.purchase import Purchase
from album_store.data.refund import Refund
from album_store.data.types import utc_now
from album_store.worker.refund_task import make_refunds
from tests.support.buyer import add, add_album, buy, order_id_of
from tests.support.factories import PASSWORD, add_account
from tests.support.order_problems import open_problems
from tests.support.refunds import CAROL, order_of, refund_form
from tests.support.store_driver import together
from tests.support.stripe_double import stripe_settings
from tests.support.stripe_shop import buy as buy_at_stripe


@pytest.fixture
def order_id(store, testapp, tide, tmp_path):
    """An order of two albums at €9.00."""
    add_album(store, tmp_path, "Ebb", price_cents=900, url="ebb")
    add(testapp, "ebb")
    return order_id_of(buy(testapp, email=CAROL))


def amounts(store):
    """The amounts of all refunds."""
    return [refund.amount_cents for refund in store.rows(Refund)]


def test_a_line_is_refunded_once(store, order_id, ada_at):
    forms = [refund_form(ada_at, order_id, lines=[0]) for _ in range(2)]
    forms[0].submit(status=303)
    answer = forms[1].submit(status=400)
    assert "has been refunded already" in answer.html.select_one(".error-summary").text
    assert answer.html.select_one("#refund-0-amount-error").text
    assert amounts(store) == [900]
    [line] = answer.html.select("fieldset .choice")
    refund_form(ada_at, order_id, lines=[0]).submit(status=303)
    assert line.bdi.text in {"Tide", "Ebb"}
    make_refunds(store.registry)
    assert amounts(store) == [900, 900]
    assert [row.revoked_date is None for row in store.rows(Purchase)] == [False, False]


def test_a_refund_that_failed_stays_a_problem_if_another_line_of_the_price_is_refunded(store, order_id, ada_at):
    refund_form(ada_at, order_id, lines=[0]).submit(status=303)
    make_refunds(store.registry)
    [refund] = store.rows(Refund)
    store.change(Refund, refund.id, succeeded_date=None, failed_date=utc_now())
    store.add(OrderProblem(order_id=order_id, kind="refund-failed"))
    refund_form(ada_at, order_id, lines=[1]).submit(status=303)
    make_refunds(store.registry)
    assert open_problems(store) == ["refund-failed"]


@pytest.mark.every_database
def test_two_admins_who_refund_the_same_line_at_once_refund_it_once(store, order_id, ada_at):
    forms = [refund_form(ada_at, order_id, lines=[0]) for _ in range(4)]
    answers = together(*(lambda form=form: form.submit(expect_errors=True).status_int for form in forms))
    assert sorted(answers) == [303, 400, 400, 400]
    assert amounts(store) == [900]
    assert order_of(store).refunded_cents == 900


def test_the_rest_of_a_line_is_refunded_as_an_amount(store, order_id, ada_at):
    refund_form(ada_at, order_id, lines=[0], amount="2").submit(status=303)
    refund_form(ada_at, order_id, amount="7").submit(status=303)
    assert amounts(store) == [200, 700]


@pytest.mark.parametrize(
    ("typed", "cents"), [("2,5", 250), (" 2.50 ", 250), ("€2", 200), ("2 EUR", 200), ("0000002", 200), ("9.9900", 999)]
)
def test_an_amount_is_read_as_people_write_it(store, order_id, ada_at, typed, cents):
    refund_form(ada_at, order_id, amount=typed).submit(status=303)
    assert amounts(store) == [cents]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "enter an amount such as €18.00"),
        ("1.000", "“1.000” could mean 1000 or 1. Write 1000 or 1.00."),
        ("1,000", "“1,000” could mean 1000 or 1. Write 1000 or 1.00."),
        ("2.9999", "2.9999 has too many decimal places. EUR allows 2."),
        ("$2", "Enter an amount in EUR."),
        ("2 USD", "Enter an amount in EUR."),
        *((typed, "is not a price. Write an amount such as 0.99.") for typed in ("1e1", "\u0663", "2.5.0", "1/2")),
    ],
)
def test_an_amount_that_may_mean_another_is_refused_beside_its_field_and_kept(store, order_id, ada_at, typed, sentence):
    answer = refund_form(ada_at, order_id, amount=typed).submit(status=400)
    assert sentence in answer.html.select_one("#refund-0-amount-error").text
    assert answer.html.select_one("#refund-0-amount")["value"] == typed
    assert answer.html.select_one("#refund-0-reason")["value"] == "She asked for it"
    assert amounts(store) == []


def test_refunds_of_test_payments_wait_while_the_store_has_live_keys(clock, make_store, shop, stripe):
    add_account(shop.db_sessions, shop.registry.password_hasher.hash(PASSWORD), "ada@example.org", roles=("admin",))
    paid = buy_at_stripe(shop, stripe)
    refund_form(shop.signed_in("ada@example.org"), order_of(shop).id, lines=[0]).submit(status=303)
    live = make_store(**stripe_settings(stripe) | {"stripe__secret_key": "sk_live_double"})
    calls = len(stripe.calls)
    make_refunds(live.registry)
    assert len(stripe.calls) == calls
    make_refunds(shop.registry)
    assert stripe.refunded(paid) == 900
