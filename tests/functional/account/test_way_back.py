"""The return address: after sign-in, visitors return to the page they came from."""

import re

import pytest

from album_store.data.account_session import AccountSession
from tests.support.factories import PASSWORD, make_album
from tests.support.shared_store import store_in
from tests.support.store_driver import form_at, register
from tests.support.whole_site import WholeSite

SESSION_ENDED = "Your session has ended"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """One site shared by the tests that only read."""
    folder = tmp_path_factory.mktemp("site")
    with store_in(folder) as store:
        yield WholeSite(store, folder)


def links_to(page, path):
    """The targets of all links to a page, those of the menu first."""
    return [link["href"] for link in page.html.select("a[href]") if re.fullmatch(rf"{path}(\?.*)?", link["href"])]


def signin_links(page):
    return links_to(page, "/account/signin")


@pytest.mark.parametrize(
    ("path", "carried"),
    [
        ("/", "%2F"),
        ("/albums/album", "%2Falbums%2Falbum"),
        ("/albums?sort=title&genre=folk", "%2Falbums%3Fsort%3Dtitle%26genre%3Dfolk"),
        ("/search?q=caf%C3%A9", "%2Fsearch%3Fq%3Dcaf%25C3%25A9"),
    ],
)
def test_sign_in_and_register_links_lead_back_to_the_page(site, path, carried):
    page = site.visitor.get(path)
    assert signin_links(page) == [f"/account/signin?next={carried}"]
    assert links_to(page, "/account/register") == [f"/account/register?next={carried}"]


def test_signing_in_from_an_album_returns_to_the_album(site):
    browser = site.store.browser()
    form = form_at(browser.get(signin_links(browser.get("/albums/album?from=mail"))[0]), "/account/signin")
    form["email"], form["password"] = "alice@example.org", PASSWORD
    assert form.submit(status=303).location == "http://localhost/albums/album?from=mail"


@pytest.mark.parametrize("path", ["/nothing", "/albums/nothing", "/account/confirm/x", "/albums?sort=%ff"])
def test_sign_in_never_returns_to_an_error_page(site, path):
    assert set(signin_links(site.visitor.get(path, expect_errors=True))) == {"/account/signin"}


def test_sign_in_never_returns_to_a_sign_in_or_registration_page(site):
    pages = {name: path for name, (browser, path) in site.pages().items() if browser is site.visitor}
    account = {name: path for name, path in pages.items() if path.startswith("/account/")}
    assert len(account) > 6
    for name, path in account.items():
        assert set(signin_links(site.visitor.get(path, expect_errors=True))) == {"/account/signin"}, name


@pytest.mark.parametrize("query", ["?a=\\", "?a=\x7f", "?a=" + "a" * 2_000])
def test_an_unsafe_return_address_is_dropped(site, query):
    assert set(signin_links(site.visitor.get("/albums" + query))) == {"/account/signin"}


@pytest.mark.parametrize("page", ["signin", "register", "forgot_password"])
def test_sign_in_pages_pass_the_return_address_on(site, page):
    shown = site.visitor.get(f"/account/{page}?next=/albums/album")
    for path in ("/account/signin", "/account/register"):
        assert set(links_to(shown, path)) == {f"{path}?next=%2Falbums%2Falbum"}
    if page == "signin":
        assert form_at(shown, "/account/signin")["next"].value == "/albums/album"


@pytest.mark.parametrize("page", ["signin", "register", "forgot_password"])
@pytest.mark.parametrize("elsewhere", ["https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)"])
def test_sign_in_pages_drop_a_return_address_on_another_site(site, page, elsewhere):
    shown = site.visitor.get(f"/account/{page}", {"next": elsewhere})
    assert "evil" not in shown
    assert set(signin_links(shown)) == {"/account/signin"}


@pytest.mark.parametrize("page", ["signin", "register", "forgot_password"])
def test_a_refused_form_keeps_the_return_address(site, page):
    browser = site.store.browser()
    [form] = [form for form in browser.get(f"/account/{page}?next=/albums").forms.values() if form.method == "post"]
    refused = form.submit(status=400)
    assert set(signin_links(refused)) == {"/account/signin?next=%2Falbums"}
    form["csrf_token"] = "wrong"
    assert set(signin_links(form.submit(status=400))) == {"/account/signin?next=%2Falbums"}


def test_email_sent_pages_keep_the_return_address_in_links_and_forms(store, testapp):
    register(testapp, "carol@example.org")
    sent = testapp.get("/account/register_sent?next=/albums")
    [form] = [form for form in sent.forms.values() if form.action.startswith("/account/register_sent")]
    assert form.submit(status=303).location.endswith("/account/register_sent?next=%2Falbums")
    assert set(links_to(sent, "/account/register")) == {"/account/register?next=%2Falbums"}
    asked = testapp.get("/account/reset_sent?next=/albums")
    assert links_to(asked, "/account/forgot_password") == ["/account/forgot_password?next=%2Falbums"]


@pytest.mark.parametrize("page", ["register", "forgot_password"])
def test_a_sent_form_keeps_the_return_address(store, testapp, page):
    form = form_at(testapp.get(f"/account/{page}?next=/albums"), f"/account/{page}?next=%2Falbums")
    form["email"] = "carol@example.org"
    if page == "register":
        form["password"] = form["confirm_password"] = PASSWORD
    assert signin_links(form.submit(status=303).follow()) == ["/account/signin?next=%2Falbums"]


def test_a_file_as_return_address_breaks_no_page(testapp):
    token = form_at(testapp.get("/account/signin"), "/account/signin")["csrf_token"].value
    upload = [("next", "f.txt", b"/albums")]
    page = testapp.post("/account/signin", {"csrf_token": token}, upload_files=upload, status=415)
    assert set(signin_links(page)) == {"/account/signin"}


FORMS_OF_A_SESSION = {
    "/account/profile": "/account",
    "/account/delete": "/account",
    "/admin/blocks": "/admin/blocks",
    "/admin/accounts/{id}/disable": "/admin/accounts/{id}",
}


@pytest.mark.parametrize("path", FORMS_OF_A_SESSION)
def test_a_form_sent_after_the_session_ended_explains_and_returns_after_sign_in(store, ada, path):
    browser = store.signed_in("ada@example.org")
    token = form_at(browser.get("/account"), "/account/signout")["csrf_token"].value
    with store.db_sessions.begin() as dbsession:
        dbsession.query(AccountSession).delete()
    before = store.dump()
    page = browser.post(path.format(id=ada), {"csrf_token": token}, status=303).follow()
    assert store.dump() == before
    assert SESSION_ENDED in page.html.select_one(".flash-message").text
    form = form_at(page, "/account/signin")
    form["email"], form["password"] = "ada@example.org", PASSWORD
    there = form.submit(status=303).follow()
    if there.status_int == 303:
        there = there.follow()
    assert there.status_int == 200
    assert there.request.path == FORMS_OF_A_SESSION[path].format(id=ada)
    assert SESSION_ENDED not in there


def test_a_page_opened_without_a_session_does_not_mention_one(testapp):
    assert SESSION_ENDED not in testapp.get("/account", status=303).follow()


def test_every_address_that_takes_a_post_also_answers_a_get(site):
    methods = {}
    for entry in site.store.registry.introspector.get_category("views"):
        methods.setdefault(entry["introspectable"]["route_name"], set()).add(entry["introspectable"]["request_methods"])
    assert [name for name, taken in methods.items() if "POST" in taken and not any("GET" in one for one in taken)] == []


def test_returning_to_the_sign_out_address_leads_home_and_does_not_sign_out(store, alice, testapp):
    page = testapp.get("/account/signin?next=/account/signout")
    form = form_at(page, "/account/signin")
    form["email"], form["password"] = "alice@example.org", PASSWORD
    assert form.submit(status=303).follow(status=303).location == "http://localhost/"
    testapp.get("/account", status=200)


def test_a_public_page_is_the_same_for_every_visitor(store):
    store.add(make_album("Album", url="album"))
    pages = [
        store.browser().get("/albums/album", headers=headers).text
        for headers in ({}, {"Referer": "http://localhost/search?q=a"}, {"User-Agent": "Other"})
    ]
    assert len(set(pages)) == 1
