"""Lines of OWASP ASVS 5.0 (chapters 6 to 8) that no other test proves; docs/asvs.md names the test of each."""

import re
from datetime import UTC, datetime

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from tests.support.factories import PASSWORD
from tests.support.shared_store import store_in
from tests.support.store_driver import form_at, sign_in
from tests.support.whole_site import WholeSite

# Routes that visitors must be able to reach.
OPEN_TO_VISITORS = {
    "account.signin",
    "account.signout",
    "account.register",
    "account.register_sent",
    "account.confirm",
    "account.confirm_email",
    "account.forgot_password",
    "account.reset_sent",
    "account.reset_link",
    "account.reset_password",
}
# Those of the checkout are hidden: the key of the form, and what was shown. Buttons have the names `item` and `then`.
HIDDEN = {"csrf_token", "checkout_key", "cart", "item", "then"}
ASKED_OF_VISITORS = {"email", "display_name", "password", "confirm_password", "amount-album-N"} | HIDDEN
CHOSEN = "chosen by an admin"


@pytest.fixture
def site(store, tmp_path):
    return WholeSite(store, tmp_path)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every page by name, with whether its browser is signed in."""
    folder = tmp_path_factory.mktemp("site")
    with store_in(folder) as store:
        yield {
            name: ("session" in browser.cookies, browser.get(path, expect_errors=True))
            for name, (browser, path) in WholeSite(store, folder).pages().items()
        }


def test_every_password_field_is_masked_and_takes_any_length(pages):
    seen = 0
    for name, (_, page) in pages.items():
        for field in page.html.find_all("input", {"name": lambda words: words and "password" in words}):
            assert field["type"] == "password", name
            assert field["autocomplete"] in {"current-password", "new-password"}, name
            assert {"maxlength", "pattern", "readonly"}.isdisjoint(field.attrs), name
            seen += 1
    assert seen >= 8


def test_visitors_are_asked_only_for_email_name_and_password(pages):
    forms = [form for signed_in, page in pages.values() if not signed_in for form in page.forms.values()]
    asked = {field for form in forms if form.method.upper() == "POST" for field in form.fields if field}
    assert {re.sub("[0-9]+$", "N", field) for field in asked} == ASKED_OF_VISITORS


def test_every_signed_in_page_has_a_sign_out_button(pages):
    signed_in = {name: page for name, (is_signed_in, page) in pages.items() if is_signed_in}
    assert "account" in signed_in
    for page in signed_in.values():
        assert page.html.find("form", action="/account/signout").button.text == "Sign out"


def test_a_password_never_expires(store, alice, testapp, clock):
    assert sign_in(testapp).status_int == 303
    clock.move_to(datetime(2036, 3, 1, tzinfo=UTC))
    assert sign_in(testapp).location == "http://localhost/"


def test_only_the_sign_in_page_accepts_email_and_password(site):
    passwords = dict.fromkeys(("password", "confirm_password", "current_password"), PASSWORD)

    def sessions() -> int:
        return len(site.store.rows(AccountSession, AccountSession.account_id == site.alice_id))

    def begins_one(send, path) -> bool:
        before = sessions()
        [account] = site.store.rows(Account, Account.id == site.alice_id)  # one of the links changes the address
        send(path, passwords | {"email": account.email}, expect_errors=True)
        return sessions() > before

    routes = {name: site.addresses(name, pattern)[0] for name, pattern in site.routes().items()}
    assert [name for name, path in routes.items() if begins_one(site.store.browser().get, path)] == []
    assert [name for name, path in routes.items() if begins_one(poster(site.store), path)] == ["account.signin"]


def test_an_admin_who_starts_a_reset_sees_no_link_and_chooses_no_password(store, alice, ada):
    ada_at = store.signed_in("ada@example.org")
    path = f"/admin/accounts/{alice}"
    fields = {"csrf_token": ada_at.cookies["csrf"], "password": CHOSEN, "confirm_password": CHOSEN}
    answer = ada_at.post(f"{path}/start_reset", fields, status=303)
    shown = str(answer.headers) + answer.follow().text + ada_at.get(path).text + ada_at.get("/admin/resets").text
    code = store.mailed_link().rpartition("/")[2]
    assert code.rpartition(".")[2] not in shown
    assert code[:32] not in shown
    assert sign_in(store.browser(), password=CHOSEN).status_int == 400
    assert sign_in(store.browser()).status_int == 303


@pytest.mark.parametrize("method", ["get", "post"])
def test_private_pages_send_visitors_to_the_sign_in_page(site, method):
    asked = []
    for name, pattern in site.routes().items():
        if name.startswith("account.") and name not in OPEN_TO_VISITORS:
            send = site.store.browser().get if method == "get" else poster(site.store)
            answer = send(site.addresses(name, pattern)[0], expect_errors=True)
            assert answer.status_int == 404 or "/account/signin" in answer.location, name
            asked.append(answer.status_int)
    assert asked.count(303) >= 5


def poster(store):
    """A function that posts a form as a visitor with a valid token."""
    browser = store.browser()
    token = form_at(browser.get("/account/signin"), "/account/signin")["csrf_token"].value
    return lambda path, fields=(), **options: browser.post(path, dict(fields) | {"csrf_token": token}, **options)
