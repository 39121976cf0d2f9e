"""Registration: the form, the email and the link."""

import unicodedata

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.security.secret_codes import LinkCode, hash_secret, looks_like_secret, new_secret
from album_store.services.account.secret_links import is_open
from tests.support.factories import PASSWORD
from tests.support.statement_log import statements_of
from tests.support.store_driver import confirmation_form, form_at, register, shown, sign_in, together

BYTES_64 = "seven tall ships and a lighthouse keeper counting grey stars now"
BYTES_4096 = (BYTES_64 * 64)[:4096]


def confirm(browser, link):
    """Press the button on the page of a registration link."""
    return confirmation_form(browser.get(link)).submit(expect_errors=True)


def test_a_new_store_has_no_account(store):
    assert store.rows(Account) == []


def test_an_account_is_created_only_when_the_button_is_pressed(store, testapp):
    register(testapp, "carol@example.org")
    link = store.mailed_link("carol@example.org")
    testapp.head(link)
    for _ in range(5):
        assert "carol@example.org" in testapp.get(link)
    assert store.rows(Account) == []
    assert sign_in(testapp, "carol@example.org").status_int == 400
    assert confirm(testapp, link).status_int == 303
    [account] = store.rows(Account)
    assert account.email == "carol@example.org"


def test_a_registration_link_works_once(store, testapp):
    register(testapp, "carol@example.org")
    link = store.mailed_link("carol@example.org")
    page = testapp.get(link)
    confirmation_form(page).submit(status=303)
    testapp.reset()
    dead = testapp.get(link, status=404)
    assert "This link does not work" in dead
    assert "You have already confirmed this email address." in dead
    assert dead.html.select_one("main a.button").text == "Sign in"
    assert [row.was_used for row in store.rows(PendingRegistration)] == [True]
    assert len(store.rows(Account)) == 1


def test_a_registration_can_only_create_a_customer(store, testapp):
    form = form_at(testapp.get("/account/register"), "/account/register")
    fields = dict(form.submit_fields()) | {
        "email": "carol@example.org",
        "password": PASSWORD,
        "confirm_password": PASSWORD,
        "is_super_user": "1",
        "roles": "admin",
        "id": "0" * 32,
        "confirmed": "1",
    }
    testapp.post("/account/register", fields, status=303)
    confirm(testapp, store.mailed_link("carol@example.org"))
    with store.db_sessions.read() as dbsession:
        account = dbsession.query(Account).one()
        assert [role.name for role in account.roles] == ["user"]
        assert account.id != "0" * 32


@pytest.mark.parametrize("spelling", ["alice@example.org", " Alice@EXAMPLE.org\t", "alice\u200b@example.org"])
def test_a_taken_address_gets_a_notice_and_the_same_answer(store, alice, spelling):
    new, taken = store.browser(), store.browser()
    one, other = register(new, "carol@example.org"), register(taken, spelling)
    assert (one.status, one.headers["Location"]) == (other.status, other.headers["Location"])
    assert sorted(one.headers) == sorted(other.headers)
    assert shown(one.follow()) == shown(other.follow())
    assert [mail.kind for mail in store.mails("alice@example.org")] == ["account-exists"]
    assert [row.email for row in store.rows(PendingRegistration)] == ["carol@example.org", "alice@example.org"]
    assert sign_in(store.browser()).status_int == 303


def test_twenty_parallel_registrations_of_one_address_create_one_account(store):
    browsers = [store.browser() for _ in range(20)]
    forms = [form_at(browser.get("/account/register"), "/account/register") for browser in browsers]
    for number, form in enumerate(forms):
        form["email"] = "carol@example.org"
        form["password"] = form["confirm_password"] = f"{PASSWORD} {number}"
    assert {answer.status_int for answer in together(*[form.submit for form in forms])} == {303}
    mails = store.mails("carol@example.org")
    assert len(mails) == 3  # no more go to one address at once
    rows = store.rows(PendingRegistration)
    assert len(rows) == 20

    owners = {row.id: row.receipt_hash for row in rows}
    by_receipt = {hash_secret(browser.cookies["registration"]): browser for browser in browsers}
    links = {owners[LinkCode.parse(link.rpartition("/")[2]).id]: link for link in map(store.link_in, mails)}
    buttons = [confirmation_form(by_receipt[receipt].get(link)) for receipt, link in links.items()]
    answers = together(*[lambda button=button: button.submit(expect_errors=True) for button in buttons])
    assert sorted(answer.status_int for answer in answers) == [303] + [404] * 2
    assert len(store.rows(Account)) == len(store.rows(AccountSession)) == 1
    assert store.rows(PendingRegistration, is_open(PendingRegistration)) == []


def test_another_browser_can_confirm_a_registration_with_the_password(store, testapp):
    register(testapp, "carol@example.org", name="Carol")
    link = store.mailed_link("carol@example.org")
    phone = store.browser()
    button = confirmation_form(phone.get(link))
    button["password"] = PASSWORD
    assert "Welcome." in button.submit().follow()
    assert len(store.rows(Account)) == len(store.rows(AccountSession)) == 1


def test_the_receipt_of_another_registration_does_not_replace_the_password(store):
    mine, theirs = store.browser(), store.browser()
    register(mine, "carol@example.org")
    register(theirs, "dave@example.org", "chosen by dave")
    button = confirmation_form(mine.get(store.mailed_link("dave@example.org")))
    assert "password" in button.fields
    assert "not the password" in button.submit(status=400).html.select_one(".field-error").text
    assert store.rows(Account) == store.rows(AccountSession) == []
    assert confirm(theirs, store.mailed_link("dave@example.org")).status_int == 303


def test_the_recorded_ip_address_ignores_forwarding_headers(store):
    register(store.browser(HTTP_X_FORWARDED_FOR="203.0.113.9", HTTP_X_REAL_IP="203.0.113.9"), "carol@example.org")
    [pending] = store.rows(PendingRegistration)
    assert pending.created_ip_address == "192.0.2.7"


@pytest.mark.parametrize("guess", ["", "not the one", "\0", "x" * 5000])
def test_a_registration_by_a_stranger_cannot_be_confirmed_by_accident(store, testapp, guess):
    register(testapp, "victim@example.org", "chosen by a stranger")
    link = store.mailed_link("victim@example.org")
    button = confirmation_form(store.browser().get(link))
    button["password"] = guess
    page = button.submit(status=400)
    assert "not the password" in page.html.select_one(".field-error").text
    assert store.rows(Account) == store.rows(AccountSession) == []
    assert not store.rows(PendingRegistration)[0].was_used
    assert confirm(testapp, link).status_int == 303


def test_a_registration_receipt_does_not_reveal_whether_the_address_is_known(store, alice):
    receipts = []
    for email in ("alice@example.org", "carol@example.org"):
        browser = store.browser()
        register(browser, email)
        receipts.append(browser.cookies["registration"])
    assert all(map(looks_like_secret, receipts))
    assert [row.receipt_hash for row in store.rows(PendingRegistration)] == list(map(hash_secret, receipts))
    assert [receipt for receipt in receipts if receipt in store.dump()] == []


def test_a_confirmation_in_another_browser_asks_for_the_password(store, testapp):
    register(testapp, "carol@example.org")
    link = store.mailed_link("carol@example.org")
    code = LinkCode.parse(link.rpartition("/")[2])
    [pending] = store.rows(PendingRegistration)
    for receipt in (code.id, code.secret, str(code), pending.receipt_hash, pending.receipt_hash[:43], ""):
        reader = store.browser()
        if receipt:
            reader.set_cookie("registration", receipt)
        assert "password" in confirmation_form(reader.get(link)).fields
    assert "password" not in confirmation_form(testapp.get(link)).fields


def test_registering_runs_the_same_statements_for_taken_and_new_addresses(store, alice):
    costs = []
    for email in ("alice@example.org", "carol@example.org"):
        with statements_of(store.db_sessions.engine, all_kinds=True) as statements:
            register(store.browser(), email)
        costs.append([statement for statement, _ in statements])
    assert costs[0] == costs[1]


def test_a_guessed_link_for_a_taken_address_creates_no_second_account(store, alice, testapp):
    register(testapp, "alice@example.org")
    [pending] = store.rows(PendingRegistration)
    guessed = LinkCode(pending.id, new_secret())
    store.change(PendingRegistration, pending.id, secret_hash=hash_secret(guessed.secret))
    assert confirm(testapp, f"/account/confirm/{guessed}").location.endswith("/account/signin")
    assert len(store.rows(Account)) == 1
    assert store.rows(AccountSession) == []


def test_a_link_whose_address_was_taken_meanwhile_leads_to_the_sign_in_page(store, alice, testapp):
    register(testapp, "carol@example.org")
    store.change(Account, alice, email="carol@example.org")
    assert confirm(testapp, store.mailed_link("carol@example.org")).location.endswith("/account/signin")
    assert len(store.rows(Account)) == 1
    assert store.rows(AccountSession) == []


@pytest.mark.parametrize(
    "password",
    [
        "kvartsuR",  # 8 bytes
        BYTES_64,
        BYTES_4096,
        "  spaces around it stay  ",
        "e\u0301tude blue mat\u00e9",
        "\u65e5\u672c\u8a9e\u306e\u97f3\u697d\u3092\u8074\u304f",
        'tabs\tand <tags> & "quotes"',
    ],
)
def test_a_good_password_is_kept_as_typed(store, testapp, password):
    assert register(testapp, "carol@example.org", password).status_int == 303
    confirm(testapp, store.mailed_link("carol@example.org"))
    assert sign_in(store.browser(), "carol@example.org", password).status_int == 303
    assert sign_in(store.browser(), "carol@example.org", password[1:]).status_int == 400
    other_form = unicodedata.normalize("NFD", password)
    assert sign_in(store.browser(), "carol@example.org", other_form).status_int == 303
