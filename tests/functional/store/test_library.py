"""The library of an account: what it shows, its search, and what a page costs."""

from typing import Any

import pytest
from sqlalchemy import event

from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase, account_key
from album_store.data.track import Track
from album_store.data.types import new_id, utc_now
from tests.support.buyer import buy, order, order_id_of
from tests.support.factories import make_album
from tests.support.page_reader import follow_pages
from tests.support.statement_log import plan_of, statements_of


def add_purchases(store, account_id, *titles: str, **values: Any):
    """Add a paid order for each title, all of one album, oldest first."""
    with store.db_sessions.begin() as dbsession:
        album = make_album("All of it")
        dbsession.add(album)
        dbsession.flush()
        for title in titles:
            line = OrderLine(album=album, title=title, artist_name="Ada Sound", amount_cents=900, **values)
            owned = {"owner_key": account_key(account_id), "album_id": album.id}
            dbsession.add(Purchase(line=line, **owned))
            line.order = Order(
                id=new_id(),
                checkout_key=new_id(),
                account_id=account_id,
                email="alice@example.org",
                series="local",
                currency="EUR",
                total_cents=900,
                paid_date=utc_now(),
            )


def titles_of(page):
    return [item.strong.text for item in page.html.select(".records li")]


@pytest.mark.every_database
def test_all_pages_show_each_item_once_newest_first(store, alice, bob):
    add_purchases(store, bob, "Bob's")
    names = [f"Item {number:03}" for number in range(120)]
    add_purchases(store, alice, *names)
    pages = follow_pages(store.signed_in(), "/library")
    assert [len(titles_of(page)) for page in pages] == [50, 50, 20]
    assert [title for page in pages for title in titles_of(page)] == names[::-1]


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("tide", ["High Tide"]),
        ("TID", ["High Tide"]),
        ("high ada", ["High Tide"]),
        ("tide low", []),
        ("id", []),
        ("ada sound", ["Jusqu\u2019à l\u2019orage", "High Tide"]),
        ("orage", ["Jusqu\u2019à l\u2019orage"]),
        ("jusqua", ["Jusqu\u2019à l\u2019orage"]),
        ("%", []),
        ("_ide", []),
        ("x" * 1_000, []),
        ("  ", ["Jusqu\u2019à l\u2019orage", "High Tide"]),
    ],
)
def test_a_search_finds_titles_and_artists(store, alice, wanted, found):
    add_purchases(store, alice, "High Tide", "Jusqu\u2019à l\u2019orage")
    page = store.signed_in().get("/library", {"q": wanted})
    assert titles_of(page) == found
    assert ("You own nothing that matches." in page) == (not found)


def test_the_results_of_a_search_have_pages_too(store, alice):
    add_purchases(store, alice, *[f"Tide {number}" for number in range(60)], *["Noise"] * 60)
    pages = follow_pages(store.signed_in(), "/library?q=tide")
    assert [len(titles_of(page)) for page in pages] == [50, 10]
    assert pages[1].html.select_one("#library-search")["value"] == "tide"


def test_a_track_is_shown_with_its_album_and_found_by_it(store, alice, tide):
    track = store.rows(Track, Track.title == "Tide 1")[0]
    add_purchases(store, alice, "Tide 1", track_id=track.id, album_title="Ebb and Flow")
    page = store.signed_in().get("/library?q=ebb")
    assert "Tide 1 by Ada Sound, from Ebb and Flow" in " ".join(page.html.select_one(".records").text.split())


def test_what_has_ended_is_marked_and_still_leads_to_its_receipt(store, alice, tide):
    browser = store.signed_in()
    order_id = order_id_of(buy(browser))
    [purchase] = store.rows(Purchase)
    store.change(Purchase, purchase.id, revoked_date=utc_now())
    page = browser.get("/library")
    assert page.html.select_one(".records .mark").text == "no longer yours"
    assert f"/purchases/{order_id}" in page.html.select_one(".records a")["href"]


def test_an_order_that_is_being_looked_at_is_named(store, alice, tide):
    browser = store.signed_in()
    order(browser)
    [row], [payment] = store.rows(Order), store.rows(Payment)
    store.change(Order, row.id, paid_date=utc_now(), is_held=True)
    store.change(Payment, payment.id, paid_date=utc_now(), received_cents=800)
    assert "You haven't bought anything yet." not in browser.get("/library")
    page = browser.get("/library").click("A payment of yours has arrived")
    assert "does not match the order" in page
    store.change(Payment, payment.id, received_cents=0)  # of an older version, which did not note it
    assert "does not match the order" in browser.get(page.request.path)
    assert "A payment of yours has arrived" in browser.get("/library")
    store.change(Payment, payment.id, received_cents=800)
    store.change(Payment, payment.id, refunded_cents=800)
    page = browser.get(page.request.path)
    assert "does not match the order" not in page
    assert "nothing was delivered. You get back all that you paid" in page
    assert "A payment of yours has arrived" not in browser.get("/library")


@pytest.mark.parametrize("after", ["x", "~", "1~x", "1~" + "9" * 18, "9" * 17 + "~1", "1~" + "a" * 32, "1~0"])
def test_a_forged_place_in_the_list_is_harmless(store, alice, after):
    add_purchases(store, alice, "High Tide")
    assert store.signed_in().get("/library", {"after": after}, status=200)


def steps_of(store, browser, path):
    """The steps that SQLite takes for a page, in hundreds, and its statements."""
    steps = []

    def count(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(lambda: steps.append(1), 100)

    engine = store.db_sessions.engine
    event.listen(engine, "checkout", count)
    try:
        with statements_of(engine) as statements:
            browser.get(path, status=200)
    finally:
        event.remove(engine, "checkout", count)
    return len(steps), statements


@pytest.mark.parametrize("path", ["/library", "/library?q=item"])
def test_a_library_of_5000_items_costs_as_much_as_one_of_50(store, alice, path):
    browser = store.signed_in()
    add_purchases(store, alice, *[f"Item {number}" for number in range(51)])
    browser.get(path)
    few, statements = steps_of(store, browser, path)
    add_purchases(store, alice, *[f"Item {number}" for number in range(51, 5_000)])
    many, more = steps_of(store, browser, path)
    assert len(more) == len(statements) == (4 if path == "/library" else 3)
    assert 20 < many <= few * 1.1
    plans = [plan_of(store.db_sessions.engine, statement) for statement in more]
    assert not any("SCAN" in plan or "TEMP B-TREE" in plan for plan in plans), plans


def test_a_search_reads_no_more_than_what_the_account_bought(store, alice, bob):
    add_purchases(store, bob, *[f"Item {number}" for number in range(2_000)])
    add_purchases(store, alice, "High Tide")
    steps, _ = steps_of(store, store.signed_in(), "/library?q=tide")
    assert steps < 20
