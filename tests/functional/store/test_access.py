"""Who may see and download what: other browsers, shared computers, forged cookies, lost mailboxes."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from album_store.data.account import Account
from album_store.data.browser_access import BrowserAccess
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.purchase import Purchase
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.worker.daily_tasks import delete_due_accounts
from tests.support.buyer import buy, checkout_form, download, order_id_of
from tests.support.factories import PASSWORD
from tests.support.statement_log import statements_of
from tests.support.store_driver import confirmation_form, form_at, sign_in

pytestmark = pytest.mark.every_database

PATHS_OF_AN_ORDER = (
    "/checkout/{}/pay",
    "/checkout/{}/return",
    "/checkout/{}/back",
    "/checkout/{}/cancel",
    "/purchases/{}",
    "/purchases/{}/receipt",
    "/purchases/{}/tracks/1",
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask_for_link(browser, email):
    """Send the form that emails a link to purchases."""
    form = form_at(browser.get("/purchases"), "/purchases")
    form["email"] = email
    form.submit(status=303)


def sign_out(page):
    """Press the button in the header of a page."""
    form_at(page, "/account/signout").submit(status=303)


def test_a_free_order_does_not_tell_what_an_address_has_bought(store, tide, gift):
    buy(store.browser(), email="carol@example.org")
    statuses = []
    for email in ("carol@example.org", "nobody@example.org"):
        for _ in range(3):
            ask_for_link(store.browser(), email)
        statuses.append(checkout_form(store.browser(), "gift", email).submit(expect_errors=True).status_int)
    assert statuses == [303, 303]


def test_free_orders_and_links_to_purchases_count_together_before_a_link_is_sent(store, tide, gift):
    buy(store.browser(), email="carol@example.org")
    for _ in range(3):
        checkout_form(store.browser(), "gift", "carol@example.org").submit(status=303)
    ask_for_link(store.browser(), "carol@example.org")
    kinds = [mail.kind for mail in store.mails("carol@example.org")]
    assert kinds == ["receipt", "free-order", "free-order", "free-order"]


def test_signing_out_ends_what_the_browser_may_see(store, alice, tide):
    browser = store.signed_in()
    order_id = order_id_of(buy(browser))
    [mail] = store.mails("alice@example.org")
    sign_out(browser.get(store.link_in(mail)).follow())
    assert browser.get(f"/purchases/{order_id}", status=404)
    assert browser.get("/purchases").html.select(".records a") == []
    assert store.rows(BrowserAccess) == []
    assert "buyer" not in browser.cookies


@pytest.mark.parametrize("cookie", ["", "x", "a" * 43, "ä" * 43, f'"{"a" * 43}"', "a" * 5_000, "%00" * 15])
def test_a_forged_cookie_opens_nothing(store, testapp, tide, cookie):
    page = buy(testapp, email="carol@example.org")
    browser = store.browser(HTTP_COOKIE=f"buyer={cookie}")
    order = f"/purchases/{order_id_of(page)}"
    checkout = order.replace("purchases", "checkout")
    for path in (order, f"{order}/receipt", f"{checkout}/pay"):
        assert browser.get(path, status=404)
    for path in (f"{checkout}/return", "/cart", "/purchases", "/albums/tide"):
        assert order not in browser.get(path, status=200)


def test_access_of_a_browser_ends_after_thirty_days_and_a_link_renews_it(store, testapp, tide):
    path = buy(testapp, email="carol@example.org").request.path
    [mail] = store.mails("carol@example.org")
    [access] = store.rows(BrowserAccess)
    store.change(BrowserAccess, access.id, created_date=utc_now() - timedelta(days=30, seconds=1))
    assert testapp.get(path, status=404)
    assert testapp.get(store.link_in(mail)).follow().request.path == path
    assert len(store.rows(BrowserAccess)) == 1


def test_an_earlier_address_of_an_account_does_not_open_its_purchases(store, alice, tide):
    buy(store.signed_in())
    thief = store.browser()
    ask_for_link(thief, "alice@example.org")
    thief.get(store.mailed_link(kind="purchase-link"))
    assert len(thief.get("/purchases").html.select(".records a")) == 1
    store.change(Account, alice, email="new@example.org")
    assert thief.get("/purchases").html.select(".records a") == []
    ask_for_link(store.browser(), "alice@example.org")
    ask_for_link(store.browser(), "new@example.org")
    assert [mail.kind for mail in store.mails("alice@example.org")] == ["receipt", "purchase-link"]
    assert [mail.kind for mail in store.mails("new@example.org")] == ["purchase-link"]


def test_what_was_mailed_to_an_earlier_address_of_an_account_ends(store, alice, tide):
    browser = store.signed_in()
    path = buy(browser).request.path
    receipt = store.mailed_link(kind="receipt")
    thief = store.browser()
    thief.get(receipt)
    assert thief.get(path)
    form = form_at(browser.get("/account"), "/account/email")
    form["email"], form["current_password"] = "new@example.org", PASSWORD
    form.submit(status=303)
    confirmation_form(browser.get(store.mailed_link("new@example.org"))).submit(status=303)
    thief.get(path, status=404)
    assert "The purchase has another email address now." in thief.get(receipt, status=404)
    assert download(browser.get(path)).status_int == 200


def test_what_was_mailed_to_the_new_address_of_an_account_before_it_was_its_own_still_works(store, alice, tide):
    guest, browser = store.browser(), store.signed_in()
    path = buy(guest, email="new@example.org").request.path
    form = form_at(browser.get("/account"), "/account/email")
    form["email"], form["current_password"] = "new@example.org", PASSWORD
    form.submit(status=303)
    confirmation_form(browser.get(store.mailed_link("new@example.org", "confirm-email"))).submit(status=303)
    assert store.browser().get(store.mailed_link("new@example.org", "receipt")).follow().request.path == path
    assert guest.get(path)
    assert browser.get(path)


def test_an_account_may_buy_what_a_guest_has_bought_in_the_same_browser(store, testapp, alice, tide):
    guests = order_id_of(buy(testapp, email="carol@example.org"))
    assert "You own this" in testapp.get("/albums/tide")
    sign_in(testapp)
    assert "Buy album" in testapp.get("/albums/tide").html.main.text
    assert guests not in testapp.get("/albums/tide")
    assert order_id_of(buy(testapp)) != guests
    assert "You own this" in testapp.get("/albums/tide")
    assert guests not in testapp.get("/albums/tide")


def test_the_album_page_of_a_buyer_reaches_no_other_visitor(store, testapp, tide):
    stranger = store.browser()
    public = stranger.get("/albums/tide")
    buy(testapp, email="carol@example.org")
    personal = testapp.get("/albums/tide")
    assert "You own this" in personal
    assert personal.headers["Cache-Control"] == "no-store"
    for page in (stranger.get("/albums/tide"), store.browser().get("/albums/tide")):
        assert (page.body, page.headers["ETag"]) == (public.body, public.headers["ETag"])
    assert stranger.get("/albums/tide", headers={"If-None-Match": personal.headers["ETag"]}).status_int == 200
    assert testapp.get("/albums/tide", headers={"If-None-Match": public.headers["ETag"]}).status_int == 200
    again = testapp.get("/albums/tide", headers={"If-None-Match": personal.headers["ETag"]})
    assert (again.status_int, again.headers["Cache-Control"]) == (304, "no-store")


def test_a_revoked_download_stops_also_for_those_that_resume(store, testapp, tide):
    file = download(buy(testapp, email="carol@example.org"))
    path, etag = file.request.path, file.headers["ETag"]
    resumed = testapp.get(path, headers={"Range": "bytes=10-", "If-Range": etag})
    assert (resumed.status_int, resumed.body) == (206, file.body[10:])
    assert testapp.head(path).content_length == len(file.body)
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(update(Purchase).values(revoked_date=utc_now()))
    for headers in ({}, {"Range": "bytes=10-", "If-Range": etag}, {"If-None-Match": etag}):
        assert testapp.get(path, headers=headers, status=404)
        assert testapp.head(path, headers=headers, status=404)


def test_tracks_of_several_discs_have_headings_and_files_that_sort(store, testapp, tide):
    second = store.rows(Track, Track.title == "Tide 2")[0]
    store.change(Track, second.id, disc_number=2, track_number=1)
    page = buy(testapp, email="carol@example.org")
    assert [heading.text for heading in page.html.select("main h3")] == ["Disc 1", "Disc 2"]
    buttons = page.html.select(".downloads button")
    assert [button["aria-label"] for button in buttons] == ["Download WAV: Tide 1", "Download WAV: Tide 2"]
    names = [download(page, number).headers["Content-Disposition"].split('"')[1] for number in (1, 2)]
    assert names == ["Ada Sound - 1-01 - Tide 1.wav", "Ada Sound - 2-01 - Tide 2.wav"]


def test_asking_for_a_link_costs_the_same_whatever_the_address_has_bought(store, testapp, tide):
    buy(testapp, email="carol@example.org")
    store.deliver_mail()
    ask_for_link(testapp, "warm@example.org")
    store.deliver_mail()
    asked = []
    for email in ("carol@example.org", "nobody@example.org"):
        with statements_of(store.db_sessions.engine, all_kinds=True) as statements:
            ask_for_link(testapp, email)
            store.deliver_mail()
        asked.append([statement.split()[0] for statement, _ in statements])
    # At the very end, the worker notes one email as sent and deletes the other.
    assert [verb.replace("UPDATE", "DELETE") for verb in asked[0]] == [
        verb.replace("UPDATE", "DELETE") for verb in asked[1]
    ]
    assert store.mails("nobody@example.org") == []


def test_a_link_opens_purchases_of_another_address_also_while_signed_in(store, alice, tide):
    buy(store.browser(), email="carol@example.org")
    browser = store.signed_in()
    ask_for_link(browser, "carol@example.org")
    page = browser.get(store.mailed_link("carol@example.org", "purchase-link")).follow()
    assert "Tide" in page.html.select_one(".records").text
    assert browser.get("/library").html.select(".records a") == []
    assert "in your library" in page.html.main.text


def test_what_was_bought_with_a_deleted_account_is_opened_with_its_address(store, alice, tide):
    browser = store.signed_in()
    buy(browser)
    assert "what you bought stays yours" in browser.get("/account")
    form = form_at(browser.get("/account"), "/account/delete")
    form["current_password"] = PASSWORD
    form.submit(status=303)
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(update(PendingDeletion).values(due_date=utc_now()))
    assert delete_due_accounts(store.registry) == 1
    page = store.browser()
    ask_for_link(page, "alice@example.org")
    opened = page.get(store.mailed_link("alice@example.org", "purchase-link")).follow()
    assert "Tide" in opened.html.select_one(".records").text
    assert download(opened.click("Tide")).status_int == 200


def test_an_order_answers_everybody_else_like_one_that_does_not_exist(store, testapp, alice, ada_at, tide):
    order_id = order_id_of(buy(testapp, email="carol@example.org"))
    other_buyer = store.browser()
    buy(other_buyer, email="dave@example.org")  # the same album
    strangers = (store.browser(), other_buyer, store.signed_in(), ada_at)
    for stranger in strangers:
        token = form_at(stranger.get("/purchases"), "/purchases")["csrf_token"].value
        for path in PATHS_OF_AN_ORDER:
            for method, body in (("GET", b""), ("HEAD", b""), ("POST", f"csrf_token={token}".encode()), ("PUT", b"")):
                answers = [
                    stranger.request(path.format(number), method=method, body=body, headers=FORM, expect_errors=True)
                    for number in (order_id, "0" * 32)
                ]
                assert answers[0].status_int == answers[1].status_int, (path, method)
                assert answers[0].status_int != 200 or path in ("/checkout/{}/return", "/checkout/{}/back")
                assert answers[0].text.replace(order_id, "0" * 32) == answers[1].text
                assert set(answers[0].headers) == set(answers[1].headers)
    assert "Thank you" in testapp.get(f"/purchases/{order_id}")
