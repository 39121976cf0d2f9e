"""What the store expects of every payment gateway, and what each does with trouble of its own."""

import time
from dataclasses import replace

import pytest
import time_machine

from album_store.infrastructure.payments.charge_limits import can_be_charged
from album_store.infrastructure.payments.local_gateway import LocalGateway
from album_store.infrastructure.payments.payment_gateway import EventError, GatewayError, PaymentRequest
from album_store.infrastructure.payments.stripe_gateway import StripeGateway
from tests.support.stripe_double import SECRET_KEY, running_stripe_double

ASKED = PaymentRequest(
    order_id="0" * 32,
    amount_cents=900,
    currency="EUR",
    description="Tide by Ada Sound",
    email="carol@example.org",
    return_url="http://localhost/return",
    back_url="http://localhost/back",
)
PAYMENT_ID = "a" * 32


@pytest.fixture(params=["local", "stripe"])
def gateway_and_pay(request, tmp_path):
    """A gateway, and a function that pays a session as a buyer does."""
    if request.param == "local":
        gateway = LocalGateway(tmp_path / "payments", lambda session_id: f"http://localhost/pay/{session_id}")
        yield gateway, gateway.pay
    else:
        with running_stripe_double() as double:
            yield StripeGateway(SECRET_KEY, [], "store", api_url=double.url, origin=double.url), double.pay


@pytest.fixture
def gateway(gateway_and_pay):
    """A gateway."""
    return gateway_and_pay[0]


@pytest.fixture
def pay(gateway_and_pay):
    """The function that pays."""
    return gateway_and_pay[1]


@pytest.fixture
def session(gateway):
    """An open session."""
    return gateway.open(PAYMENT_ID, gateway.parameters(ASKED))


def test_a_session_begins_unpaid_and_knows_its_order(gateway, session):
    state = gateway.find(session.id)
    assert (state.order_id, state.amount_cents, state.currency) == (ASKED.order_id, 900, "EUR")
    assert (state.session_id, state.series) == (session.id, gateway.series)
    assert not state.is_paid
    assert not state.is_closed
    assert session.url.startswith("http")


def test_opening_again_gives_the_same_session(gateway):
    parameters = gateway.parameters(ASKED)
    assert len({gateway.open(PAYMENT_ID, dict(parameters)) for _ in range(5)}) == 1
    assert gateway.open("b" * 32, parameters).id != gateway.open(PAYMENT_ID, parameters).id


def test_one_payment_cannot_be_opened_with_other_parameters(gateway, session):
    with pytest.raises(GatewayError):
        gateway.open(PAYMENT_ID, gateway.parameters(replace(ASKED, amount_cents=1_000)))


def test_a_paid_session_stays_paid(gateway, session, pay):
    pay(session.id)
    pay(session.id)
    assert gateway.find(session.id).is_paid
    assert gateway.expire(session.id).is_paid
    assert not gateway.find(session.id).is_closed


def test_an_expired_session_cannot_be_paid(gateway, session, pay):
    assert gateway.expire(session.id).is_closed
    assert gateway.expire(session.id).is_closed
    pay(session.id)
    assert not gateway.find(session.id).is_paid


def test_a_session_ends_by_itself_after_an_hour(gateway, session, pay):
    with time_machine.travel(time.time() + 3_601):
        assert gateway.find(session.id).is_closed
        pay(session.id)
        assert not gateway.find(session.id).is_paid


@pytest.mark.parametrize("session_id", ["", "x", "cs_test_99", "../secrets", "local_" + "0" * 32])
def test_an_unknown_session_is_an_error(gateway, session_id):
    with pytest.raises(GatewayError):
        gateway.find(session_id)


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff"])
def test_what_is_not_signed_is_no_event(gateway, body):
    with pytest.raises(EventError):
        gateway.read_event(body, "t=1,v1=0")


def test_the_key_says_whether_payments_are_real():
    def series(key: str) -> str:
        return StripeGateway(key, [], "store", api_url="http://localhost:1", origin="http://localhost:1").series

    assert [series(key) for key in ("sk_live_1", "rk_live_1", "sk_test_1", "rk_test_1")] == ["live"] * 2 + ["test"] * 2


def test_an_unreadable_file_of_the_local_gateway_is_an_error(tmp_path):
    gateway = LocalGateway(tmp_path, lambda session_id: session_id)
    session = gateway.open(PAYMENT_ID, gateway.parameters(ASKED))
    (tmp_path / f"{session.id}.json").write_text("{")
    with pytest.raises(GatewayError, match="cannot be read"):
        gateway.find(session.id)
    (tmp_path / "file").touch()
    with pytest.raises(GatewayError, match="cannot be written"):
        LocalGateway(tmp_path / "file", str).open(PAYMENT_ID, gateway.parameters(ASKED))


@pytest.mark.parametrize(
    ("amount", "currency", "accepted"),
    [
        (50, "EUR", True),
        (49, "EUR", False),
        (0, "EUR", False),
        (30, "GBP", True),
        (99_999_999, "EUR", True),
        (100_000_000, "EUR", False),
        (50, "JPY", True),
        (1_230, "KWD", True),
        (1_234, "KWD", False),
        (10_000, "ISK", True),
        (10_050, "ISK", False),
        (500, "UGX", False),
        (1, "PEN", True),
    ],
)
def test_only_amounts_that_providers_accept_can_be_charged(amount, currency, accepted):
    assert can_be_charged(amount, currency) is accepted
