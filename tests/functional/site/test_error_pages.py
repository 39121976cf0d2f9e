"""Pages for what goes wrong."""

import logging
import re
from contextlib import nullcontext
from datetime import timedelta

import pytest
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.language import Language
from album_store.data.role import Role
from album_store.data.types import utc_now
from album_store.infrastructure.web.headers import HEADERS
from tests.support.factories import PASSWORD, add_account
from tests.support.outage import lose_database
from tests.support.page_reader import parse_strictly
from tests.support.store_driver import form_at, sign_in


def add_view(store, view, **options: str):
    """Give a store a page at /tests that only this file needs."""
    config = Configurator(registry=store.registry)
    config.add_route("tests", "/tests")
    config.add_view(view, route_name="tests", require_csrf=False, **options)
    config.commit()


@pytest.fixture
def store(make_store):
    """A store with an application of its own, because these tests add a page to it."""
    return make_store(store__currency="GBP")


def broken(request):
    """A page that writes, and then fails."""
    if request.method == "POST":
        request.dbsession.add(Language(name="Klingon"))
        request.dbsession.flush()
    raise RuntimeError("the secret cause")


def assert_in_site_layout(page):
    """The store's name and styles, one heading, a way on, and nothing of how the store works inside."""
    parse_strictly(page.text)
    assert page.html.title.text.endswith(" · Test Records")
    assert len(page.html.find_all("h1")) == 1
    assert page.html.select('link[rel="stylesheet"]')
    assert page.html.main.select("a[href]")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    for inside in ("Traceback", "sqlalchemy", "sqlite", 'File "', "album_store.", "pyramid", "the secret cause"):
        assert inside not in page.text


@pytest.mark.parametrize(
    "path", ["/nothing", "/albums/nothing", "/artists/nothing", "/covers/x", "/static/nothing", "/a/b"]
)
def test_what_is_not_there_is_not_found(testapp, path):
    page = testapp.get(path, status=404)
    assert_in_site_layout(page)
    assert page.html.h1.text == "Page not found"
    testapp.get(page.html.main.select_one("a.button")["href"], status=200)


def ways_on(page):
    """Where the buttons of an error page lead."""
    return [link["href"] for link in page.html.main.select(".ways-on a")]


@pytest.mark.parametrize(
    ("method", "path", "status", "ways"),
    [
        ("GET", "/nothing", 404, ["/search", "/albums"]),
        ("GET", "/albums?sort=%ff", 400, ["/", "/albums"]),
        ("PUT", "/albums", 405, ["/", "/albums"]),
        ("GET", "/account/reset_password", 404, ["/account/forgot_password", "/account/signin"]),
        ("GET", "/account/reset_password/x", 404, ["/account/forgot_password", "/account/signin"]),
        ("GET", "/account/confirm/x", 404, ["/account/register", "/account/signin"]),
        ("GET", "/account/confirm_email/x", 404, ["/account", "/"]),
        ("POST", "/account/signin", 400, ["/account/signin", "/"]),
        ("POST", "/account/confirm/x", 400, ["/account/confirm/x", "/"]),
        ("POST", "/account/profile", 400, ["/account/profile", "/"]),
    ],
)
def test_an_error_page_offers_the_two_ways_on_that_fit(store, alice, method, path, status, ways):
    browser = store.signed_in() if path == "/account/profile" else store.browser()
    page = browser.request(path, method=method, expect_errors=True)
    assert page.status_int == status
    assert_in_site_layout(page)
    assert ways_on(page) == ways
    assert len(page.html.main.select(".ways-on a:not(.quiet-button)")) == 1


def test_a_form_that_is_too_large_or_of_another_type_offers_two_ways_on(testapp):
    assert ways_on(testapp.post("/account/signin", {"email": "x" * 70_000}, status=413)) == ["/", "/albums"]
    page = testapp.post("/account/signin", "{}", content_type="application/json", status=415)
    assert ways_on(page) == ["/", "/albums"]


def test_a_visitor_without_the_role_can_go_to_the_account_or_the_front_page(store, alice):
    add_view(store, lambda request: request.response, permission="admin")
    assert ways_on(store.signed_in().get("/tests", status=403)) == ["/account", "/"]


def test_a_fault_offers_two_ways_on(store, testapp):
    add_view(store, broken)
    assert ways_on(testapp.get("/tests", status=500)) == ["/", "/albums"]


def test_too_many_forms_get_a_page_that_promises_nothing_and_offers_two_ways_on(testapp):
    pages = [testapp.post("/account/signin", {}, expect_errors=True) for _ in range(121)]
    page = pages[-1]
    assert page.status_int == 429
    assert_in_site_layout(page)
    assert ways_on(page) == ["/", "/albums"]
    assert "then go back and send the form again. You may have to fill it in again." in page.html.main.text


def test_what_is_not_there_is_not_found_by_somebody_who_is_signed_in(store, alice):
    page = store.signed_in().get("/nothing", status=404)
    assert_in_site_layout(page)
    assert form_at(page, "/account/signout")


def test_a_visitor_who_has_to_sign_in_is_sent_there_and_back(store, testapp, alice):
    answer = testapp.get("/account", status=303)
    assert answer.location.endswith("/account/signin?next=%2Faccount")


def test_somebody_without_the_role_is_refused(store, alice):
    add_view(store, lambda request: request.response, permission="admin")
    page = store.signed_in().get("/tests", status=403)
    assert_in_site_layout(page)
    assert page.html.h1.text == "You don't have access"


def test_an_admin_who_is_demoted_in_mid_session_is_refused_at_the_next_request(store):
    ada = add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD), roles=("user", "admin"))
    add_view(store, lambda request: request.response, permission="admin")
    ada_at = store.signed_in()
    ada_at.get("/tests", status=200)
    with store.db_sessions.begin() as dbsession:
        dbsession.get_one(Account, ada).roles = [dbsession.get_one(Role, "user")]
    ada_at.get("/tests", status=403)
    store.change(Account, ada, disabled=True)
    assert ada_at.get("/tests", status=303).location.startswith("http://localhost/account/signin")


@pytest.mark.parametrize("token", [None, "", "x" * 43, "é"])
def test_a_form_without_the_right_token_is_refused(testapp, alice, token):
    form = form_at(testapp.get("/account/signin"), "/account/signin")
    fields = dict(form.submit_fields()) | {"email": "alice@example.org"}
    fields.pop("csrf_token")
    page = testapp.post("/account/signin", fields | ({} if token is None else {"csrf_token": token}), status=400)
    assert_in_site_layout(page)
    assert page.html.h1.text == "This form could not be accepted"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_a_method_that_the_store_does_not_know_is_refused(testapp, method):
    page = testapp.request("/albums", method=method, status=405)
    assert_in_site_layout(page)
    assert page.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["/albums?sort=%ff", "/%ff", "/albums/%00", "/search?q=%00", "/albums?%e2%28=1"])
def test_an_address_that_cannot_be_read_is_refused(testapp, path):
    assert_in_site_layout(testapp.get(path, status=400))


def test_a_fault_gets_a_page_and_its_number_is_in_the_log(store, testapp, caplog):
    add_view(store, broken)
    with caplog.at_level(logging.ERROR):
        page = testapp.get("/tests", status=500)
    assert_in_site_layout(page)
    number = page.html.main.strong.text
    assert re.fullmatch("[0-9a-f]{8}", number)
    [record] = caplog.records
    assert f"number={number}" in record.getMessage()
    assert "the secret cause" in caplog.text
    assert page.html.select_one('a[href^="mailto:"]').text == "store@example.org"


def test_a_fault_after_the_page_was_made_is_said_in_plain_text_with_its_number_and_every_header(store, testapp, caplog):
    def view(request: Request) -> Response:
        request.add_response_callback(lambda request, _response: broken(request))
        return request.response

    add_view(store, view)
    answer = testapp.get("/tests", status=500)
    [record] = [record for record in caplog.records if "event=fault" in record.getMessage()]
    [number] = re.findall("number=([0-9a-f]{8}) ", record.getMessage())
    assert f"email store@example.org and quote the number {number}" in answer.text
    assert "the secret cause" in caplog.text
    assert "the secret cause" not in answer
    assert set(answer.headers) >= set(HEADERS)
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("text/plain", "no-store")


def test_two_faults_have_two_numbers(store, testapp):
    add_view(store, broken)
    assert len({testapp.get("/tests", status=500).html.main.strong.text for _ in range(2)}) == 2


@pytest.mark.parametrize("path", ["/", "/albums", "/albums/x", "/search?q=x", "/albums.atom", "/sitemap.xml"])
def test_a_fault_while_the_database_is_gone_still_gives_the_page(store, testapp, path):
    lose_database(store)
    assert_in_site_layout(testapp.get(path, status=500))


@pytest.mark.parametrize("path", ["/", "/account", "/account/signin", "/nothing", "/albums?sort=%ff"])
def test_somebody_who_is_signed_in_gets_a_page_too_while_the_database_is_gone(store, alice, path):
    browser = store.signed_in()
    lose_database(store)
    page = browser.get(path, expect_errors=True)
    assert page.status_int in {400, 404, 500}
    assert_in_site_layout(page)


def test_a_form_that_is_sent_while_the_database_is_gone_gets_the_page(store, testapp, alice):
    form = form_at(testapp.get("/account/signin"), "/account/signin")
    form["email"], form["password"] = "alice@example.org", "whatever it is"
    lose_database(store)
    assert_in_site_layout(form.submit(status=500))


def test_what_needs_no_database_works_without_it(store, testapp):
    lose_database(store)
    testapp.get("/theme.css", status=200)
    testapp.get("/robots.txt", status=200)
    testapp.get("/account/signin", status=200)
    testapp.get("/nothing", status=404)


def test_a_fault_undoes_what_was_written_before_it(store, testapp):
    add_view(store, broken)
    assert_in_site_layout(testapp.post("/tests", status=500))
    assert store.rows(Language, Language.name == "Klingon") == []


@pytest.mark.parametrize(
    ("trouble", "status"),
    [("no token", 400), ("wrong", 400), ("too large", 413), ("dead link", 404), ("fault", 500), ("busy", 503)],
)
def test_no_page_about_trouble_repeats_the_password(store, alice, testapp, monkeypatch, caplog, trouble, status):
    password = "not the password"
    fields = dict(form_at(testapp.get("/account/signin"), "/account/signin").submit_fields())
    fields |= {"email": "alice@example.org", "password": password, "confirm_password": password}
    if trouble == "no token":
        del fields["csrf_token"]
    if trouble == "too large":
        fields["next"] = "x" * 70_000
    if trouble == "fault":
        monkeypatch.delattr(store.registry.mail_templates.__class__, "render")
    monkeypatch.setattr(store.db_sessions.database, "lock_timeout_ms", 50)
    path = {"dead link": "reset_password", "fault": "register"}.get(trouble, "signin")
    with store.db_sessions.begin() if trouble == "busy" else nullcontext() as dbsession:
        if dbsession:
            fields["password"] = PASSWORD
            dbsession.query(Account).count()
        page = testapp.post(f"/account/{path}", fields, status=status)
    for typed in (password, PASSWORD):
        assert typed not in page
        assert typed not in str(page.headers) + caplog.text


def test_a_database_that_stays_busy_is_said_so_and_worth_another_try(store, alice, monkeypatch):
    monkeypatch.setattr(store.db_sessions.database, "lock_timeout_ms", 50)
    browser = store.browser()
    page = browser.get("/account/signin")
    with store.db_sessions.begin() as dbsession:
        dbsession.query(Account).count()  # holds the one write lock
        assert browser.get("/albums").status_int == 200
        answer = sign_in(browser)
    assert answer.status_int == 503
    assert answer.headers["Retry-After"] == "10"
    assert "The store is busy" in answer.html.h1.text
    assert page.headers["Content-Security-Policy"] == answer.headers["Content-Security-Policy"]
    assert sign_in(browser).status_int == 303


def test_a_page_of_somebody_signed_in_does_not_wait_for_the_database(store, alice):
    browser = store.signed_in()
    [session] = store.rows(AccountSession)
    store.change(AccountSession, session.id, last_seen_date=utc_now() - timedelta(hours=1))
    with store.db_sessions.begin() as dbsession:
        dbsession.query(Account).count()
        assert "Sign out" in browser.get("/albums")
    assert "Sign out" in browser.get("/albums")
    assert utc_now() - store.rows(AccountSession)[0].last_seen_date < timedelta(minutes=1)
