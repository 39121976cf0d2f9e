"""Every POST needs the CSRF token of its browser."""

import pytest
from pyramid.interfaces import IRoutesMapper

from album_store.data.account_session import AccountSession
from tests.support.factories import PASSWORD, add_account
from tests.support.store_driver import ask_for_reset, confirmation_form, form_at, register, sign_in

POSTS = [
    "/account/signin",
    "/account/signout",
    "/account/register",
    "/account/register_sent",
    "/account/forgot_password",
    "/account/reset_password",
    "/account/profile",
    "/account/password",
    "/account/email",
    "/account/sessions",
    "/account/delete",
    "/account/keep",
    "/admin/albums/salt/price",
    "/admin/albums/salt/tracks",
    "/admin/test_mail",
    "/admin/blocks",
    f"/admin/blocks/{'0' * 32}/lift",
    f"/admin/accounts/{'0' * 32}/disable",
    f"/admin/accounts/{'0' * 32}/enable",
    f"/admin/accounts/{'0' * 32}/end_sessions",
    f"/admin/accounts/{'0' * 32}/start_reset",
    f"/admin/accounts/{'0' * 32}/role",
    "/cart",
    "/cart/amounts",
    "/cart/remove",
    f"/admin/orders/{'0' * 32}/refund",
    f"/admin/orders/{'0' * 32}/problems/{'0' * 32}/done",
    f"/admin/orders/{'0' * 32}/send_receipt",
    "/checkout",
    f"/checkout/{'0' * 32}/cancel",
    "/purchases",
    "/purchases/forget",
    f"/purchases/{'0' * 32}/tracks/1",
    f"/purchases/{'0' * 32}/withdraw",
    f"/purchases/{'0' * 32}/address",
    f"/admin/orders/{'0' * 32}/address",
    "/admin/selling/test_connection",
    f"/payments/local/local_{'0' * 32}",
    f"/account/confirm/{'0' * 32}.{'a' * 43}",
    f"/account/confirm_email/{'0' * 32}.{'a' * 43}",
]
SITE = "https://music.example.org"


@pytest.mark.parametrize("path", POSTS)
def test_a_post_without_the_token_changes_nothing(store, ada, path):
    ada_at = store.signed_in("ada@example.org")
    before = store.dump()
    fields = {"email": "carol@example.org", "password": PASSWORD, "confirm_password": PASSWORD, "session_id": "others"}
    for token in (None, "", "x", "a" * 43, "\xff\ud7ff", "\0"):
        page = ada_at.post(path, fields | ({} if token is None else {"csrf_token": token}), status=400)
        assert "This form could not be accepted" in page.html.h1.text, token
    assert store.dump() == before


def test_every_route_that_takes_a_post_is_covered_here(store):
    introspector = store.registry.introspector
    views = [item["introspectable"] for item in introspector.get_category("views")]
    named = {view["route_name"] for view in views if "POST" in (view["request_methods"] or ())}
    routes = {route.name: route for route in store.registry.getUtility(IRoutesMapper).get_routes()}
    tried = {name for name in named for path in POSTS if routes[name].match(path) is not None}
    assert named == tried


def test_the_token_of_another_browser_is_refused(store, alice):
    attacker, victim = store.browser(), store.browser()
    token = form_at(attacker.get("/account/signin"), "/account/signin")["csrf_token"].value
    victim.get("/account/signin")
    fields = {"csrf_token": token, "email": "alice@example.org", "password": PASSWORD}
    victim.post("/account/signin", fields, status=400)
    assert store.rows(AccountSession) == []


def test_another_site_cannot_sign_a_visitor_in(store, alice, testapp):
    testapp.post("/account/signin", {"email": "alice@example.org", "password": PASSWORD}, status=400)
    assert "session" not in testapp.cookies
    assert store.rows(AccountSession) == []


def test_the_token_changes_at_sign_in(store, alice, testapp):
    page = testapp.get("/account/signin")
    old = form_at(page, "/account/signin")["csrf_token"].value
    sign_in(testapp)
    assert testapp.cookies["csrf"] != old
    testapp.post("/account/profile", {"csrf_token": old, "display_name": "Mallory"}, status=400)


def test_a_token_in_the_query_is_ignored(store, alice):
    alice_at = store.signed_in()
    token = form_at(alice_at.get("/account"), "/account/profile")["csrf_token"].value
    alice_at.post(f"/account/profile?csrf_token={token}", {"display_name": "Mallory"}, status=400)


def test_a_garbled_token_cookie_is_replaced(store, alice, testapp):
    testapp.set_cookie("csrf", "planted")
    form = form_at(testapp.get("/account/signin"), "/account/signin")
    assert form["csrf_token"].value != "planted"
    form["email"], form["password"] = "alice@example.org", PASSWORD
    form.submit(status=303)


def test_a_file_in_place_of_the_token_is_refused(store, alice, testapp):
    token = form_at(testapp.get("/account/signin"), "/account/signin")["csrf_token"].value
    fields = {"email": "alice@example.org", "password": PASSWORD}
    upload = [("csrf_token", "token.txt", token.encode())]
    testapp.post("/account/signin", fields, upload_files=upload, status=415)
    assert store.rows(AccountSession) == []


@pytest.mark.parametrize("kind", ["confirm", "confirm_email"])
def test_a_refused_form_behind_a_mailed_link_does_not_log_its_secret(store, testapp, caplog, kind):
    caplog.set_level("DEBUG", "album_store")
    register(testapp, "carol@example.org")
    code = store.mailed_link("carol@example.org").rpartition("/")[2]
    testapp.post(f"/account/{kind}/{code}", status=400)
    assert f"event=csrf-refused route=account.{kind}" in caplog.text
    assert code.rpartition(".")[2] not in caplog.text


def test_a_refused_form_does_not_use_up_its_link(store, alice, testapp):
    register(testapp, "carol@example.org")
    confirm_link = store.mailed_link("carol@example.org")
    testapp.post(confirm_link, status=400)
    ask_for_reset(testapp)
    testapp.get(store.mailed_link()).follow()
    testapp.post("/account/reset_password", {"password": PASSWORD, "confirm_password": PASSWORD}, status=400)
    testapp.get("/account/reset_password", status=200)
    confirmation_form(testapp.get(confirm_link)).submit(status=303)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": SITE}, 303),
        ({"Referer": f"{SITE}/account/signin"}, 303),
        ({}, 400),
        ({"Origin": "null"}, 400),
        ({"Origin": "https://["}, 400),
        ({"Origin": "https://[foo]/"}, 400),
        ({"Origin": f"{SITE} https://["}, 400),
        ({"Origin": "https://\t["}, 400),
        ({"Referer": "https://["}, 400),
        ({"Origin": "https://evil.test"}, 400),
        ({"Origin": "http://music.example.org"}, 400),
        ({"Origin": f"{SITE}.evil.test"}, 400),
        ({"Referer": f"https://evil.test/{SITE}"}, 400),
    ],
)
def test_over_https_the_form_must_come_from_this_site(make_store, headers, status):
    store = make_store(store__site_url=SITE)
    add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD))
    browser = store.browser(**{"wsgi.url_scheme": "https", "HTTP_HOST": "music.example.org"})
    form = form_at(browser.get(f"{SITE}/account/signin"), "/account/signin")
    fields = dict(form.submit_fields()) | {"email": "alice@example.org", "password": PASSWORD}
    browser.post(f"{SITE}/account/signin", fields, headers=headers, status=status)
    assert len(store.rows(AccountSession)) == (1 if status == 303 else 0)
