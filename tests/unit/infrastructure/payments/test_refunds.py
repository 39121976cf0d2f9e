"""What the store expects of refunds and disputes at every payment gateway."""

from datetime import timedelta

import pytest

from album_store.data.types import utc_now
from album_store.infrastructure.payments.charge_limits import can_be_refunded
from album_store.infrastructure.payments.local_gateway import LocalGateway
from album_store.infrastructure.payments.payment_gateway import GatewayError, PaymentRequest, RefusedRefundError
from album_store.infrastructure.payments.stripe_gateway import StripeGateway
from tests.support.stripe_double import SECRET_KEY, running_stripe_double

REFUND_ID, ANOTHER_ID = "c" * 32, "d" * 32
ASKED = PaymentRequest(
    order_id="0" * 32,
    amount_cents=900,
    currency="EUR",
    description="Tide by Ada Sound",
    email="carol@example.org",
    return_url="http://localhost/return",
    back_url="http://localhost/back",
    notes={"items": "a1:900"},
)


@pytest.fixture
def double():
    """A stand-in for Stripe."""
    with running_stripe_double() as double:
        yield double


@pytest.fixture
def stripe(double):
    """The gateway of that."""
    return StripeGateway(SECRET_KEY, [], "store", api_url=double.url, origin=double.url)


@pytest.fixture(params=["local", "stripe"])
def gateway_and_pay(request, tmp_path):
    """A gateway, and a function that pays a session as a buyer does."""
    if request.param == "local":
        gateway = LocalGateway(tmp_path / "payments", lambda session_id: f"http://localhost/pay/{session_id}")
        return gateway, gateway.pay
    return request.getfixturevalue("stripe"), request.getfixturevalue("double").pay


@pytest.fixture
def gateway(gateway_and_pay):
    """A gateway."""
    return gateway_and_pay[0]


@pytest.fixture
def paid(gateway_and_pay):
    """The state of a paid session."""
    gateway, pay = gateway_and_pay
    session = gateway.open("a" * 32, gateway.parameters(ASKED))
    pay(session.id)
    return gateway.find(session.id)


def refund(gateway, paid, amount, refund_id=REFUND_ID):
    """Make a refund."""
    return gateway.refund(refund_id, gateway.refund_parameters(refund_id, paid.charge_id, amount))


def test_a_paid_session_tells_of_its_money(gateway, paid):
    assert paid.charge_id
    assert paid.fee_cents is not None
    assert paid.fee_currency == "EUR"
    assert paid.email == "carol@example.org"
    assert paid.notes["items"] == "a1:900"
    assert gateway.find_by_charge(paid.charge_id) == paid


def test_a_refund_is_made_once_however_often_it_is_asked_for(gateway, paid):
    made = [refund(gateway, paid, 300) for _ in range(5)]
    assert len(set(made)) == 1
    assert (made[0].refund_id, made[0].amount_cents, made[0].currency) == (REFUND_ID, 300, "EUR")
    assert made[0].is_succeeded
    assert list(gateway.refunds_of(paid.charge_id)) == [made[0]]


def test_one_refund_cannot_be_made_with_other_parameters(gateway, paid):
    refund(gateway, paid, 300)
    with pytest.raises(GatewayError):
        refund(gateway, paid, 301)
    assert sum(one.amount_cents for one in gateway.refunds_of(paid.charge_id)) == 300


def test_no_more_is_refunded_than_came(gateway, paid):
    refund(gateway, paid, 600)
    with pytest.raises(RefusedRefundError):
        refund(gateway, paid, 301, ANOTHER_ID)
    refund(gateway, paid, 300, "e" * 32)
    assert [one.amount_cents for one in gateway.refunds_of(paid.charge_id)] in ([600, 300], [300, 600])


def test_money_that_never_came_cannot_be_refunded(gateway):
    session = gateway.open("a" * 32, gateway.parameters(ASKED))
    state = gateway.find(session.id)
    assert state.charge_id == ""
    for charge_id in (session.id, "x", ""):
        with pytest.raises(GatewayError):
            gateway.refund(REFUND_ID, gateway.refund_parameters(REFUND_ID, charge_id, 300))


def test_money_that_nobody_touched_has_no_refunds_and_no_disputes(gateway, paid):
    assert list(gateway.refunds_of(paid.charge_id)) == list(gateway.disputes_of(paid.charge_id)) == []
    assert list(gateway.changed_charges(utc_now() - timedelta(days=30))) == []


def pay_with_stripe(stripe, double):
    session = stripe.open("a" * 32, stripe.parameters(ASKED))
    double.pay(session.id)
    return stripe.find(session.id)


def test_refunds_at_stripe_are_listed_page_by_page_without_an_id_of_the_store(stripe, double):
    paid = pay_with_stripe(stripe, double)
    for _ in range(230):
        double.refund_at_stripe(paid.charge_id, 2)
    found = stripe.refunds_of(paid.charge_id)
    assert len({one.provider_id for one in found}) == 230
    assert {one.refund_id for one in found} == {""}


def test_a_refund_may_be_pending_succeed_and_fail_late(stripe, double):
    paid = pay_with_stripe(stripe, double)
    double.refund_status = "pending"
    made = refund(stripe, paid, 900)
    assert (made.is_succeeded, made.is_failed) == (False, False)
    for status, is_succeeded, is_failed in (("succeeded", True, False), ("failed", False, True)):
        double.refunds[made.provider_id] |= {"status": status, "failure_reason": "lost_or_stolen_card"}
        [found] = stripe.refunds_of(paid.charge_id)
        assert (found.is_succeeded, found.is_failed) == (is_succeeded, is_failed)
    assert found.failure == "lost_or_stolen_card"


def test_a_lost_answer_is_no_refusal(stripe, double):
    paid = pay_with_stripe(stripe, double)
    double.trouble = ["lost"]
    with pytest.raises(GatewayError) as raised:
        refund(stripe, paid, 900)
    assert not isinstance(raised.value, RefusedRefundError)
    assert [one.refund_id for one in stripe.refunds_of(paid.charge_id)] == [REFUND_ID]


@pytest.mark.parametrize(
    ("status", "is_won", "is_lost"),
    [
        ("needs_response", False, False),
        ("under_review", False, False),
        ("warning_needs_response", False, False),
        ("won", True, False),
        ("warning_closed", True, False),
        ("lost", False, True),
    ],
)
def test_a_dispute_is_open_won_or_lost(stripe, double, status, is_won, is_lost):
    paid = pay_with_stripe(stripe, double)
    double.dispute(paid.charge_id, 900, status)
    [found] = stripe.disputes_of(paid.charge_id)
    assert (found.is_won, found.is_lost, found.reason) == (is_won, is_lost, "product_not_received")
    assert found.due_date > utc_now()
    assert stripe.changed_charges(utc_now() - timedelta(days=1)) == [paid.charge_id]
    assert stripe.changed_charges(utc_now() + timedelta(days=1)) == []


def test_the_money_of_another_store_on_the_account_is_not_ours(stripe, double):
    paid = pay_with_stripe(stripe, double)
    other = StripeGateway(SECRET_KEY, [], "other", api_url=double.url, origin=double.url)
    assert other.find_by_charge(paid.charge_id) is None
    refund(stripe, paid, 300)
    assert [one.refund_id for one in other.refunds_of(paid.charge_id)] == [""]


@pytest.mark.parametrize(
    "body", [{}, {"data": None}, {"data": [{}], "has_more": False}, {"data": [], "has_more": True}]
)
def test_a_list_that_makes_no_sense_is_an_error(stripe, double, monkeypatch, body):
    monkeypatch.setattr(double, "_answer", lambda _request: (200, body))
    for ask in (stripe.refunds_of, stripe.disputes_of):
        with pytest.raises(GatewayError):
            ask("pi_1")


@pytest.mark.parametrize(
    ("amount", "currency", "accepted"),
    [
        (1, "EUR", True),
        (0, "EUR", False),
        (-1, "EUR", False),
        (1, "JPY", True),
        (15, "KWD", False),
        (150, "ISK", False),
    ],
)
def test_only_amounts_that_providers_send_can_be_refunded(amount, currency, accepted):
    assert can_be_refunded(amount, currency) is accepted
