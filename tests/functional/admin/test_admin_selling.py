"""The page that says what is missing before the store can sell, and its test of the payment provider."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update

from album_store.data.audit_entry import AuditEntry
from album_store.data.gateway_test import GatewayTest
from album_store.data.order import Order
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.payment import Payment
from album_store.data.provider_event import ProviderEvent
from album_store.data.store_identity import StoreIdentity
from album_store.data.types import utc_now
from album_store.infrastructure.money import to_decimal
from album_store.infrastructure.payments.charge_limits import can_be_charged
from album_store.services.account.attempt_service import ACTIONS, FORM, PAYMENT_CHECK
from album_store.services.admin import sale_count_service
from album_store.services.admin.gateway_test_service import AMOUNT_CENTS
from album_store.viewmodels.admin import selling_viewmodel
from album_store.viewmodels.admin.overview_viewmodel import ALARMS
from album_store.worker.payment_task import apply_events
from tests.support.buyer import add_album
from tests.support.factories import make_album, make_artist, make_track
from tests.support.store_driver import form_at
from tests.support.stripe_double import stripe_settings

PATH = "/admin/selling"


@pytest.fixture
def shop(make_store, stripe, ada):
    """A store with test keys of Stripe."""
    return make_store(**stripe_settings(stripe))


@pytest.fixture
def admin(shop):
    """Ada's browser."""
    return shop.signed_in("ada@example.org")


def checks(page, section="checks"):
    """The verdict of each check of a section, by its sentence."""
    rows = page.html.select(f'section[aria-labelledby="{section}"] .records li')
    return {" ".join(row.p.text.split()).removeprefix(f"{row.span.text} "): row.span.text for row in rows}


def verdict(page, beginning, section="checks"):
    """The verdict of the one check whose sentence begins so."""
    [found] = [word for sentence, word in checks(page, section).items() if sentence.startswith(beginning)]
    return found


def connection(browser):
    """Press the button. Returns what the page then says of the connection."""
    return press(browser).follow()


def press(browser, **expected: Any):
    return form_at(browser.get(PATH), f"{PATH}/test_connection").submit(**expected)


@pytest.mark.parametrize(
    ("changes", "beginning", "expected"),
    [
        ({"payments__gateway": "none"}, "Nothing can be bought", "missing"),
        ({}, "Payments are only simulated", "missing"),
        ({}, "Buyers must know who sells", "missing"),
        ({"seller__address": "1 Quay"}, "Receipts name the seller: Test Records, 1 Quay.", "ready"),
        ({}, "The checkout has no link to your terms", "missing"),
        ({"seller__terms_url": "https://example.org/terms"}, "The checkout links to your terms", "ready"),
        ({}, "The checkout has no link to your privacy notice", "missing"),
        ({"seller__privacy_url": "https://example.org/p"}, "The checkout links to your privacy notice", "ready"),
        ({}, "Buyers cannot withdraw from a purchase", "check this"),
        ({"checkout__withdrawal": "consent"}, "Buyers can withdraw for 14 days", "ready"),
        ({}, "http://localhost is not encrypted", "missing"),
        ({}, "Receipts are kept in files", "missing"),
        ({}, "Emails come from store@example.org", "ready"),
    ],
)
def test_each_setting_that_selling_needs_is_said_in_words(make_store, store, ada, changes, beginning, expected):
    if changes:
        store = make_store(**changes)
    assert verdict(store.signed_in("ada@example.org").get(PATH), beginning) == expected


def test_test_keys_are_told_from_live_keys(shop, admin, make_store, stripe):
    assert verdict(admin.get(PATH), "The keys of Stripe are test keys") == "check this"
    live = make_store(**stripe_settings(stripe) | {"stripe__secret_key": "sk_live_1"})
    assert verdict(live.signed_in("ada@example.org").get(PATH), "Payments come through Stripe") == "ready"


def test_emails_that_failed_are_said(store, ada_at):
    mail = {"kind": "receipt", "recipient": "carol@example.org", "subject": "x", "next_attempt_date": None}
    store.add(OutgoingMail(**mail, failed_date=utc_now()))
    assert verdict(ada_at.get(PATH), "An email could not be delivered") == "missing"


def test_albums_are_counted_by_what_keeps_them_from_being_sold(store, ada_at, tmp_path):
    add_album(store, tmp_path, "Sold", price_cents=900)
    add_album(store, tmp_path, "Gift", price_cents=0)
    add_album(store, tmp_path, "Cheap", price_cents=10)
    add_album(store, tmp_path, "Chosen", price_cents=10, minimum_cents=0)
    add_album(store, tmp_path, "Soon", release_date=utc_now().date() + dt.timedelta(days=9))
    add_album(store, tmp_path, "Kept", for_sale=False)
    add_album(store, tmp_path, "Hidden", published=False)
    store.add(make_album("Silent"), make_album("Empty", tracks=[]), make_album("Half", tracks=[make_track()]))
    section = ada_at.get(PATH).html.select_one('section[aria-labelledby="albums"]')
    assert "3 albums can be bought." in " ".join(section.text.split())
    assert [row.text for row in section.select("li")] == [
        "3 albums without a recording for each track (the audio column of the catalogue)",
        "1 album with a price that payment providers do not accept",
        "1 album not for sale",
        "1 album not released yet",
        "1 album not published",
    ]


def test_a_store_that_sells_nothing_has_no_connection_to_test(make_store, ada):
    store = make_store(payments__gateway="none")
    browser = store.signed_in("ada@example.org")
    page = browser.get(PATH)
    assert "Test connection" not in page
    fields = {"csrf_token": browser.cookies["csrf"]}
    browser.post(f"{PATH}/test_connection", fields, status=404)
    assert store.rows(GatewayTest) == []


@pytest.mark.every_database
def test_the_test_opens_and_closes_a_session_and_then_waits_for_its_event(shop, stripe, admin):
    assert verdict(admin.get(PATH), "The connection has not been tested", "connection") == "check this"
    page = connection(admin)
    [session] = stripe.sessions.values()
    assert (session["status"], session["payment_status"]) == ("expired", "unpaid")
    assert verdict(page, "The provider was reached on", "connection") == "ready"
    assert verdict(page, "Waiting for the event", "connection") == "check this"
    [entry] = shop.rows(AuditEntry)
    assert (entry.action, entry.actor, entry.target) == ("connection-tested", "ada@example.org", "stripe")
    assert "tested the connection to stripe" in " ".join(admin.get("/admin/actions").html.main.text.split())


@pytest.mark.every_database
def test_the_webhook_works_once_the_event_of_that_session_is_stored(shop, stripe, admin):
    connection(admin)
    other = stripe.sessions["cs_test_1"] | {"id": "cs_test_other"}
    stripe.sessions["cs_test_other"] = other
    for session_id, expected in (("cs_test_other", "Waiting for the event"), ("cs_test_1", "The webhook works")):
        body, headers = stripe.event(session_id, "expired")
        shop.browser().post("/payments/stripe", body, headers=headers, status=200)
        assert verdict(admin.get(PATH), expected, "connection")
    assert apply_events(shop.registry) == 0
    assert [row.applied_date is None for row in shop.rows(ProviderEvent)] == [False, False]
    assert shop.rows(Order) == shop.rows(Payment) == shop.mails() == []


@pytest.mark.parametrize(
    ("behind_s", "sentence"),
    [
        (0, ""),
        (50, ""),
        (200, "The clock of this server was 200 seconds ahead of that of the provider."),
        (-200, "The clock of this server was 200 seconds behind that of the provider."),
    ],
)
def test_a_clock_that_differs_by_more_than_a_minute_is_said(shop, stripe, admin, behind_s, sentence):
    stripe.clock_behind_s = behind_s
    found = checks(connection(admin), "connection")
    [test] = shop.rows(GatewayTest)
    assert abs(test.clock_difference_s - behind_s) <= 2
    test_says = [text for text in found if text.startswith("The clock")]
    assert len(test_says) == (1 if sentence else 0)
    words = sentence.replace("200", str(abs(test.clock_difference_s)))
    assert not sentence or test_says[0].startswith(words)


@pytest.mark.parametrize(("trouble", "reason"), [("down", "503"), ("garbage", "")])
def test_a_provider_that_does_not_answer_is_said(shop, stripe, admin, trouble, reason):
    stripe.trouble = [trouble] * 2
    page = connection(admin)
    [sentence] = checks(page, "connection")
    assert sentence.startswith("The provider could not be reached on")
    assert reason in sentence
    assert [row.session_id for row in shop.rows(GatewayTest)] == [""]


@pytest.mark.parametrize(
    ("currency", "for_one_dollar"),
    [
        ("EUR", 1),
        ("JPY", 150),
        ("KWD", 1),
        ("COP", 4_300),
        ("VND", 26_000),
        ("IDR", 17_000),
        ("LBP", 90_000),
        ("ISK", 130),
    ],
)
def test_the_amount_of_the_test_can_be_charged_in_strong_and_weak_currencies(currency, for_one_dollar):
    assert can_be_charged(AMOUNT_CENTS, currency)
    assert to_decimal(AMOUNT_CENTS, currency) >= for_one_dollar


def test_the_local_gateway_says_that_it_sends_no_events(store, ada_at):
    found = checks(connection(ada_at), "connection")
    assert list(found.values()) == ["ready", "ready"]
    assert "This gateway sends no events." in found


@pytest.mark.every_database
def test_the_provider_is_not_called_while_the_database_is_locked(shop, stripe, admin, monkeypatch):
    free, answer = [], stripe._answer

    def look(request: Any) -> Any:
        with shop.db_sessions.begin_nowait() as dbsession:
            free.append(dbsession.execute(update(StoreIdentity).values(id=StoreIdentity.id)).rowcount)
        return answer(request)

    monkeypatch.setattr(stripe, "_answer", look)
    connection(admin)
    assert free == [1, 1]


def test_an_admin_cannot_have_the_provider_asked_without_end(shop, stripe, admin):
    form = form_at(admin.get(PATH), f"{PATH}/test_connection")
    statuses = [form.submit(expect_errors=True).status_int for _ in range(PAYMENT_CHECK.client.rates[0].amount + 1)]
    assert statuses == [303] * (len(statuses) - 1) + [429]
    assert len(stripe.sessions) == len(statuses) - 1


def test_every_alarm_has_words(store, ada_at):
    assert set(ALARMS) == {action.name for action in ACTIONS}
    for _ in range(FORM.alarm.rates[0].amount + 1):
        store.registry.rate_limiter.hit(PAYMENT_CHECK.alarm, "")
    assert "questions to the payment provider" in ada_at.get("/admin")


def test_only_the_albums_that_were_added_last_are_counted(store, ada_at, monkeypatch):
    store.add(make_album("Old", published=False), *(make_album(f"New {number}", make_artist()) for number in range(2)))
    assert "At most" not in ada_at.get(PATH)
    monkeypatch.setattr(sale_count_service, "MAX_ALBUMS", 2)
    monkeypatch.setattr(selling_viewmodel, "MAX_ALBUMS", 2)
    page = ada_at.get(PATH)
    assert "2 albums without a recording" in page
    assert "not published" not in page
    assert "At most 2 albums are counted: those that were added last." in page
