"""Every form is refused if the session or role ends while the request is running."""

import re

import pytest
from sqlalchemy import delete

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.album import Album
from album_store.data.role import AccountRole
from tests.support.factories import PASSWORD, make_album
from tests.support.in_between import right_before_the_write
from tests.support.store_driver import form_at

OTHER_PASSWORD = "seventeen grey herons"
ACCOUNT_FORMS = {
    "profile": {"display_name": "Al", "location": "", "about": ""},
    "password": {"current_password": PASSWORD, "password": OTHER_PASSWORD, "confirm_password": OTHER_PASSWORD},
    "email": {"email": "alice@example.net", "current_password": PASSWORD},
    "sessions": {"session_id": "others"},
    "delete": {"current_password": PASSWORD},
    "keep": {},
}
ADMIN_FORMS = {
    "/admin/accounts/{alice}/disable": {},
    "/admin/accounts/{alice}/enable": {},
    "/admin/accounts/{alice}/end_sessions": {},
    "/admin/accounts/{alice}/start_reset": {},
    "/admin/accounts/{alice}/role": {"change": "grant", "current_password": PASSWORD},
    "/admin/albums/{alice}/price": {"for_sale": "no", "kind": "free"},
    "/admin/albums/{alice}/tracks": {},
    "/admin/test_mail": {},
    "/admin/blocks": {"network": "198.51.100.7", "hours": "1"},
    "/admin/blocks/{alice}/lift": {},
    "/admin/orders/{alice}/refund": {"amount": "1"},
    "/admin/orders/{alice}/problems/{alice}/done": {},
    "/admin/orders/{alice}/send_receipt": {},
    "/admin/orders/{alice}/address": {"email": "carol@example.org"},
    "/admin/selling/test_connection": {},
}


def token_of(browser):
    return form_at(browser.get("/account"), "/account/signout")["csrf_token"].value


def execute(store, statement):
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(statement)


def test_every_form_that_needs_a_permission_is_covered_here(store):
    routes = {
        view["route_name"]
        for permission in store.registry.introspector.get_category("permissions")
        for view in permission["related"]
        if view.category_name == "views" and view["request_methods"] == "POST"
    }
    patterns = {name: store.registry.introspector.get("routes", name)["pattern"] for name in routes}
    tried = {f"/account/{name}" for name in ACCOUNT_FORMS} | set(ADMIN_FORMS)
    asked = {re.sub(r"\{\w+\}", "{alice}", pattern) for pattern in patterns.values()}
    assert asked == tried


@pytest.mark.every_database
@pytest.mark.parametrize("name", ACCOUNT_FORMS)
def test_a_form_is_refused_if_the_session_ends_before_the_write(store, alice, bob, name):
    browser = store.signed_in()
    store.signed_in()
    fields = ACCOUNT_FORMS[name] | {"csrf_token": token_of(browser)}
    [first, _] = store.rows(AccountSession)
    end_session = delete(AccountSession).where(AccountSession.id == first.id)
    with right_before_the_write(store, lambda: execute(store, end_session)):
        browser.post(f"/account/{name}", fields, status=403)
    [account] = store.rows(Account, Account.id == alice)
    assert (account.display_name, account.email) == ("Alice", "alice@example.org")
    assert len(store.rows(AccountSession)) == 1
    assert store.mails() == []
    store.signed_in()


@pytest.mark.parametrize("path", ADMIN_FORMS)
@pytest.mark.parametrize("lost", ["session", "role"])
def test_an_admin_form_is_refused_if_session_or_role_ends_before_the_write(store, alice, ada, ada_at, path, lost):
    store.add(make_album(url=alice))
    [album] = store.rows(Album)
    fields = ADMIN_FORMS[path] | {"csrf_token": token_of(ada_at), "version": album.updated_date.isoformat()}
    end = {
        "session": delete(AccountSession).where(AccountSession.account_id == ada),
        "role": delete(AccountRole).where(AccountRole.c.account_id == ada, AccountRole.c.role_name == "admin"),
    }[lost]
    with right_before_the_write(store, lambda: execute(store, end)):
        ada_at.post(path.format(alice=alice), fields, status=403)
    assert "network-blocked" not in store.dump()
    assert "role-granted" not in store.dump()
    assert "album-price-changed" not in store.dump()
    assert store.mails() == []
    [account] = store.rows(Account, Account.id == alice)
    assert account.disabled is False
