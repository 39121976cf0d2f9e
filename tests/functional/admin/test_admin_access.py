"""Only admins may open the admin area, whatever the path and the method."""

import re
from urllib.parse import urlencode

import pytest
from pyramid.interfaces import IRoutesMapper

from album_store.data.account import Account
from album_store.data.role import AccountRole
from tests.support.store_driver import form_at

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")
KNOWN_METHODS = METHODS[:3]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def admin_views(store):
    """The methods of each admin route, by its pattern, as registered in the running application."""
    routes = {route.name: route.pattern for route in store.registry.getUtility(IRoutesMapper).get_routes()}
    views = [item["introspectable"] for item in store.registry.introspector.get_category("views")]
    found = {pattern: set() for pattern in routes.values() if pattern.startswith("/admin")}
    for view in views:
        if routes.get(view["route_name"]) in found:
            found[routes[view["route_name"]]].add(view["request_methods"])
    return found


def statuses(store, browser, account_id, *, has_token=True):
    """The status by admin route and method; raises if an admin page comes back."""
    token = form_at(browser.get("/account/forgot_password"), "/account/forgot_password")["csrf_token"].value
    fields = {"csrf_token": token} if has_token else {}
    found = {}
    for pattern in admin_views(store):
        address = re.sub(r"\{\w+\}", account_id, pattern)
        for method in METHODS:
            body = urlencode(fields if method == "POST" else {}).encode()
            answer = browser.request(address, method=method, body=body, headers=FORM, expect_errors=True)
            assert "Password resets" not in answer.text
            if answer.status_int == 303:
                assert answer.location.startswith("http://localhost/account/signin")
            if answer.status_int in (303, 403):
                assert answer.headers["Cache-Control"] == "no-store", (pattern, method)
            found[pattern, method] = answer.status_int
    return found


def expected(store, refusal):
    """The refusal where a view takes the method, 404 where none does, 405 for unknown methods."""
    return {
        (pattern, method): (refusal if method in methods | {"HEAD"} else 404) if method in KNOWN_METHODS else 405
        for pattern, methods in admin_views(store).items()
        for method in METHODS
    }


def demote(store, account_id):
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(AccountRole.delete().where(AccountRole.c.account_id == account_id))


def test_there_are_admin_routes_to_try(store):
    views = admin_views(store)
    assert len(views) > 10
    assert all("GET" in methods for methods in views.values())
    assert sum("POST" in methods for methods in views.values()) > 5


@pytest.mark.every_database
@pytest.mark.parametrize("has_token", [True, False])
def test_a_visitor_is_sent_to_sign_in(store, bob, testapp, has_token):
    before = store.dump()
    assert statuses(store, testapp, bob, has_token=has_token) == expected(store, 303)
    assert store.dump() == before


@pytest.mark.every_database
@pytest.mark.parametrize("has_token", [True, False])
def test_a_customer_is_refused(store, alice, bob, has_token):
    alice_at = store.signed_in()
    before = store.dump()
    assert statuses(store, alice_at, bob, has_token=has_token) == expected(store, 403)
    assert store.dump() == before


@pytest.mark.every_database
def test_a_disabled_admin_is_treated_as_a_visitor(store, ada, bob):
    ada_at = store.signed_in("ada@example.org")
    ada_at.get("/admin", status=200)
    store.change(Account, ada, disabled=True)
    ada_at.get("/admin", status=303)  # the session has ended and is deleted
    before = store.dump()
    assert statuses(store, ada_at, bob) == expected(store, 303)
    assert store.dump() == before


@pytest.mark.every_database
def test_a_demoted_admin_is_treated_as_a_customer(store, ada, bob):
    ada_at = store.signed_in("ada@example.org")
    ada_at.get("/admin", status=200)
    demote(store, ada)
    before = store.dump()
    assert statuses(store, ada_at, bob) == expected(store, 403)
    assert store.dump() == before


def test_no_admin_page_is_cached(store, ada, bob):
    ada_at = store.signed_in("ada@example.org")
    for pattern in admin_views(store):
        answer = ada_at.get(re.sub(r"\{\w+\}", bob, pattern), expect_errors=True)
        assert answer.status_int in (200, 303, 404)
        assert answer.headers["Cache-Control"] == "no-store", pattern


def test_signing_in_leads_on_to_the_admin_page(store, ada, testapp):
    page = testapp.get("/admin/accounts?q=b", status=303).follow()
    form = form_at(page, "/account/signin")
    form["email"], form["password"] = "ada@example.org", "correct horse battery staple"
    assert form.submit(status=303).location == "http://localhost/admin/accounts?q=b"


def test_only_admins_see_the_link_to_the_admin_area(store, ada, alice, testapp):
    shown = [browser.get("/").html.select('.site-nav a[href="/admin"]') != [] for browser in
             (testapp, store.signed_in(), store.signed_in("ada@example.org"))]  # fmt: skip
    assert shown == [False, False, True]


def test_opening_the_address_of_an_admin_form_redirects_to_its_page(store, ada, bob):
    ada_at = store.signed_in("ada@example.org")
    for action in ("disable", "enable", "end_sessions", "start_reset", "role"):
        answer = ada_at.get(f"/admin/accounts/{bob}/{action}", status=303)
        assert answer.location == f"http://localhost/admin/accounts/{bob}"
    assert ada_at.get("/admin/blocks/x/lift", status=303).location == "http://localhost/admin/blocks"


@pytest.mark.parametrize("action", ["", "/disable", "/enable", "/end_sessions", "/start_reset", "/role"])
def test_a_missing_account_is_not_found(store, ada, action):
    ada_at = store.signed_in("ada@example.org")
    fields = {
        "csrf_token": ada_at.cookies["csrf"],
        "change": "grant",
        "current_password": "correct horse battery staple",
    }
    if action:
        ada_at.post(f"/admin/accounts/{'0' * 32}{action}", fields, status=404)
    else:
        ada_at.get(f"/admin/accounts/{'0' * 32}", status=404)
