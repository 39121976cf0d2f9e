"""Password reset: requesting a link."""

import pytest

from album_store.data.account import Account
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_registration import PendingRegistration
from tests.support.statement_log import statements_of
from tests.support.store_driver import ask_for_reset, form_at


def test_unknown_known_and_disabled_addresses_get_the_same_answer(store, alice, bob):
    store.change(Account, bob, disabled=True)
    addresses = ["alice@example.org", "nobody@example.org", "bob@example.org"]
    answers = [ask_for_reset(store.browser(), address) for address in addresses]
    assert len({(answer.status, answer.body, tuple(answer.headers.items())) for answer in answers}) == 1
    assert len({str(answer.follow().html) for answer in answers}) == 1
    assert [mail.recipient for mail in store.mails()] == ["alice@example.org"]
    assert len(store.rows(PasswordReset)) == 1
    assert store.rows(PendingRegistration) == []


@pytest.mark.parametrize("spelling", [" Alice@Example.ORG", "alice@example.org\t\r\n", "alice\u200b@example.org"])
def test_case_and_space_around_the_address_do_not_matter(store, alice, testapp, spelling):
    assert ask_for_reset(testapp, spelling).status_int == 303
    assert [mail.recipient for mail in store.mails()] == ["alice@example.org"]


@pytest.mark.parametrize(
    "address",
    ["", "alice", "victim@x,evil@y", "alice@example.org,evil@example.org", "alice@example.org evil@example.org",
     "alice@example.org\r\nBcc: evil@example.org", "alice@example.org\r\n.\r\nMAIL FROM:<a@b.org>",
     "<alice@example.org>", "Alice <alice@example.org>", "alice@example.org;evil@example.org"],
)  # fmt: skip
def test_anything_but_a_single_address_is_refused(store, alice, testapp, address):
    page = ask_for_reset(testapp, address)
    assert page.status_int == 400
    assert "email address" in page.html.select_one(".field-error").text
    assert store.mails() == store.rows(PasswordReset) == []


@pytest.mark.parametrize("sign", ["\r", "\n", "\0", "\x7f"])
def test_a_control_character_in_the_address_is_refused(store, alice, testapp, sign):
    page = ask_for_reset(testapp, f"ali{sign}ce@example.org")
    assert page.status_int == 400
    assert "email address" in page.html.select_one(".field-error").text
    assert store.mails() == []


@pytest.mark.parametrize("sign", ["\u200b", "\u202e"])
def test_a_zero_width_character_in_the_address_is_ignored(store, alice, testapp, sign):
    assert ask_for_reset(testapp, f"ali{sign}ce@example.org").status_int == 303
    assert [mail.recipient for mail in store.mails()] == ["alice@example.org"]


@pytest.mark.parametrize("first", ["alice@example.org", "evil@example.org"])
def test_only_the_first_of_two_addresses_in_a_form_counts(store, alice, testapp, first):
    token = form_at(testapp.get("/account/forgot_password"), "/account/forgot_password")["csrf_token"].value
    both = ["evil@example.org", "alice@example.org"]
    fields = [("csrf_token", token), ("email", first), ("email", next(other for other in both if other != first))]
    testapp.post("/account/forgot_password", fields, status=303)
    store.answer_resets()
    expected = ["alice@example.org"] if first == "alice@example.org" else []
    assert [mail.recipient for mail in store.mails()] == expected


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.test"},
        {"X-Forwarded-Server": "evil.test", "X-Forwarded-Proto": "https", "X-Host": "evil.test"},
        {"Forwarded": "host=evil.test", "X-Original-URL": "https://evil.test/", "X-Forwarded-Prefix": "//evil.test"},
    ],
)
def test_a_forged_host_never_reaches_an_email(store, alice, testapp, headers):
    page = testapp.get("/account/forgot_password")
    fields = dict(form_at(page, "/account/forgot_password").submit_fields()) | {"email": "alice@example.org"}
    cookie = {"Cookie": f"csrf={testapp.cookies['csrf']}"}
    store.browser().post("/account/forgot_password", fields, headers=headers | cookie, status=303)
    store.answer_resets()
    [mail] = store.mails()
    assert "http://localhost/account/reset_password/" in mail.text_body
    assert "evil.test" not in mail.text_body + mail.html_body


@pytest.mark.parametrize("host", ["evil.test", "localhost, evil.test", "localhost:80@evil.test"])
def test_a_request_with_a_forged_host_sends_no_email(store, alice, testapp, host):
    form = form_at(testapp.get("/account/forgot_password"), "/account/forgot_password")
    form["email"] = "alice@example.org"
    assert "Open http://localhost instead." in form.submit(headers={"Host": host}, expect_errors=True)
    assert store.mails() == []


def work_after(store, email):
    """The SQL verbs that answer a request and deliver its email."""
    form = form_at(store.browser().get("/account/forgot_password"), "/account/forgot_password")
    form["email"] = email
    form.submit(status=303)
    with statements_of(store.db_sessions.engine, all_kinds=True) as statements:
        store.answer_resets()
        store.deliver_mail()
    return [statement.split()[0] for statement, _ in statements]


@pytest.mark.parametrize("how", ["unknown", "disabled", "limited"])
def test_the_work_after_a_request_is_the_same_for_every_address(store, alice, bob, how):
    known = work_after(store, "alice@example.org")
    store.change(Account, bob, disabled=how == "disabled")
    for _ in range(3 if how == "limited" else 0):
        work_after(store, "bob@example.org")
    other = work_after(store, "nobody@example.org" if how == "unknown" else "bob@example.org")
    # Without an email to send, its row is deleted instead of updated, and the savepoint is rolled back.
    alike = {"DELETE": "UPDATE", "ROLLBACK": "RELEASE"}
    assert [alike.get(word, word) for word in other] == [alike.get(word, word) for word in known]
    assert known.count("INSERT") == 2
    assert store.rows(OutgoingMail, OutgoingMail.recipient == "") == []


def test_no_account_is_looked_up_while_the_visitor_waits(store, alice, testapp):
    page = testapp.get("/account/forgot_password")
    statements = []
    for email in ("alice@example.org", "nobody@example.org"):
        form = form_at(page, "/account/forgot_password")
        form["email"] = email
        with statements_of(store.db_sessions.engine) as log:
            form.submit(status=303)
        statements.append([statement for statement, _ in log])
    assert statements[0] == statements[1]
    assert not any('"Account"' in statement for statement in statements[0])
