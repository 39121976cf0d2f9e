"""Password reset: one customer and one link."""

from datetime import timedelta

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.password_reset import PasswordReset
from album_store.infrastructure.security.secret_codes import hash_secret
from tests.support.clock import NOON
from tests.support.statement_log import statements_of
from tests.support.store_driver import ask_for_reset, form_at, set_new_password, sign_in

NEW_PASSWORD = "seventeen grey herons"


@pytest.fixture
def link(store, alice, testapp):
    """The path of a reset link mailed to Alice."""
    ask_for_reset(testapp)
    return store.mailed_link()


def reset_with(browser, link, password=NEW_PASSWORD):
    """Follow a link and set a password; returns the last answer."""
    page = browser.get(link, expect_errors=True)
    while page.status_int in {301, 303}:  # 301 drops punctuation at the end of the URL
        page = page.follow(expect_errors=True)
    return set_new_password(browser, password) if page.status_int == 200 else page


def assert_dead(page):
    assert page.status_int == 404
    assert page.html.h1.text == "This link does not work"


def test_a_reset_link_works_once(store, testapp, link):
    assert reset_with(testapp, link).location.endswith("/account/signin")
    assert_dead(reset_with(store.browser(), link, "another password of mine"))
    assert sign_in(store.browser(), password=NEW_PASSWORD).status_int == 303
    assert [mail.kind for mail in store.mails()] == ["reset-password", "password-changed"]


def test_a_form_sent_twice_from_the_same_browser_counts_once(store, testapp, link):
    testapp.get(link).follow()
    form = form_at(testapp.get("/account/reset_password"), "/account/reset_password")
    form["password"] = form["confirm_password"] = NEW_PASSWORD
    form.submit(status=303)
    form["password"] = form["confirm_password"] = "another password of mine"
    assert_dead(form.submit(expect_errors=True))
    assert sign_in(testapp, password=NEW_PASSWORD).status_int == 303


def test_the_back_button_shows_no_form_after_a_reset(store, testapp, link):
    shown = testapp.get(link).follow()
    assert set_new_password(testapp, NEW_PASSWORD).status_int == 303
    assert shown.headers["Cache-Control"] == "no-store"  # so the browser asks again
    assert_dead(testapp.get("/account/reset_password", expect_errors=True))
    assert_dead(testapp.get(link).follow(expect_errors=True))
    assert sign_in(testapp, password=NEW_PASSWORD).status_int == 303


@pytest.mark.parametrize(("seconds", "works"), [(3_599, True), (3_600, False), (3_601, False)])
def test_a_link_works_for_less_than_an_hour(store, alice, testapp, seconds, works, clock):
    ask_for_reset(testapp)
    testapp.get(store.mailed_link()).follow()
    form = form_at(testapp.get("/account/reset_password"), "/account/reset_password")
    form["password"] = form["confirm_password"] = NEW_PASSWORD
    clock.shift(timedelta(seconds=seconds))
    assert form.submit(expect_errors=True).status_int == (303 if works else 404)
    assert sign_in(testapp, password=NEW_PASSWORD).status_int == (303 if works else 400)


def test_the_pages_state_the_configured_link_lifetime(make_store):
    page = ask_for_reset(make_store(reset__minutes="5").browser()).follow()
    assert "expires after 5 minutes" in page


def test_opening_a_reset_link_does_not_use_it_up(store, testapp, link):
    for look in (testapp.head, *[testapp.get] * 5):
        look(link)
        look("/account/reset_password", status=200)
    store.browser().get(link, headers={"Sec-Purpose": "prefetch", "Purpose": "prefetch"}).follow()
    [reset] = store.rows(PasswordReset)
    assert (reset.was_used, reset.used_date, reset.superseded_date) == (False, None, None)
    assert reset_with(testapp, link).status_int == 303


@pytest.mark.parametrize(
    ("password", "confirm"), [("kvartsu", "kvartsu"), ("password123", "password123"), (NEW_PASSWORD, "different one")]
)
def test_a_refused_password_does_not_use_up_the_link(store, testapp, link, password, confirm):
    testapp.get(link).follow()
    page = set_new_password(testapp, password, confirm)
    assert page.status_int == 400
    assert page.html.select(".field-error")
    assert password not in page
    assert not store.rows(PasswordReset)[0].was_used
    assert set_new_password(testapp, NEW_PASSWORD).status_int == 303


def test_the_email_address_is_refused_as_a_password(store, testapp, link):
    testapp.get(link).follow()
    assert "contains your email address" in set_new_password(testapp, "alice@example.org")


def test_the_secret_leaves_the_url_before_any_page_is_shown(store, testapp, link):
    secret = link.rpartition(".")[2]
    hop = testapp.get(link)
    assert hop.location == "http://localhost/account/reset_password"
    assert secret not in hop.text
    [cookie] = [value for value in hop.headers.getall("Set-Cookie") if secret in value]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = hop.follow()
    assert secret not in page
    assert secret not in str(page.headers)
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert hop.headers["Cache-Control"] == page.headers["Cache-Control"] == "no-store"
    done = set_new_password(testapp, NEW_PASSWORD)
    assert secret not in str(done.headers) + done.text
    assert "reset" not in testapp.cookies


def test_only_the_hash_of_the_secret_is_stored(store, link):
    code = link.rpartition("/")[2]
    [reset] = store.rows(PasswordReset)
    assert code == f"{reset.id}.{code[33:]}"
    assert reset.secret_hash == hash_secret(code[33:])
    assert len(code) == 76
    store.deliver_mail()
    assert code[33:] not in store.dump()


def test_no_stored_reset_value_works_as_a_link(store, testapp, link):
    [reset], [account] = store.rows(PasswordReset), store.rows(Account)
    digest = reset.secret_hash
    for text in (reset.id, f"{reset.id}.{digest}", f"{reset.id}.{digest[:43]}", f"{account.id}.{digest[:43]}", digest):
        assert_dead(reset_with(testapp, f"/account/reset_password/{text}"))
    assert not store.rows(PasswordReset)[0].was_used


def test_malformed_and_guessed_links_all_get_the_same_page(store, link):
    code = link.rpartition("/")[2]
    secret, zeros = code[33:], "0" * 32
    codes = [
        *[f"{zeros}.{secret}", f"{code[:33]}{'A' * 43}", f"{zeros}.{'A' * 43}", code.upper(), code[:-1], f"{code}x"],
        *[code.replace(".", ""), f"%20{code}", f"{code[:32]}.{secret[:-1]}%C3%A9"],
        *["None", "undefined", "-1", "0", "1e9", "'--", "%27%20OR%201=1", "${code}", "%F0%9F%8E%B8", "..", "a" * 5_000],
        *[f"{code[:8]}-{code[8:12]}-{code[12:16]}-{code[16:20]}-{code[20:]}", f"{{{code}}}", "%D9%A3" * 32],
    ]  # fmt: skip
    pages = [reset_with(store.browser(), f"/account/reset_password/{text}") for text in codes]
    assert {page.status_int for page in pages} == {404}
    assert len({str(page.html.main) for page in pages}) == 1
    assert_dead(pages[0])
    assert not store.rows(PasswordReset)[0].was_used


def test_without_a_link_there_is_no_form(store, testapp):
    assert_dead(testapp.get("/account/reset_password", expect_errors=True))


def test_a_reset_signs_out_every_device_and_signs_none_in(store, alice, bob):
    devices = [store.signed_in() for _ in range(3)]
    bob_at = store.signed_in("bob@example.org", "bob has another one")
    browser = store.browser()
    ask_for_reset(browser)
    page = reset_with(browser, store.mailed_link()).follow()
    assert "all devices have been signed out" in page
    assert [device.get("/account").status_int for device in [*devices, browser]] == [303] * 4
    assert bob_at.get("/account").status_int == 200
    assert [session.account_id for session in store.rows(AccountSession)] == [bob]


def test_the_password_change_notice_contains_no_secret(store, testapp, link):
    reset_with(testapp, link)
    notice = store.mails("alice@example.org")[-1]
    assert notice.kind == "password-changed"
    assert store.link_in(notice) == "/account/forgot_password"
    for secret in (NEW_PASSWORD, link.rpartition(".")[2]):
        assert secret not in notice.text_body + notice.html_body + notice.subject


def test_a_reset_records_who_asked_and_who_used_the_link(store, alice, clock):
    ask_for_reset(store.browser(REMOTE_ADDR="198.51.100.4", HTTP_USER_AGENT="Asker"))
    clock.shift(timedelta(minutes=7))
    reset_with(store.browser(REMOTE_ADDR="2001:db8::9", HTTP_USER_AGENT="User"), store.mailed_link())
    [reset] = store.rows(PasswordReset)
    assert (reset.created_ip_address, reset.created_user_agent) == ("198.51.100.4", "Asker")
    assert (reset.used_ip_address, reset.used_user_agent) == ("2001:db8::9", "User")
    assert (reset.created_date, reset.used_date) == (NOON, NOON + timedelta(minutes=7))


def test_bobs_link_opened_while_alice_is_signed_in_resets_bobs_password(store, alice, bob):
    ask_for_reset(store.browser(), "bob@example.org")
    alice_at = store.signed_in()
    page = alice_at.get(store.mailed_link("bob@example.org")).follow()
    assert "bob@example.org" in page.html.main.text
    fields = dict(form_at(page, "/account/reset_password").submit_fields())
    fields |= {"password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    fields |= {"user_id": alice, "account_id": alice, "email": "alice@example.org", "is_super_user": "1"}
    alice_at.post("/account/reset_password", fields, status=303)
    assert alice_at.get("/account").html.select_one("nav a[title]")["title"] == "Alice"
    assert sign_in(store.browser(), "bob@example.org", NEW_PASSWORD).status_int == 303
    assert sign_in(store.browser()).status_int == 303
    assert store.rows(Account, Account.id == bob)[0].email == "bob@example.org"


def reason(page):
    assert_dead(page)
    return page.html.main.select_one(".lede").text


UNKNOWN = "It may be incomplete or too old."
CANCELLED = "It was cancelled by a later sign-in, a change to your account or a request for another email address."
WHY_DEAD = {
    "used": "It has already been used",
    "ended by a sign-in": CANCELLED,
    "ended by another link": CANCELLED,
    "too old": "It has expired.",
}


def end_link(store, link, how, clock):
    if how == "used":
        reset_with(store.browser(), link)
    elif how == "ended by a sign-in":
        store.signed_in()
    elif how == "ended by another link":
        clock.shift(timedelta(seconds=1))  # emails of one moment have no order
        ask_for_reset(store.browser())
        reset_with(store.browser(), store.mailed_link())
    else:
        clock.shift(timedelta(hours=1))


@pytest.mark.parametrize("how", WHY_DEAD)
def test_a_dead_link_says_why_and_offers_another(store, clock, link, how):
    end_link(store, link, how, clock)
    page = reset_with(store.browser(), link)
    assert WHY_DEAD[how] in reason(page)
    assert page.html.main.select_one("a.button")["href"] == "/account/forgot_password"


@pytest.mark.parametrize("how", WHY_DEAD)
def test_only_the_right_secret_shows_why_a_link_is_dead(store, clock, link, how):
    end_link(store, link, how, clock)
    wrong = [link[:-43] + "A" * 43, link[:-44] + "." + "A" * 43, "/account/reset_password/" + "0" * 32 + link[-44:]]
    assert {reason(reset_with(store.browser(), path)).split(" Copy")[0] for path in wrong} == {UNKNOWN}


def test_a_wrong_secret_runs_the_same_statements_for_known_and_unknown_ids(store, link):
    code = link.rpartition("/")[2]
    looked_up = []
    for guess in (code[:33] + "A" * 43, "0" * 32 + "." + "A" * 43):
        browser = store.browser()
        browser.get(f"/account/reset_password/{guess}", status=303)
        with statements_of(store.db_sessions.engine) as statements:
            browser.get("/account/reset_password", status=404)
        looked_up.append([statement for statement, _ in statements])
    assert looked_up[0] == looked_up[1]
    assert len(looked_up[0]) == 1
