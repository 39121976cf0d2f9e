"""The admin pages of orders."""

import pytest

from album_store.data.order import Order
from tests.support.buyer import add_album, buy, download, order


@pytest.fixture
def bought(store, testapp, tmp_path):
    """The page of an order of “Tide” by a guest."""
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    return buy(testapp, email="carol@example.org")


def test_an_order_is_listed_with_its_buyer_and_total(store, bought, ada_at):
    order(store.browser(), email="dave@example.org")
    rows = [row.text.split() for row in ada_at.get("/admin/orders").html.select(".records li")]
    assert [row[:3] for row in rows] == [["Tide,", "€9.00", "not"], ["Tide,", "€9.00", "carol@example.org,"]]


@pytest.mark.parametrize("wanted", ["carol@example.org", " CAROL@example.org ", "LOCAL-1", "local-1"])
def test_an_order_is_found_by_address_or_receipt_number(store, bought, ada_at, wanted):
    buy(store.browser(), email="dave@example.org")
    found = ada_at.get("/admin/orders", {"q": wanted}).html.select(".records li")
    assert [row.select_one(".soft").text.partition(",")[0] for row in found] == ["carol@example.org"]


@pytest.mark.parametrize("wanted", ["carol", "1", "LOCAL-9", "999999999", "TEST-1", "x" * 300, "\u0661"])
def test_a_search_without_a_match_says_so(bought, ada_at, wanted):
    assert "No order has this" in ada_at.get("/admin/orders", {"q": wanted})


def test_orders_with_a_problem_are_listed_apart_and_explained(store, bought, ada_at):
    buy(store.browser(), email="carol@example.org")
    page = ada_at.get("/admin/orders?show=problems")
    assert [row.select_one(".mark").text for row in page.html.select(".records li")] == ["owned before"]
    assert "Refund one of the payments" in page.click("Tide")


def test_the_page_of_an_order_tells_its_history(store, bought, ada_at):
    download(bought)
    [row] = store.rows(Order)
    page = ada_at.get(f"/admin/orders/{row.id}")
    text = " ".join(page.html.main.text.split())
    for expected in ("receipt LOCAL-1", "carol@example.org, without an account", "192.0.2.7", "Ordered", "Money came"):
        assert expected in text
    assert "Downloaded Ada Sound - 01 - Tide 1.wav" in text
    ada_at.get("/admin/orders/" + "0" * 32, status=404)
