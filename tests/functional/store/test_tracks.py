"""Single tracks: what they cost, who owns them, and what can be downloaded."""

import pytest
from sqlalchemy import update

from album_store.data.order_line import OrderLine
from album_store.data.purchase import Purchase
from album_store.data.track import Track
from album_store.data.types import utc_now
from tests.support.buyer import add_album, buy, download, pay, press
from tests.support.order_problems import open_problems
from tests.support.store_driver import form_at

pytestmark = pytest.mark.every_database


@pytest.fixture
def ebb(store, tmp_path):
    """“Ebb” at €9.00, each of its two tracks at €0.99."""
    return add_album(store, tmp_path, "Ebb", price_cents=900, url="ebb", track_cents=99)


def buy_track(browser, title, email=""):
    """Buy a track of “Ebb”. Returns the page of the order."""
    press(browser, title, "ebb")
    form = form_at(browser.get("/checkout"), "/checkout")
    if email:
        form["email"] = email
        form = form_at(form.submit(status=200), "/checkout")
    return pay(form.submit(status=303).follow().follow())


def test_a_track_is_bought_and_downloaded_alone(store, testapp, ebb):
    first, second = store.rows(Track)
    page = buy_track(testapp, "Ebb 2", "carol@example.org")
    assert page.html.select_one(".order-lines h2").text == "Ebb 2"
    assert "from Ebb" in page.html.select_one(".order-lines p").text
    assert [button["aria-label"] for button in page.html.select(".downloads button")] == ["Download WAV: Ebb 2"]
    assert download(page).status_int == 200
    form = next(form for form in page.forms.values() if "/tracks/" in form.action)
    form.action = form.action.replace(f"/{second.id}", f"/{first.id}")
    form.submit(status=404)
    [line], [purchase] = store.rows(OrderLine), store.rows(Purchase)
    assert (line.track_id, line.title, line.album_title, line.amount_cents) == (second.id, "Ebb 2", "Ebb", 99)
    assert (purchase.track_id, purchase.album_id) == (second.id, ebb.id)
    [mail] = store.mails("carol@example.org")
    for body in (mail.text_body, mail.html_body):
        assert "from" in body
        assert "Ebb 2" in body
    receipt = page.click("Receipt LOCAL-1")
    assert "Ebb 2 by Ada Sound of Ebb, from Ebb" in " ".join(receipt.html.select_one("dt").text.split())


def test_an_album_may_be_bought_after_one_of_its_tracks(store, testapp, ebb):
    buy_track(testapp, "Ebb 1", "carol@example.org")
    page = testapp.get("/albums/ebb")
    assert page.html.select_one(".album-action button").text == "Buy album"
    assert buy(testapp, "ebb", "carol@example.org").html.h1.text == "Your music"
    assert open_problems(store) == []
    texts = [row.text.strip() for row in testapp.get("/albums/ebb").html.select(".track-action")]
    assert texts == ["You own this", "You own this"]


@pytest.mark.parametrize("bought", ["album", "track", "other track"])
def test_a_track_that_an_address_owns_already_is_shown_to_the_owner(store, testapp, ebb, bought):
    if bought == "album":
        buy(store.browser(), "ebb", "carol@example.org")
    else:
        buy_track(store.browser(), "Ebb 1" if bought == "track" else "Ebb 2", "carol@example.org")
    buy_track(testapp, "Ebb 1", "carol@example.org")
    problems = [] if bought == "other track" else ["already-owned"]
    assert open_problems(store) == problems
    assert len(store.rows(Purchase)) == 2


def test_what_was_revoked_has_no_button_and_can_be_bought_again(store, testapp, ebb):
    page = buy_track(testapp, "Ebb 1", "carol@example.org")
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(update(Purchase).values(revoked_date=utc_now()))
    again = testapp.get(page.request.path)
    assert again.html.select(".downloads button") == []
    assert "can no longer be downloaded." in again
    assert buy_track(testapp, "Ebb 1", "carol@example.org").html.h1.text == "Your music"


def test_a_track_is_in_the_library_of_an_account(store, alice, ebb):
    browser = store.signed_in()
    buy_track(browser, "Ebb 2")
    assert "Ebb 2" in browser.get("/library").html.select_one(".records a").text
