"""Error pages."""

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
from tests.support.outage import locked_accounts, lost_database
from tests.support.page_reader import parse_strictly
from tests.support.store_driver import form_at, sign_in

# A file that cannot be opened is a fault, a server that cannot be reached is expected to come back.
FAULT = {"sqlite": 500, "postgresql": 503, "mariadb": 503}


def add_view(store, view, **options: str):
    """Add a page at /tests to a store."""
    config = Configurator(registry=store.registry)
    config.add_route("tests", "/tests")
    config.add_view(view, route_name="tests", require_csrf=False, **options)
    config.commit()


@pytest.fixture
def store(make_store):
    """A store with its own application, because these tests add a page to it."""
    return make_store(store__currency="GBP")


def broken(request):
    """A view that writes and then fails."""
    if request.method == "POST":
        request.dbsession.add(Language(name="Klingon"))
        request.dbsession.flush()
    raise RuntimeError("the secret cause")


def assert_in_site_layout(page):
    """Check for the store name, the styles, one heading, a link onwards, and no internal details."""
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
def test_a_missing_page_is_not_found(testapp, path):
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
def test_an_error_page_offers_two_suitable_next_steps(store, alice, method, path, status, ways):
    browser = store.signed_in() if path == "/account/profile" else store.browser()
    page = browser.request(path, method=method, expect_errors=True)
    assert page.status_int == status
    assert_in_site_layout(page)
    assert ways_on(page) == ways
    assert len(page.html.main.select(".ways-on a:not(.quiet-button)")) == 1


def test_a_form_that_is_too_large_or_of_the_wrong_type_offers_two_next_steps(testapp):
    assert ways_on(testapp.post("/account/signin", {"email": "x" * 70_000}, status=413)) == ["/", "/albums"]
    page = testapp.post("/account/signin", "{}", content_type="application/json", status=415)
    assert ways_on(page) == ["/", "/albums"]


def test_a_customer_without_the_role_can_go_to_the_account_or_the_home_page(store, alice):
    add_view(store, lambda request: request.response, permission="admin")
    assert ways_on(store.signed_in().get("/tests", status=403)) == ["/account", "/"]


def test_the_fault_page_offers_two_next_steps(store, testapp):
    add_view(store, broken)
    assert ways_on(testapp.get("/tests", status=500)) == ["/", "/albums"]


def test_the_429_page_promises_nothing_and_offers_two_next_steps(testapp):
    pages = [testapp.post("/account/signin", {}, expect_errors=True) for _ in range(121)]
    page = pages[-1]
    assert page.status_int == 429
    assert_in_site_layout(page)
    assert ways_on(page) == ["/", "/albums"]
    assert "then go back and send the form again. You may have to fill it in again." in page.html.main.text


def test_a_missing_page_is_not_found_while_signed_in(store, alice):
    page = store.signed_in().get("/nothing", status=404)
    assert_in_site_layout(page)
    assert form_at(page, "/account/signout")


def test_a_visitor_is_sent_to_the_sign_in_page_with_a_return_address(store, testapp, alice):
    answer = testapp.get("/account", status=303)
    assert answer.location.endswith("/account/signin?next=%2Faccount")


def test_an_account_without_the_role_is_refused(store, alice):
    add_view(store, lambda request: request.response, permission="admin")
    page = store.signed_in().get("/tests", status=403)
    assert_in_site_layout(page)
    assert page.html.h1.text == "You don't have access"


def test_a_demoted_admin_is_refused_at_the_next_request(store):
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
def test_an_unknown_method_gets_an_error_page(testapp, method):
    page = testapp.request("/albums", method=method, status=405)
    assert_in_site_layout(page)
    assert page.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["/albums?sort=%ff", "/%ff", "/albums/%00", "/search?q=%00", "/albums?%e2%28=1"])
def test_an_undecodable_url_is_refused(testapp, path):
    assert_in_site_layout(testapp.get(path, status=400))


def test_the_fault_page_shows_the_number_in_the_log(store, testapp, caplog):
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


def test_a_fault_after_the_view_gets_plain_text_with_its_number_and_every_header(store, testapp, caplog):
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
def test_the_fault_page_needs_no_database(store, testapp, database_kind, path):
    with lost_database(store):
        page = testapp.get(path, expect_errors=True)
    assert page.status_int == FAULT[database_kind]
    assert_in_site_layout(page)


@pytest.mark.parametrize("path", ["/", "/account", "/account/signin", "/nothing", "/albums?sort=%ff"])
def test_a_signed_in_customer_gets_an_error_page_without_a_database(store, alice, database_kind, path):
    browser = store.signed_in()
    with lost_database(store):
        page = browser.get(path, expect_errors=True)
    assert page.status_int in {400, 404, FAULT[database_kind]}
    assert_in_site_layout(page)


@pytest.mark.every_database
def test_a_form_gets_the_fault_page_without_a_database(store, testapp, database_kind, alice):
    form = form_at(testapp.get("/account/signin"), "/account/signin")
    form["email"], form["password"] = "alice@example.org", "whatever it is"
    with lost_database(store):
        assert_in_site_layout(form.submit(status=FAULT[database_kind]))


@pytest.mark.every_database
def test_what_needs_no_database_works_without_it(store, testapp):
    with lost_database(store):
        testapp.get("/styles.css", status=200)
        testapp.get("/robots.txt", status=200)
        testapp.get("/account/signin", status=200)
        testapp.get("/nothing", status=404)


@pytest.mark.every_database
def test_a_fault_rolls_back_what_was_written(store, testapp):
    add_view(store, broken)
    assert_in_site_layout(testapp.post("/tests", status=500))
    assert store.rows(Language, Language.name == "Klingon") == []


@pytest.mark.parametrize(
    ("trouble", "status"),
    [("no token", 400), ("wrong", 400), ("too large", 413), ("dead link", 404), ("fault", 500), ("busy", 503)],
)
def test_no_error_page_repeats_the_password(store, alice, testapp, monkeypatch, caplog, trouble, status):
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
    if trouble == "busy":
        fields["password"] = PASSWORD
    with locked_accounts(store) if trouble == "busy" else nullcontext():
        page = testapp.post(f"/account/{path}", fields, status=status)
    for typed in (password, PASSWORD):
        assert typed not in page
        assert typed not in str(page.headers) + caplog.text


@pytest.mark.every_database
def test_a_busy_database_gives_a_503_and_another_try_works(store, alice, monkeypatch):
    monkeypatch.setattr(store.db_sessions.database, "lock_timeout_ms", 50)
    browser = store.browser()
    page = browser.get("/account/signin")
    with locked_accounts(store):
        assert browser.get("/albums").status_int == 200
        answer = sign_in(browser)
    assert answer.status_int == 503
    assert answer.headers["Retry-After"] == "10"
    assert "The store is busy" in answer.html.h1.text
    assert page.headers["Content-Security-Policy"] == answer.headers["Content-Security-Policy"]
    assert sign_in(browser).status_int == 303


@pytest.mark.every_database
def test_a_signed_in_page_does_not_wait_for_a_busy_database(store, alice):
    browser = store.signed_in()
    [session] = store.rows(AccountSession)
    store.change(AccountSession, session.id, last_seen_date=utc_now() - timedelta(hours=1))
    with locked_accounts(store):
        assert "Sign out" in browser.get("/albums")
    assert "Sign out" in browser.get("/albums")
    assert utc_now() - store.rows(AccountSession)[0].last_seen_date < timedelta(minutes=1)
