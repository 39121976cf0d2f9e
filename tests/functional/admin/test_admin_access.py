"""Who may open the admin area: those who run the store, whatever the address and the method."""

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
    """The methods that each admin route takes, by its pattern, as the running application knows them."""
    routes = {route.name: route.pattern for route in store.registry.getUtility(IRoutesMapper).get_routes()}
    views = [item["introspectable"] for item in store.registry.introspector.get_category("views")]
    found = {pattern: set() for pattern in routes.values() if pattern.startswith("/admin")}
    for view in views:
        if routes.get(view["route_name"]) in found:
            found[routes[view["route_name"]]].add(view["request_methods"])
    return found


def statuses(store, browser, account_id, *, has_token=True):
    """What a browser gets for every admin address and method; raises if a page of the area comes back."""
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
    """A refusal where there is a view for the method; else no view, or not even a method."""
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


@pytest.mark.parametrize("has_token", [True, False])
def test_a_visitor_is_sent_to_sign_in(store, bob, testapp, has_token):
    before = store.dump()
    assert statuses(store, testapp, bob, has_token=has_token) == expected(store, 303)
    assert store.dump() == before


@pytest.mark.parametrize("has_token", [True, False])
def test_a_customer_is_refused(store, alice, bob, has_token):
    alice_at = store.signed_in()
    before = store.dump()
    assert statuses(store, alice_at, bob, has_token=has_token) == expected(store, 403)
    assert store.dump() == before


def test_an_admin_who_was_disabled_is_a_visitor_from_then_on(store, ada, bob):
    ada_at = store.signed_in("ada@example.org")
    ada_at.get("/admin", status=200)
    store.change(Account, ada, disabled=True)
    ada_at.get("/admin", status=303)  # the session is found dead, and goes
    before = store.dump()
    assert statuses(store, ada_at, bob) == expected(store, 303)
    assert store.dump() == before


def test_an_admin_who_was_demoted_is_a_customer_from_then_on(store, ada, bob):
    ada_at = store.signed_in("ada@example.org")
    ada_at.get("/admin", status=200)
    demote(store, ada)
    before = store.dump()
    assert statuses(store, ada_at, bob) == expected(store, 403)
    assert store.dump() == before


def test_no_admin_page_is_kept_by_a_cache(store, ada, bob):
    ada_at = store.signed_in("ada@example.org")
    for pattern in admin_views(store):
        answer = ada_at.get(re.sub(r"\{\w+\}", bob, pattern), expect_errors=True)
        assert answer.status_int in (200, 303)
        assert answer.headers["Cache-Control"] == "no-store", pattern


def test_a_visitor_who_signs_in_goes_on_to_the_page(store, ada, testapp):
    page = testapp.get("/admin/accounts?q=b", status=303).follow()
    form = form_at(page, "/account/signin")
    form["email"], form["password"] = "ada@example.org", "correct horse battery staple"
    assert form.submit(status=303).location == "http://localhost/admin/accounts?q=b"


def test_only_those_who_run_the_store_see_the_way_there(store, ada, alice, testapp):
    shown = [browser.get("/").html.select('.site-nav a[href="/admin"]') != [] for browser in
             (testapp, store.signed_in(), store.signed_in("ada@example.org"))]  # fmt: skip
    assert shown == [False, False, True]


def test_somebody_who_opens_the_address_of_a_form_gets_its_page(store, ada, bob):
    ada_at = store.signed_in("ada@example.org")
    for action in ("disable", "enable", "end_sessions", "start_reset", "role"):
        answer = ada_at.get(f"/admin/accounts/{bob}/{action}", status=303)
        assert answer.location == f"http://localhost/admin/accounts/{bob}"
    assert ada_at.get("/admin/blocks/x/lift", status=303).location == "http://localhost/admin/blocks"


@pytest.mark.parametrize("action", ["", "/disable", "/enable", "/end_sessions", "/start_reset", "/role"])
def test_an_account_that_is_not_there_is_not_found(store, ada, action):
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
