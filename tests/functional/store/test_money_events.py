"""What Stripe tells of money that came: refunds made there, disputes, and events in any order."""

import json
from datetime import timedelta

import pytest

from album_store.data.credit_note import CreditNote
from album_store.data.dispute import Dispute
from album_store.data.payment import Payment
from album_store.data.provider_event import ProviderEvent
from album_store.data.purchase import Purchase
from album_store.data.receipt import Receipt
from album_store.data.refund import Refund
from album_store.data.types import utc_now
from album_store.worker.payment_task import apply_events
from album_store.worker.refund_task import look_for_changes
from tests.support.buyer import settle_everything
from tests.support.order_problems import open_problems
from tests.support.refunds import counters, is_owned, kinds, order_of
from tests.support.stripe_double import signed
from tests.support.stripe_shop import buy, place, post_event, session_of, tell

OWNER = "store@example.org"


@pytest.fixture
def paid(shop, stripe):
    """The id of the money of a paid order of “Tide”."""
    return buy(shop, stripe)


def test_what_came_is_kept_with_the_payment(shop, paid):
    [payment] = shop.rows(Payment)
    assert (payment.charge_id, payment.received_cents, payment.received_currency) == (paid, 900, "EUR")
    assert (payment.fee_cents, payment.fee_currency, payment.country) == (48, "EUR", "DE")
    assert payment.is_delivered


def test_a_fee_that_is_known_only_later_is_added(shop, stripe, browser, monkeypatch):
    session_id = session_of(place(browser))
    expanded = stripe._expanded
    monkeypatch.setattr(stripe, "_expanded", lambda session: session)
    stripe.pay(session_id)
    browser.get(stripe.sessions[session_id]["success_url"])
    assert shop.rows(Payment)[0].fee_cents is None
    monkeypatch.setattr(stripe, "_expanded", expanded)
    tell(shop, stripe.event(session_id))
    assert shop.rows(Payment)[0].fee_cents == 48


def test_a_refund_made_at_stripe_is_shown_and_keeps_the_music(shop, stripe, paid):
    refund = stripe.refund_at_stripe(paid, 400)
    for _ in range(2):
        tell(shop, stripe.event_about(stripe.charge_of(paid), "charge.refunded"))
        tell(shop, stripe.event_about(refund, "refund.created"))
    [row] = shop.rows(Refund)
    assert (row.amount_cents, row.requested_by, row.provider_id) == (400, "", refund["id"])
    assert order_of(shop).refunded_cents == 400
    assert is_owned(shop)
    assert counters(shop, CreditNote) == [("test-cn", 1)]
    assert kinds(shop) == ["receipt", "credit-note"]


def test_a_refund_that_no_event_told_of_is_found_by_looking(shop, stripe, paid):
    stripe.refund_at_stripe(paid, 400)
    stripe.refund_at_stripe("pi_of_another_shop", 400)
    look_for_changes(shop.registry)
    assert order_of(shop).refunded_cents == 400
    look_for_changes(shop.registry)
    assert kinds(shop) == ["receipt", "credit-note"]


def test_a_dispute_is_shown_to_the_owner_with_its_deadline(shop, stripe, paid):
    dispute = stripe.dispute(paid, 900)
    tell(shop, stripe.event_about(dispute, "charge.dispute.created"))
    [row] = shop.rows(Dispute)
    assert timedelta(days=6) < row.due_date - utc_now() < timedelta(days=8)
    assert open_problems(shop) == ["disputed"]
    [mail] = shop.mails(OWNER)
    assert mail.kind == "dispute"
    assert "product not received" in " ".join(mail.text_body.split())
    assert "before " in mail.text_body
    assert is_owned(shop)


@pytest.mark.every_database
@pytest.mark.parametrize(("status", "keeps"), [("won", True), ("warning_closed", True), ("lost", False)])
def test_a_lost_dispute_takes_the_music_and_a_won_one_does_not(shop, stripe, paid, status, keeps):
    dispute = stripe.dispute(paid, 900)
    tell(shop, stripe.event_about(dispute, "charge.dispute.created"))
    dispute["status"] = status
    tell(shop, *[stripe.event_about(dispute, "charge.dispute.closed")] * 2)
    assert is_owned(shop) is keeps
    assert kinds(shop, OWNER) == ["dispute"] + ([] if keeps else ["order-problem"])
    assert open_problems(shop) == ([] if keeps else ["dispute-lost"])
    dispute["status"] = "won"
    tell(shop, stripe.event_about(dispute, "charge.dispute.funds_reinstated"))
    assert is_owned(shop)


@pytest.mark.every_database
def test_an_order_is_disputed_until_its_last_dispute_is_over(shop, stripe, paid):
    first, second = stripe.dispute(paid, 400), stripe.dispute(paid, 500)
    tell(shop, stripe.event_about(first, "charge.dispute.created"))
    first["status"] = "won"
    tell(shop, stripe.event_about(first, "charge.dispute.closed"))
    assert open_problems(shop) == ["disputed"]
    second["status"] = "won"
    tell(shop, stripe.event_about(second, "charge.dispute.closed"))
    assert open_problems(shop) == []


def test_a_lost_dispute_is_the_end_of_money_for_which_nothing_was_delivered(shop, stripe, browser):
    session_id = session_of(place(browser))
    session = stripe.pay(session_id)
    session["amount_total"] = 1_200
    tell(shop, stripe.event(session_id))
    dispute = stripe.dispute(session["payment_intent"], 1_200, "lost")
    tell(shop, stripe.event_about(dispute, "charge.dispute.closed"))
    assert open_problems(shop) == ["dispute-lost"]
    assert "nothing was delivered" in browser.get(f"/purchases/{order_of(shop).id}")
    assert kinds(shop, OWNER) == ["order-problem", "dispute", "order-problem"]


def test_a_refund_may_be_heard_of_before_its_payment(shop, stripe, browser):
    session_id = session_of(place(browser))
    paid = stripe.pay(session_id)["payment_intent"]
    refund = stripe.refund_at_stripe(paid, 900)
    tell(shop, stripe.event_about(refund, "refund.created"))
    assert order_of(shop).refunded_cents == 900
    assert counters(shop, Receipt) == [("test", 1)]
    assert counters(shop, CreditNote) == [("test-cn", 1)]
    tell(shop, stripe.event(session_id))
    assert sorted(kinds(shop)) == ["credit-note", "receipt"]


@pytest.mark.parametrize("metadata", [None, {}, {"store_id": "another"}])
def test_refunds_of_other_stores_on_the_account_have_no_effect(shop, stripe, paid, metadata):
    stripe.intents["pi_other"] = 900
    refund = stripe.refund_at_stripe("pi_other", 900) | {"metadata": metadata}
    tell(shop, stripe.event_about(refund, "refund.created"))
    assert shop.rows(Refund) == []
    assert all(event.applied_date for event in shop.rows(ProviderEvent))


@pytest.mark.parametrize("money", [None, 1, "x" * 300, ["pi_1"]])
def test_an_event_about_no_money_is_stored_without_effect_or_refused(shop, stripe, money):
    thing = {"id": "re_1", "payment_intent": money, "metadata": {}}
    event = {"id": "evt_1", "type": "refund.created", "livemode": False, "data": {"object": thing}}
    post_event(shop, signed(json.dumps(event)), status=200 if money is None else 400)
    calls = len(stripe.calls)
    apply_events(shop.registry)
    assert len(stripe.calls) == calls


def test_refunds_of_the_other_mode_have_no_effect(shop, stripe, paid):
    refund = stripe.refund_at_stripe(paid, 900)
    event = {"id": "evt_x", "type": "refund.created", "livemode": True, "data": {"object": refund}}
    tell(shop, signed(json.dumps(event)))
    assert shop.rows(Refund) == []


def test_an_event_about_money_waits_while_stripe_is_down(clock, shop, stripe, paid):
    refund = stripe.refund_at_stripe(paid, 900)
    stripe.trouble = ["down"] * 2
    tell(shop, stripe.event_about(refund, "refund.created"))
    assert shop.rows(Refund) == []
    clock.shift(61)
    apply_events(shop.registry)
    assert order_of(shop).refunded_cents == 900


@pytest.fixture
def slow_session(shop, stripe, browser):
    """A session that was paid by a direct debit, which takes days."""
    session_id = session_of(place(browser))
    stripe.pay_in_days(session_id)
    tell(shop, stripe.event(session_id))
    return session_id


def test_a_payment_that_takes_days_is_settled_by_its_event(shop, stripe, slow_session):
    assert order_of(shop).paid_date is None
    stripe.pay_in_days_succeeded(slow_session)
    tell(shop, stripe.event(slow_session, "async_payment_succeeded"))
    assert is_owned(shop)


def test_a_payment_that_fails_after_days_is_ended_by_its_event_and_another_may_follow(
    shop, stripe, browser, slow_session
):
    stripe.pay_in_days_failed(slow_session)
    tell(shop, stripe.event(slow_session, "async_payment_failed"))
    settle_everything(shop)
    assert shop.rows(Payment)[0].closed_date is not None
    assert shop.rows(Purchase) == []
    assert session_of(place(browser)) != slow_session


def test_while_a_payment_takes_days_its_order_says_so_and_offers_nothing_that_fails(
    shop, stripe, browser, slow_session
):
    path = f"/purchases/{order_of(shop).id}"
    page = browser.get(path)
    assert "Your payment is being processed, which may take some days." in page
    assert [link.text for link in page.html.select(".order-actions a")] == ["Look again"]
    assert page.html.select(".order-actions form") == []
    assert browser.get(f"/checkout/{order_of(shop).id}/pay", status=303).location.endswith(path)
    assert "is being processed" in page.click("Look again").follow()
    stripe.pay_in_days_failed(slow_session)
    again = browser.get(f"/checkout/{order_of(shop).id}/pay", status=303).follow(status=303)
    assert again.location.startswith(stripe.url)
    assert session_of(again) != slow_session
