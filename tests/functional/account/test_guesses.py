"""Guessing links: from stored values, from parts of other links, and by brute force."""

import pytest

from album_store.data.account_session import AccountSession
from album_store.data.password_reset import PasswordReset
from album_store.data.types import new_id
from album_store.infrastructure.security.secret_codes import LinkCode, hash_secret, new_secret
from album_store.services.account.secret_links import DeadLinkError, find_link
from tests.support.factories import PASSWORD, make_link
from tests.support.leak_watch import cells_of
from tests.support.store_driver import ask_for_reset, form_at, register

KINDS = ("reset_password", "confirm", "confirm_email")
NEW_PASSWORD = "seventeen grey herons"


@pytest.fixture
def open_links(store, alice, bob):
    """An open link by kind; their emails have been delivered, and Bob is signed in."""
    bob_at = store.signed_in("bob@example.org", "bob has another one")
    form = form_at(bob_at.get("/account"), "/account/email")
    form["email"], form["current_password"] = "bob@elsewhere.example.org", "bob has another one"
    form.submit(status=303)
    ask_for_reset(store.browser())
    register(store.browser(), "carol@example.org")
    recipients = ("alice@example.org", "carol@example.org", "bob@elsewhere.example.org")
    links = dict(zip(KINDS, map(store.mailed_link, recipients), strict=True))
    store.deliver_mail()
    return links


def opens(browser, kind, code):
    """Whether a code opens a link of this kind."""
    page = browser.get(f"/account/{kind}/{code}", expect_errors=True)
    while page.status_int in {301, 303}:  # 301 drops punctuation at the end of the URL
        page = page.follow(expect_errors=True)
    assert page.status_int in {200, 404}
    return page.status_int == 200


def test_no_stored_value_works_as_a_link_or_a_session(store, open_links):
    before = store.dump()
    # A slash or a question mark ends the code in a URL, so values that contain one cannot be requested.
    values = {words for _, words, _ in cells_of(store) if "/" not in words and "?" not in words and words}
    ids = {value for value in values if len(value) == 32}
    hashes = {value for value in values if len(value) == 64}
    assert len(ids) >= 7
    assert len(hashes) >= 4
    codes = values | {f"{one}.{cut}" for one in ids for digest in hashes for cut in (digest[:43], digest[-43:])}
    browser = store.browser()
    assert [(kind, code) for code in codes for kind in KINDS if opens(browser, kind, code)] == []
    for code in codes:
        cookies = {"Cookie": f"session={code[-43:]}; reset={code}"}
        store.browser().get("/account", headers=cookies, status=303)
        store.browser().get("/account/reset_password", headers=cookies, status=404)
    assert store.dump() == before
    assert all(opens(store.browser(), kind, link.rpartition("/")[2]) for kind, link in open_links.items())


def test_ten_thousand_guesses_find_no_link_and_change_nothing(store, open_links):
    [reset] = store.rows(PasswordReset)
    secret = open_links["reset_password"].rpartition(".")[2]
    before = store.dump()
    with store.db_sessions.read() as dbsession:
        for _ in range(5_000):
            for guess in (LinkCode(reset.id, new_secret()), LinkCode(new_id(), secret)):
                with pytest.raises(DeadLinkError):
                    find_link(dbsession, PasswordReset, guess)
    assert store.dump() == before
    assert opens(store.browser(), "reset_password", f"{reset.id}.{secret}")


def test_the_id_of_one_reset_with_the_secret_of_another_is_refused(store, alice, bob):
    links = []
    for email in ("alice@example.org", "bob@example.org"):
        ask_for_reset(store.browser(), email)
        links.append(store.mailed_link(email).rpartition("/")[2].split("."))
    (alices_id, alices_secret), (bobs_id, bobs_secret) = links
    for code in (f"{alices_id}.{bobs_secret}", f"{bobs_id}.{alices_secret}"):
        assert not opens(store.browser(), "reset_password", code)
    assert opens(store.browser(), "reset_password", f"{alices_id}.{alices_secret}")


@pytest.mark.parametrize("stored", ["", "0" * 64, hash_secret("")])
def test_an_empty_secret_never_opens_a_reset(store, alice, stored):
    reset_id = new_id()
    store.add(make_link(PasswordReset, id=reset_id, account_id=alice, secret_hash=stored))
    for code in ("", ".", reset_id, f"{reset_id}.", f"{reset_id}.{stored[:43]}", f"{reset_id}.{'0' * 43}"):
        assert not opens(store.browser(), "reset_password", code)
        cookie = {"Cookie": f"reset={code}"}
        store.browser().get("/account/reset_password", headers=cookie, status=404)


@pytest.mark.parametrize("cookie", ["", "x", "{id}", "{id}.", f"{{id}}.{'a' * 43}", f"{'0' * 32}.{{secret}}"])
def test_a_new_password_sent_with_a_made_up_link_changes_nothing(store, open_links, cookie):
    code = open_links["reset_password"].rpartition("/")[2]
    made_up = cookie.format(id=code[:32], secret=code[33:])
    browser = store.browser()
    browser.get(open_links["reset_password"]).follow()
    form = form_at(browser.get("/account/reset_password"), "/account/reset_password")
    form["password"] = form["confirm_password"] = NEW_PASSWORD
    browser.set_cookie("reset", made_up)
    before = store.dump()
    assert form.submit(expect_errors=True).status_int == 404
    assert store.dump() == before


def test_sessions_and_passwords_are_accepted_only_in_cookie_and_form(store, alice):
    token = store.signed_in().cookies["session"]
    basic = {"Authorization": "Basic YWxpY2VAZXhhbXBsZS5vcmc6Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ=="}
    for headers in (basic, {"Authorization": f"Bearer {token}"}, {"X-Session": token}, {"Cookie": f"Session={token}"}):
        store.browser().get("/account", headers=headers, status=303)
    store.browser().get("/account", {"session": token, "email": "alice@example.org", "password": PASSWORD}, status=303)
    assert [session.account_id for session in store.rows(AccountSession)] == [alice]
