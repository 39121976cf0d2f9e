"""The admin pages of orders."""

import pytest

from album_store.data.audit_entry import AuditEntry
from album_store.data.order import Order
from album_store.worker.refund_task import make_refunds
from tests.support.buyer import add_album, buy, download, order
from tests.support.refunds import refund_form, send_receipt
from tests.support.store_driver import form_at


@pytest.fixture
def bought(store, testapp, tmp_path):
    """The page of an order of “Tide” by a guest."""
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    return buy(testapp, email="carol@example.org")


def buyers(page):
    """Return the addresses in a list of orders."""
    return [row.select_one(".soft").text.partition(",")[0] for row in page.html.select(".records li")]


def test_an_order_is_listed_with_its_buyer_and_total(store, bought, ada_at):
    order(store.browser(), email="dave@example.org")
    rows = [row.text.split() for row in ada_at.get("/admin/orders").html.select(".records li")]
    assert [row[:3] for row in rows] == [["Tide,", "€9.00", "not"], ["Tide,", "€9.00", "carol@example.org,"]]


@pytest.mark.every_database
@pytest.mark.parametrize("wanted", ["carol@example.org", " CAROL@example.org ", "carol", "LOCAL-1", "local-1"])
def test_an_order_is_found_by_the_beginning_of_its_address_or_by_receipt_number(store, bought, ada_at, wanted):
    buy(store.browser(), email="dave@example.org")
    assert buyers(ada_at.get("/admin/orders", {"q": wanted})) == ["carol@example.org"]


def test_an_order_is_found_by_the_number_that_its_page_and_emails_show(store, bought, ada_at):
    buy(store.browser(), email="dave@example.org")
    [carols, _] = store.rows(Order)
    shown = ada_at.get(f"/admin/orders/{carols.id}").html.main.text
    assert f"Number of the order: {carols.id}" in shown
    for wanted in (carols.id, f" {carols.id.upper()} "):
        assert buyers(ada_at.get("/admin/orders", {"q": wanted})) == ["carol@example.org"]
    assert "No order has this" in ada_at.get("/admin/orders", {"q": "0" * 32})


@pytest.mark.every_database
@pytest.mark.parametrize("wanted", ["Tide", "tid", "TÍDE"])
def test_orders_are_found_by_the_beginning_of_an_albums_title(store, bought, ada_at, tmp_path, wanted):
    buy(store.browser(), email="dave@example.org")
    add_album(store, tmp_path, "Ebb", price_cents=900, url="ebb")
    buy(store.browser(), "ebb", "erin@example.org")
    assert buyers(ada_at.get("/admin/orders", {"q": wanted})) == ["dave@example.org", "carol@example.org"]


@pytest.mark.parametrize(
    "wanted", ["ide", "1", "LOCAL-9", "999999999", "TEST-1", "x" * 300, "\u0661", "%", "\U0010ffff"]
)
def test_a_search_without_a_match_says_so(bought, ada_at, wanted):
    assert "No order has this" in ada_at.get("/admin/orders", {"q": wanted})


def test_orders_with_a_problem_are_listed_apart_and_explained(store, bought, ada_at):
    buy(store.browser(), email="carol@example.org")
    for show in ("problems", "already-owned"):
        page = ada_at.get(f"/admin/orders?show={show}")
        assert [row.select_one(".mark").text for row in page.html.select(".records li")] == ["owned before"]
    assert "No problems are open." in ada_at.get("/admin/orders?show=differs")
    assert len(buyers(ada_at.get("/admin/orders?show=nonsense"))) == 2
    assert "Refund one of the payments" in page.click("Tide")


def test_the_page_of_an_order_tells_its_history(store, bought, ada_at):
    download(bought)
    store.deliver_mail()
    [row] = store.rows(Order)
    page = ada_at.get(f"/admin/orders/{row.id}")
    text = " ".join(page.html.main.text.split())
    for expected in (
        "receipt LOCAL-1",
        "carol@example.org, without an account",
        "192.0.2.7",
        "Ordered",
        "€9.00 came through the local gateway",
        "Downloaded Ada Sound - 01 - Tide 1.wav",
        "Email to carol@example.org written: Receipt LOCAL-1",
        "Email to carol@example.org delivered: Receipt LOCAL-1",
    ):
        assert expected in text
    ada_at.get("/admin/orders/" + "0" * 32, status=404)


def test_the_history_of_an_order_tells_who_did_what(store, bought, ada_at):
    [row] = store.rows(Order)
    path = f"/admin/orders/{row.id}"
    send_receipt(ada_at, row.id, status=303)
    form = form_at(ada_at.get(path), f"{path}/address")
    form["email"] = "dora@example.org"
    form.submit(status=303)
    refund_form(ada_at, row.id, lines=[0]).submit(status=303)
    make_refunds(store.registry)
    text = " ".join(ada_at.get(path).html.select(".records")[-1].text.split())
    for expected in (
        "Receipt sent again by ada@example.org",
        "Address corrected by ada@example.org: carol@example.org to dora@example.org",
        "Refund of €9.00 asked for by ada@example.org: She asked for it",
        "Refund of €9.00 succeeded as local_re_",
        "Access to Tide ended",
    ):
        assert expected in text
    assert ada_at.get("/admin/actions").html.select(f'a[href="{path}"]')[2:], "each action leads to the order"


def test_the_history_does_not_call_money_that_bought_nothing_delivered(store, bought, ada_at):
    [row] = store.rows(Order)
    store.change(Order, row.id, is_held=True)
    text = ada_at.get(f"/admin/orders/{row.id}").html.select(".records")[-1].text
    assert "Paid, but nothing was delivered" in text
    assert "Paid and delivered" not in text


def test_the_receipt_is_sent_again_with_a_new_link_and_audited(store, bought, ada_at):
    [row] = store.rows(Order)
    assert "We're sending the buyer the receipt again." in send_receipt(ada_at, row.id, status=303).follow()
    first, second = store.mails("carol@example.org")
    assert (second.kind, second.subject) == ("receipt", first.subject)
    assert store.link_in(first) != store.link_in(second)
    assert store.browser().get(store.link_in(second)).follow().html.h1.text == "Your music"
    [entry] = store.rows(AuditEntry)
    assert (entry.action, entry.actor, entry.target) == ("receipt-sent", "ada@example.org", row.id)
    assert ada_at.get("/admin/actions").click(row.id).html.h1.text == "Order"


def test_receipts_are_not_sent_without_end(store, bought, ada_at):
    [row] = store.rows(Order)
    for _ in range(2):
        send_receipt(ada_at, row.id, status=303)
    answer = send_receipt(ada_at, row.id, status=400)
    assert "This address has been sent several emails already." in answer.html.select_one(".error-summary").text
    assert len(store.mails("carol@example.org")) == 3
    assert len(store.rows(AuditEntry)) == 2


def test_an_unpaid_order_has_no_receipt_to_send(store, testapp, ada_at, tmp_path):
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    order(testapp, email="carol@example.org")
    [row] = store.rows(Order)
    page = ada_at.get(f"/admin/orders/{row.id}")
    assert "Send the receipt again" not in page
    path = f"/admin/orders/{row.id}/send_receipt"
    assert "nothing was delivered" in ada_at.post(path, {"csrf_token": ada_at.cookies["csrf"]}, status=400)
    for action in ("refund", "send_receipt"):
        assert ada_at.get(f"/admin/orders/{row.id}/{action}", status=303).location.endswith(f"/admin/orders/{row.id}")
    assert store.mails() == []
