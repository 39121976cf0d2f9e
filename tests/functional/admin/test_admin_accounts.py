"""Accounts as admins see and manage them."""

from datetime import timedelta

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.audit_entry import AuditEntry
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.profile import Profile
from album_store.data.types import utc_now
from tests.support.factories import PASSWORD, add_account, make_link
from tests.support.page_reader import follow_pages, parse_strictly
from tests.support.store_driver import ask_for_reset, form_at, set_new_password, sign_in

FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
EVIL = '"><evil-tag onclick="x">&amp;</title>'


def listed(page):
    """The email addresses of the accounts on a page."""
    return [link.text for link in page.html.select('.records a[href^="/admin/accounts/"]')]


def press(browser, account_id, action):
    """Press a button on the page of an account."""
    path = f"/admin/accounts/{account_id}"
    return form_at(browser.get(path), f"{path}/{action}").submit(expect_errors=True)


def last_action(store):
    entry = store.rows(AuditEntry)[-1]
    return entry.action, entry.actor, entry.target, entry.ip_address


def test_all_accounts_are_listed_newest_first(store, ada_at):
    for number in range(120):
        add_account(store.db_sessions, "x", f"a{number:03}@example.org", created_date=utc_now() - timedelta(number + 1))
    pages = follow_pages(ada_at, "/admin/accounts")
    assert [len(listed(page)) for page in pages] == [50, 50, 21]
    assert [email for page in pages for email in listed(page)] == [
        "ada@example.org",
        *(f"a{number:03}@example.org" for number in range(120)),
    ]


@pytest.mark.every_database
def test_accounts_created_at_the_same_moment_are_all_listed(store, ada_at):
    moment = utc_now() - timedelta(1)
    for number in range(101):
        add_account(store.db_sessions, "x", f"a{number}@example.org", created_date=moment)
    found = [email for page in follow_pages(ada_at, "/admin/accounts") for email in listed(page)]
    assert len(found) == len(set(found)) == 102


@pytest.mark.every_database
@pytest.mark.parametrize("after", ["x", "1~", "99999999999999999~" + "f" * 32, "0~" + "0" * 32, "~" * 300])
def test_an_invalid_cursor_in_the_account_list_is_no_error(ada_at, after):
    page = ada_at.get("/admin/accounts", {"after": after})
    assert listed(page) == ["ada@example.org"] or "No accounts on this page." in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mara@", ["mara@example.org"]),
        (" MARA@example.org ", ["mara@example.org"]),
        ("lindq", ["jo@example.org"]),
        ("Lindq", ["jo@example.org"]),
        ("ada l", ["ada@example.net"]),
        ("ADA L", ["ada@example.net"]),
        ("élo", ["otis@example.org"]),
        ("ELO", ["otis@example.org"]),
        ("john r", ["reed@example.org"]),
        ("macd", []),
        ("McD", ["mc@example.org"]),
        ("lu", ["luc@example.org"]),
        ("\u00e9lan", ["nfd@example.org"]),
        ("elan", ["nfd@example.org"]),
        ("dor", ["dor@example.org"]),
        ("d'or", ["dor@example.org"]),
        ("\uff2a\uff4f\uff48\uff4e", ["reed@example.org"]),
        ("\U0001f30a", ["sea@example.org"]),
        ("夜", ["yoru@example.org"]),
        ("example.org", []),
        ("%", []),
        ("_ara", []),
        ("'", []),
        ("o", ["otis@example.org"]),
    ],
)
def test_a_search_matches_the_start_of_an_address_or_name(store, ada_at, query, found):
    add_account(store.db_sessions, "x", "mara@example.org", display_name="mia")
    add_account(store.db_sessions, "x", "jo@example.org", display_name="Lindqvist Trio")
    add_account(store.db_sessions, "x", "ada@example.net", display_name="Ada Lovelace")
    add_account(store.db_sessions, "x", "otis@example.org", display_name="Élodie")
    for email, name in {
        "reed": "JOHN  REED",
        "mc": "mcDonald",
        "nfd": "e\u0301lan",
        "luc": "\uff2c\uff35\uff23",
        "dor": "D\N{RIGHT SINGLE QUOTATION MARK}Or",
        "sea": "\U0001f30a\U0001f30a",
        "yoru": "夜のプール",
    }.items():
        add_account(store.db_sessions, "x", f"{email}@example.org", display_name=name)
    page = ada_at.get("/admin/accounts", {"q": query})
    assert listed(page) == found
    assert ("No email address or name starts with" in page) is (found == [])


def test_a_search_that_finds_too_many_says_so(store, ada_at):
    for number in range(60):
        add_account(store.db_sessions, "x", f"a{number:03}@example.org", display_name="Ann")
    page = ada_at.get("/admin/accounts?q=an")
    assert len(listed(page)) == 50
    assert "Showing the first 50 matches." in page
    assert "Showing the first" not in ada_at.get("/admin/accounts?q=a00")


def test_the_page_of_an_account_shows_its_details(store, alice, bob, ada_at):
    store.add(Profile(account_id=alice, location="Lund", about="I like\nquiet songs."))
    store.add(PendingDeletion(account_id=alice, due_date=utc_now() + timedelta(days=7)))
    phone = store.browser(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="2001:db8::7")
    sign_in(phone)
    ask_for_reset(phone)
    store.signed_in("bob@example.org", "bob has another one")
    text = ada_at.get(f"/admin/accounts/{alice}").html.main.get_text()
    for words in ("alice@example.org", "Alice", "Lund", "quiet songs", "Will be deleted", "Firefox on Android"):
        assert words in text
    assert text.count("2001:db8::7") == 2
    assert "bob" not in text
    assert "192.0.2.7" not in text


@pytest.mark.parametrize(("count", "is_cut"), [(1, False), (19, False), (25, True)])
def test_the_page_of_an_account_says_when_its_lists_are_shortened(store, alice, ada_at, count, is_cut):
    store.add(*(make_link(PasswordReset, account_id=alice) for _ in range(count)))
    store.add(*(AuditEntry(action="x", actor="x", target="x", target_id=alice) for _ in range(count)))
    page = ada_at.get(f"/admin/accounts/{alice}")
    for heading in ("resets", "done"):
        section = page.html.select_one(f'section[aria-labelledby="{heading}"]')
        assert len(section.select(".records > li")) == min(count, 20)
        assert ("Showing the latest 20." in section.text) is is_cut


def test_disabling_an_account_takes_effect_at_once(store, alice, bob, ada_at):
    alice_at, bob_at = store.signed_in(), store.signed_in("bob@example.org", "bob has another one")
    ask_for_reset(alice_at)
    link = store.mailed_link()
    page = press(ada_at, alice, "disable").follow()
    assert "Account disabled. Its owner can't sign in." in page
    assert "disabled" in page.html.select_one(".mark").text
    assert alice_at.get("/account").status_int == 303
    assert sign_in(store.browser()).status_int == 400
    store.browser().get(link).follow(status=404)
    bob_at.get("/account", status=200)
    assert last_action(store) == ("account-disabled", "ada@example.org", "alice@example.org", "203.0.113.1")
    assert [session.account_id == alice for session in store.rows(AccountSession)] == [False, False]


def test_a_reenabled_account_can_sign_in_but_its_old_links_stay_dead(store, alice, ada_at):
    ask_for_reset(store.browser())
    link = store.mailed_link()
    press(ada_at, alice, "disable")
    assert "Account enabled. Its owner can sign in again." in press(ada_at, alice, "enable").follow()
    assert sign_in(store.browser()).status_int == 303
    store.browser().get(link).follow(status=404)
    assert last_action(store)[0] == "account-enabled"
    entries = len(store.rows(AuditEntry))
    ada_at.post(f"/admin/accounts/{alice}/enable", {"csrf_token": ada_at.cookies["csrf"]}, status=303)
    assert len(store.rows(AuditEntry)) == entries  # nothing was done


def test_all_devices_of_an_account_can_be_signed_out(store, alice, bob, ada_at):
    devices, bob_at = [store.signed_in(), store.signed_in()], store.signed_in("bob@example.org", "bob has another one")
    page = press(ada_at, alice, "end_sessions").follow()
    assert "Account signed out of all devices." in page
    assert "signed out 2 devices of alice@example.org" in " ".join(page.html.main.get_text().split())
    assert [browser.get("/account").status_int for browser in (*devices, bob_at)] == [303, 303, 200]


def test_a_reset_started_by_an_admin_goes_to_the_stored_address(store, alice, ada_at):
    ask_for_reset(store.browser())
    earlier = store.mailed_link()
    press(ada_at, alice, "start_reset").follow()
    mail = store.mails("alice@example.org")[-1]
    assert mail.kind == "reset-started"
    assert "The people who run Test Records have sent you a link" in mail.text_body
    reset = store.rows(PasswordReset)[-1]
    assert (reset.created_ip_address, reset.created_user_agent) == ("", "")  # Alice can see it, and need not know Ada's
    for word in ("203.0.113.1", "AdasBrowser", "ada@example.org", "unknown browser"):
        assert word not in mail.text_body + mail.html_body
    store.browser().get(earlier).follow(status=200)
    browser = store.browser()
    browser.get(store.link_in(mail)).follow()
    set_new_password(browser, "seventeen grey herons")
    assert sign_in(store.browser(), password="seventeen grey herons").status_int == 303
    assert last_action(store) == ("reset-started", "ada@example.org", "alice@example.org", "203.0.113.1")


def test_no_reset_can_be_started_for_a_disabled_account(store, alice, ada_at):
    form = form_at(ada_at.get(f"/admin/accounts/{alice}"), f"/admin/accounts/{alice}/start_reset")
    store.change(Account, alice, disabled=True)
    page = form.submit(status=400)
    assert "Enable the account first." in page.html.select_one('[role="alert"]').text
    assert store.rows(PasswordReset) == store.rows(AuditEntry) == store.mails() == []


def test_unknown_fields_in_admin_forms_are_ignored(store, alice, bob, ada_at):
    extra = {"is_super_user": "1", "id": bob, "account_id": bob, "roles": "admin", "email": "evil@example.org"}
    token = ada_at.cookies["csrf"]
    ada_at.post(f"/admin/accounts/{alice}/disable", extra | {"csrf_token": token}, status=303)
    accounts = {account.id: account for account in store.rows(Account)}
    assert (accounts[alice].disabled, accounts[bob].disabled) == (True, False)
    assert accounts[alice].email == "alice@example.org"
    ada_at.post(f"/admin/accounts/{alice}/enable", extra | {"csrf_token": token}, status=303)
    sign_in(browser := store.browser())
    browser.get("/admin", status=403)


def test_stored_values_are_shown_as_text(store, ada_at):
    evil = add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD), f"{EVIL}@x", display_name=EVIL)
    store.add(Profile(account_id=evil, location=EVIL, about=EVIL))
    marks = {"created_ip_address": EVIL, "created_user_agent": EVIL, "used_ip_address": EVIL, "used_user_agent": EVIL}
    store.add(make_link(PasswordReset, account_id=evil, was_used=True, used_date=utc_now(), **marks))
    store.add(AccountSession(account_id=evil, token_hash="x", ip_address=EVIL, user_agent=EVIL))
    press(ada_at, evil, "start_reset")
    for path, least in ((f"/admin/accounts/{evil}", 8), ("/admin/accounts", 2), ("/admin/resets", 3), ("/admin", 1)):
        page = ada_at.get(path)
        parse_strictly(page.text)
        assert page.html.find("evil-tag") is None
        assert page.html.get_text().count("<evil-tag onclick") >= least, path
    page = ada_at.get("/admin/accounts", {"q": EVIL})
    assert page.html.find("evil-tag") is None
    assert page.html.select_one("#account-search")["value"] == EVIL


def test_every_action_is_listed_newest_first(store, alice, ada_at):
    for _ in range(26):
        for action in ("disable", "enable"):
            press(ada_at, alice, action)
    pages = follow_pages(ada_at, "/admin/actions")
    assert [len(page.html.select(".records li")) for page in pages] == [50, 2]
    first = " ".join(pages[0].html.select_one(".records li").get_text().split())
    assert first.startswith("ada@example.org enabled alice@example.org")
    assert first.endswith("from 203.0.113.1")


def test_audit_rows_outlive_the_account(store, alice, ada_at):
    press(ada_at, alice, "disable")
    with store.db_sessions.begin() as dbsession:
        dbsession.delete(dbsession.get_one(Account, alice))
    line = ada_at.get("/admin/actions").html.select_one(".records li")
    assert "alice@example.org" in line.text
    assert line.a is None


def test_a_changed_name_is_found(store, alice, ada_at):
    form = form_at(store.signed_in().get("/account"), "/account/profile")
    form["display_name"] = "ZOË"
    form.submit(status=303)
    assert listed(ada_at.get("/admin/accounts?q=zoe")) == ["alice@example.org"]
    assert listed(ada_at.get("/admin/accounts?q=alice k")) == []
