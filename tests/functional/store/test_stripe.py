"""Buying with Stripe, which a double stands in for: sessions, events, and every kind of trouble."""

import itertools
import json
import time
from typing import Any

import pytest
from sqlalchemy import delete, update

from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.provider_event import ProviderEvent
from album_store.data.purchase import Purchase
from album_store.data.receipt import Receipt
from album_store.data.receipt_counter import ReceiptCounter
from album_store.data.store_identity import StoreIdentity
from album_store.services.account.attempt_service import PAYMENT_CHECK
from album_store.services.store import payment_service
from album_store.services.store.event_service import BATCH
from album_store.worker import payment_task
from album_store.worker.daily_tasks import purge
from album_store.worker.payment_task import apply_events
from tests.support.buyer import add, add_album, settle_everything
from tests.support.factories import PASSWORD, add_account
from tests.support.order_problems import open_problems
from tests.support.store_driver import form_at
from tests.support.stripe_double import WEBHOOK_SECRET, signed, stripe_settings
from tests.support.stripe_shop import place, post_event, session_of


def check_sold_once(shop):
    """Check that one order was paid, with everything that belongs to it once."""
    assert len(shop.rows(Order, Order.paid_date.is_not(None))) == 1
    assert open_problems(shop) == []
    assert len(shop.rows(Purchase)) == 1
    assert [(row.series, row.number) for row in shop.rows(Receipt)] == [("test", 1)]
    assert [mail.kind for mail in shop.mails()] == ["receipt"]


def test_a_buyer_is_led_to_stripe_and_back(shop, stripe, browser):
    checkout = add(browser)
    policy = checkout.headers["Content-Security-Policy"]
    assert f"form-action 'self' {stripe.url};" in policy
    assert stripe.url not in browser.get("/albums/tide").headers["Content-Security-Policy"]
    answer = place(browser)
    assert answer.location == f"{stripe.url}/pay/cs_test_1"
    session = stripe.pay("cs_test_1")
    assert session["currency"] == "eur"
    page = browser.get(session["success_url"]).follow()
    assert page.html.h1.text == "Your music"
    check_sold_once(shop)


def test_an_event_alone_completes_the_order(shop, stripe, browser):
    session_id = session_of(place(browser))
    stripe.pay(session_id)
    post_event(shop, stripe.event(session_id))
    assert shop.rows(Purchase) == []
    assert apply_events(shop.registry) == 1
    check_sold_once(shop)


@pytest.mark.every_database
def test_an_event_that_comes_ten_times_has_one_effect(shop, stripe, browser):
    session_id = session_of(place(browser))
    stripe.pay(session_id)
    event = stripe.event(session_id)
    for _ in range(10):
        post_event(shop, event)
        apply_events(shop.registry)
    assert len(shop.rows(ProviderEvent)) == 1
    check_sold_once(shop)


def test_news_of_a_payment_may_come_in_any_order(shop, stripe):
    orders = list(itertools.permutations(["completed", "expired", "return", "worker"]))
    for number, order in enumerate(orders, start=1):
        browser = shop.browser()
        session_id = session_of(place(browser, f"buyer{number}@example.org"))
        session = stripe.pay(session_id)
        for news in order:
            if news == "return":
                browser.get(session["success_url"])
            elif news == "worker":
                settle_everything(shop)
            else:
                post_event(shop, stripe.event(session_id, news))
                apply_events(shop.registry)
        assert len(shop.rows(Purchase)) == number, order
    assert len(orders) == 24
    assert [row.number for row in shop.rows(Receipt)] == list(range(1, 25))
    assert [mail.kind for mail in shop.mails()] == ["receipt"] * 24
    assert open_problems(shop) == []


@pytest.mark.every_database
@pytest.mark.parametrize("trouble", ["down", "cut", "garbage"])
def test_a_session_is_opened_once_although_the_answer_was_lost(shop, stripe, browser, trouble):
    stripe.trouble = [trouble] if trouble == "garbage" else [trouble] * 2  # the library tries twice
    trouble_page = place(browser)
    assert trouble_page.status_int == 503
    assert "you will not be charged twice" in trouble_page
    assert trouble_page.headers["Retry-After"]
    order_page = trouble_page.click("Back to your order")
    answer = order_page.click("Go on to payment")
    assert list(stripe.sessions) == [session_of(answer)]
    stripe.pay(session_of(answer))
    settle_everything(shop)
    check_sold_once(shop)


def test_a_payment_whose_failure_stripe_remembers_gets_another_attempt(shop, stripe, browser):
    stripe.trouble = ["lost"]
    order_page = place(browser).click("Back to your order")
    answer = order_page.click("Go on to payment")
    assert len(shop.rows(Order)) == 1
    assert len(shop.rows(Payment)) == 2
    stripe.pay(session_of(answer))
    browser.get(stripe.sessions[session_of(answer)]["success_url"])
    check_sold_once(shop)


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("name", "value"),
    [("amount_total", 1), ("currency", "usd"), ("client_reference_id", "0" * 32), ("livemode", True)],
)
def test_a_payment_that_differs_from_its_order_grants_nothing_and_the_owner_is_told(shop, stripe, browser, name, value):
    session_id = session_of(place(browser))
    session = stripe.pay(session_id)
    session[name] = value
    page = browser.get(session["success_url"]).follow()
    assert "does not match the order" in page
    assert shop.rows(Purchase) == shop.rows(Receipt) == []
    assert open_problems(shop) == ["differs"]
    assert [mail.recipient for mail in shop.mails()] == ["store@example.org"]


def test_a_cancelled_order_that_was_paid_at_the_same_time_is_paid(shop, stripe, browser):
    session_id = session_of(place(browser))
    [order] = shop.rows(Order)
    page = browser.get(f"/purchases/{order.id}")
    stripe.pay(session_id)
    done = form_at(page, f"/checkout/{order.id}/cancel").submit().follow()
    assert done.html.h1.text == "Your music"
    check_sold_once(shop)


def test_a_payment_after_the_end_of_its_session_is_delivered_and_shown_to_the_owner(shop, stripe, browser):
    session_id = session_of(place(browser))
    [order] = shop.rows(Order)
    form_at(browser.get(f"/purchases/{order.id}"), f"/checkout/{order.id}/cancel").submit()
    stripe.sessions[session_id] |= {"status": "complete", "payment_status": "paid"}
    post_event(shop, stripe.event(session_id, "async_payment_succeeded"))
    apply_events(shop.registry)
    assert open_problems(shop) == ["came-late"]
    assert len(shop.rows(Purchase)) == 1
    assert sorted(mail.kind for mail in shop.mails()) == ["order-problem", "receipt"]


def test_a_session_whose_id_was_not_written_is_found_by_its_order(shop, stripe, browser):
    session_id = session_of(place(browser))
    [payment] = shop.rows(Payment)
    shop.change(Payment, payment.id, session_id=None, url="")
    stripe.pay(session_id)
    post_event(shop, stripe.event(session_id))
    apply_events(shop.registry)
    check_sold_once(shop)


def test_a_lost_session_belongs_to_the_payment_that_is_open(clock, shop, stripe, browser):
    stripe.trouble = ["down"] * 2
    place(browser)
    [order] = shop.rows(Order)
    clock.shift(45 * 60)
    # Too late for the first payment: another takes its place.
    refused = browser.get(f"/checkout/{order.id}/pay", status=503)
    assert refused.html.h1.text == "The payment provider refuses this payment"
    assert refused.html.select_one("main .lede a")["href"] == "mailto:store@example.org"
    stripe.trouble = ["cut"] * 2
    browser.get(f"/checkout/{order.id}/pay", status=503)
    [session_id] = stripe.sessions
    stripe.pay(session_id)
    post_event(shop, stripe.event(session_id))
    apply_events(shop.registry)
    check_sold_once(shop)
    assert [row.session_id for row in shop.rows(Payment)] == [None, session_id]


def test_events_of_other_stores_on_the_account_are_stored_without_effect(shop, stripe, browser):
    session_id = session_of(place(browser))
    stripe.pay(session_id)
    stripe.sessions[session_id]["metadata"]["store_id"] = "another"
    post_event(shop, stripe.event(session_id))
    calls = len(stripe.calls)
    assert apply_events(shop.registry) == 0
    assert len(stripe.calls) == calls
    assert [row.session_id for row in shop.rows(ProviderEvent)] == [""]


@pytest.mark.parametrize("kind", ["charge.succeeded", "payout.paid", "customer.created", "x" * 300])
def test_events_that_mean_nothing_here_are_stored_without_effect(shop, kind):
    event = {"id": "evt_1", "type": kind, "livemode": False, "data": {"object": {"id": "ch_1"}}}
    post_event(shop, signed(json.dumps(event)), status=400 if len(kind) > 255 else 200)
    assert apply_events(shop.registry) == 0


@pytest.mark.parametrize("thing", [{"object": "balance"}, {"object": "invoice", "id": None}])
def test_events_about_things_without_an_id_are_stored_without_effect(shop, thing):
    event = {"id": "evt_1", "type": "balance.available", "livemode": False, "data": {"object": thing}}
    post_event(shop, signed(json.dumps(event)))
    assert [row.session_id for row in shop.rows(ProviderEvent)] == [""]


EVENT = json.dumps({"id": "evt_1", "type": "payout.paid", "livemode": False, "data": {"object": {"id": "po_1"}}})


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (EVENT, {}),
        (EVENT, {"Stripe-Signature": ""}),
        (EVENT, {"Stripe-Signature": "t=,v1="}),
        (EVENT, {"Stripe-Signature": "t=1,v1=é".encode().decode("latin-1")}),
        (EVENT, {"Stripe-Signature": "v1=" + "0" * 64}),
        (EVENT, signed(EVENT, "whsec_wrong")[1]),
        (EVENT.replace("payout", "refund"), signed(EVENT)[1]),
        (EVENT, signed(EVENT, WEBHOOK_SECRET, int(time.time()) - 400)[1]),
        (EVENT, signed(EVENT, WEBHOOK_SECRET, int(time.time()) + 4_000)[1]),
        signed(""),
        signed("null"),
        signed("[]"),
        signed("{"),
        signed('"text"'),
        signed("[" * 5_000),
        signed('{"id": 1, "type": 2, "livemode": false, "data": {"object": {"id": 3}}}'),
        signed('{"id": "evt", "type": "a", "livemode": "no", "data": {"object": {"id": "b"}}}'),
        signed('{"id": "evt", "type": "a", "livemode": false, "data": {"object": null}}'),
        signed('{"id": "evt", "type": "a", "livemode": false, "data": []}'),
        (b"\xff\xfe", {"Stripe-Signature": "t=1,v1=00"}),
    ],
)
def test_what_is_not_an_event_of_stripe_gets_a_400(shop, body, headers):
    answer = shop.browser().post("/payments/stripe", body, headers=headers, status=400)
    assert answer.content_type == "text/plain"
    assert shop.rows(ProviderEvent) == []


def test_an_old_webhook_secret_still_works_during_a_rotation(shop):
    post_event(shop, signed(EVENT, "whsec_old"))


def test_the_webhook_takes_only_posts_of_a_bounded_size(shop):
    shop.browser().get("/payments/stripe", status=404)
    shop.browser().post("/payments/stripe", "x" * 70_000, status=413)


def test_an_event_waits_while_stripe_is_down_and_is_applied_later(clock, shop, stripe, browser):
    session_id = session_of(place(browser))
    stripe.pay(session_id)
    post_event(shop, stripe.event(session_id))
    stripe.trouble = ["down"] * 2
    assert apply_events(shop.registry) == 0
    assert apply_events(shop.registry) == 0  # it is not asked about again and again
    clock.shift(61)
    assert apply_events(shop.registry) == 1
    check_sold_once(shop)


def test_an_event_is_not_deleted_before_it_is_applied(clock, make_store, stripe, tmp_path):
    shop = make_store(**stripe_settings(stripe) | {"audit__days": "1"})
    add_album(shop, tmp_path, "Tide", price_cents=900, url="tide")
    session_id = session_of(place(shop.browser()))
    stripe.pay(session_id)
    post_event(shop, stripe.event(session_id))
    clock.shift(2 * 86_400)
    purge(shop.registry)
    assert apply_events(shop.registry) == 1
    check_sold_once(shop)
    purge(shop.registry)
    assert shop.rows(ProviderEvent) == []


def test_events_of_sessions_that_stripe_does_not_know_delay_no_other(shop, stripe, browser):
    session_id = session_of(place(browser))
    for number in range(BATCH):
        stripe.sessions[f"cs_gone_{number}"] = stripe.sessions[session_id] | {"id": f"cs_gone_{number}"}
        post_event(shop, stripe.event(f"cs_gone_{number}"))
        del stripe.sessions[f"cs_gone_{number}"]
    stripe.pay(session_id)
    post_event(shop, stripe.event(session_id))
    assert [apply_events(shop.registry), apply_events(shop.registry)] == [0, 1]
    check_sold_once(shop)
    calls = len(stripe.calls)
    assert apply_events(shop.registry) == 0
    assert len(stripe.calls) == calls


def test_an_event_that_cannot_be_applied_delays_no_other(shop, stripe, browser):
    bad, good = session_of(place(browser)), session_of(place(shop.browser(), "dora@example.org"))
    for session_id in (bad, good):
        stripe.pay(session_id)
        post_event(shop, stripe.event(session_id))
    stripe.sessions[bad] = stripe.sessions[bad] | {"currency": None}
    assert apply_events(shop.registry) == 1
    check_sold_once(shop)


def test_all_open_payments_are_reconciled(shop, stripe):
    for number in range(BATCH + 1):
        stripe.pay(session_of(place(shop.browser(REMOTE_ADDR=f"192.0.2.{number}"), f"buyer{number}@example.org")))
    assert settle_everything(shop) == BATCH + 1
    assert len(shop.rows(Purchase)) == BATCH + 1


def test_payments_that_cannot_be_settled_are_tried_once_at_a_time(shop, stripe, monkeypatch):
    monkeypatch.setattr(payment_service, "BATCH", 1)
    monkeypatch.setattr(payment_task, "BATCH", 1)
    for number in range(2):
        stripe.pay(session_of(place(shop.browser(), f"buyer{number}@example.org")))
    with shop.db_sessions.begin() as dbsession:
        dbsession.execute(delete(ReceiptCounter))
    calls = len(stripe.calls)
    assert settle_everything(shop) == 0
    assert len(stripe.calls) == calls + 2
    assert [row.paid_date for row in shop.rows(Order)] == [None, None]


def test_a_payment_is_not_given_up_before_stripe_has_answered(clock, shop, stripe, browser):
    stripe.pay(session_of(place(browser)))
    clock.shift(100 * 86_400)
    stripe.trouble = ["down"] * 2
    assert settle_everything(shop) == 0
    purge(shop.registry)
    assert settle_everything(shop) == 1
    check_sold_once(shop)


def test_a_payment_that_stripe_does_not_know_is_given_up_in_the_end(clock, shop, stripe, browser):
    stripe.sessions.pop(session_of(place(browser)))
    settle_everything(shop)
    assert shop.rows(Payment)[0].closed_date is None
    clock.shift(100 * 86_400)
    settle_everything(shop)
    purge(shop.registry)
    assert shop.rows(Order) == []


def test_a_payment_that_is_being_processed_is_not_called_cancelled(shop, stripe, browser):
    session_id = session_of(place(browser))
    [order] = shop.rows(Order)
    page = browser.get(f"/purchases/{order.id}")
    stripe.sessions[session_id] |= {"status": "complete", "payment_status": "unpaid"}
    answer = form_at(page, f"/checkout/{order.id}/cancel").submit().follow()
    assert "You have not been charged" not in answer
    assert "can't be cancelled any more" in answer
    stripe.sessions[session_id] |= {"payment_status": "paid"}
    settle_everything(shop)
    check_sold_once(shop)


def test_a_buyer_who_comes_back_after_the_end_of_the_page_gets_another(clock, shop, stripe, browser):
    place(browser)
    [order] = shop.rows(Order)
    page = browser.get(f"/purchases/{order.id}")
    clock.shift(3_601)
    answer = page.click("Go on to payment").follow()
    assert session_of(answer) == "cs_test_2"
    assert [row.closed_date is None for row in shop.rows(Payment)] == [False, True]
    stripe.pay("cs_test_2")
    browser.get(stripe.sessions["cs_test_2"]["success_url"])
    check_sold_once(shop)


def test_a_buyer_who_paid_at_the_last_moment_is_not_asked_again(clock, shop, stripe, browser):
    stripe.pay(session_of(place(browser)))
    [order] = shop.rows(Order)
    clock.shift(3_601)
    page = browser.get(f"/checkout/{order.id}/pay", status=303).follow().follow()
    assert page.html.h1.text == "Your music"
    check_sold_once(shop)


def test_a_page_that_is_over_by_our_clock_alone_is_still_used(clock, shop, stripe, browser):
    place(browser)
    [order] = shop.rows(Order)
    stripe.sessions["cs_test_1"]["expires_at"] += 60
    clock.shift(3_601)
    assert session_of(browser.get(f"/checkout/{order.id}/pay", status=303)) == "cs_test_1"
    stripe.trouble = ["down"] * 2
    browser.get(f"/checkout/{order.id}/pay", status=503)
    assert len(shop.rows(Payment)) == 1


def test_a_payment_that_was_never_opened_can_be_cancelled(clock, shop, stripe, browser):
    stripe.trouble = ["down"] * 2
    page = place(browser).click("Back to your order")
    clock.shift(45 * 60)  # Stripe wants to hear half an hour before a session ends
    [order] = shop.rows(Order)
    answer = form_at(page, f"/checkout/{order.id}/cancel").submit(status=303).follow()
    assert "You have not been charged" in answer
    assert shop.rows(Payment)[0].closed_date is not None


@pytest.mark.parametrize("body", [{}, {"id": "cs_1"}, {"id": "cs_1", "url": None}, {"id": 1, "url": "/"}, []])
def test_an_answer_that_makes_no_sense_is_no_payment_page(shop, stripe, browser, monkeypatch, body):
    monkeypatch.setattr(stripe, "_answer", lambda _request: (200, body))
    assert place(browser).status_int == 503
    assert shop.rows(Payment)[0].session_id is None


@pytest.mark.parametrize("signed_in", [True, False])
def test_stripe_is_never_called_while_the_database_is_locked(shop, stripe, signed_in, monkeypatch):
    free = []
    answer = stripe._answer

    def look(request: Any) -> Any:
        with shop.db_sessions.begin_nowait() as dbsession:
            free.append(dbsession.execute(update(StoreIdentity).values(id=StoreIdentity.id)).rowcount)
        return answer(request)

    monkeypatch.setattr(stripe, "_answer", look)
    if signed_in:
        add_account(shop.db_sessions, shop.registry.password_hasher.hash(PASSWORD))
    browser = shop.signed_in() if signed_in else shop.browser()
    session_id = session_of(place(browser, "" if signed_in else "carol@example.org"))
    [order] = shop.rows(Order)
    page = browser.get(f"/purchases/{order.id}")
    browser.get(f"/checkout/{order.id}/return")
    form_at(page, f"/checkout/{order.id}/cancel").submit()
    post_event(shop, stripe.event(session_id))
    apply_events(shop.registry)
    settle_everything(shop)
    assert free == [1] * len(stripe.calls)
    assert len(free) == 4


@pytest.mark.every_database
def test_a_buyer_whose_event_never_comes_gets_the_album_all_the_same(shop, stripe, browser):
    stripe.pay(session_of(place(browser)))
    assert settle_everything(shop) == 1
    check_sold_once(shop)


def test_orders_of_test_payments_deliver_nothing_once_the_store_takes_real_money(shop, make_store, stripe, browser):
    session_id = session_of(place(browser))
    page = browser.get(stripe.pay(session_id)["success_url"]).follow()
    link = shop.mailed_link("carol@example.org")
    live = make_store(**stripe_settings(stripe) | {"stripe__secret_key": "sk_live_double"})
    phone = live.browser()
    phone.get(link).follow(status=404)
    for name, value in browser.cookies.items():
        phone.set_cookie(name, value)
    phone.get(page.request.path, status=404)
    assert "Buy album" in phone.get("/albums/tide")


def test_a_visitor_cannot_have_the_provider_asked_without_end(shop, stripe, browser):
    path = f"/checkout/{shop.rows(Order)[0].id}" if place(browser).status_int == 303 else ""
    stripe.calls.clear()
    for _ in range(PAYMENT_CHECK.client.rates[0].amount + 5):
        assert browser.get(f"{path}/return", status=303).location.endswith(path.replace("checkout", "purchases"))
    assert len(stripe.calls) == PAYMENT_CHECK.client.rates[0].amount - 1  # one opened the session


def test_a_visitor_cannot_have_a_session_opened_without_end(shop, stripe, browser):
    limit = PAYMENT_CHECK.client.rates[0].amount
    stripe.trouble += ["down"] * 3 * limit
    place(browser)
    path = f"/checkout/{shop.rows(Order)[0].id}/pay"
    statuses = [browser.get(path, expect_errors=True).status_int for _ in range(limit)]
    assert statuses == [503] * (limit - 1) + [429]
