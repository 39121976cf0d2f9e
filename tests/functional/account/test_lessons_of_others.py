"""Attacks that the tests of Django, Devise, Flask-Security and Warehouse guard against."""

from datetime import timedelta
from typing import Any

import pytest
from passlib.hash import argon2

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.password_reset import PasswordReset
from album_store.infrastructure.mail import mail_transport
from album_store.infrastructure.mail.mail_transport import make_mailer
from album_store.infrastructure.security.password_hasher import parameters_of
from album_store.startup import start
from album_store.worker.mail_worker import MailWorker
from tests.support.factories import PASSWORD, add_account
from tests.support.fake_smtp import HANG_UP, SILENCE, FakeSmtp, mail_settings
from tests.support.statement_log import statements_of
from tests.support.store_driver import ask_for_reset, form_at, register, set_new_password, sign_in
from tests.support.strangers import stranger

NEW_PASSWORD = "seventeen grey herons"


@pytest.mark.parametrize(
    "lookalike",
    [
        "al\u0131ce@example.org",  # a dotless i, whose capital is I (Django, CVE-2019-19844)
        "AL\u0130CE@example.org",  # a dotted capital I
        "\u0430lice@example.org",  # a Cyrillic a
        "\uff41lice@example.org",  # a full-width a
        "alice@ex\u0430mple.org",
        "alice@xn--exmple-4nf.org",  # the same in Punycode
        "alice@example.or\u0261",  # the phonetic symbol for g
    ],
)
def test_a_lookalike_address_gets_no_email_and_cannot_sign_in(store, alice, testapp, lookalike):
    assert ask_for_reset(testapp, lookalike).status_int in {303, 400}
    assert sign_in(testapp, lookalike).status_int == 400
    assert store.mails() == store.rows(PasswordReset) == store.rows(AccountSession) == []


@pytest.mark.parametrize(
    "typed", ["kate@\u212aiosk.example.org", "kate@kio\u017fk.example.org", "kate@kiosk\u3002example.org"]
)
def test_an_equivalent_domain_sends_email_to_the_stored_spelling(store, testapp, typed):
    add_account(store.db_sessions, "a hash", "kate@kiosk.example.org")
    assert ask_for_reset(testapp, typed).status_int == 303
    assert [mail.recipient for mail in store.mails()] == ["kate@kiosk.example.org"]
    ask_for_reset(testapp, "\u212aate@kiosk.example.org")
    assert len(store.mails()) == 1


@pytest.mark.parametrize("name", ["email[]", "email[contains]", "user[email]", "Email", "email.", "EMAIL", "e-mail"])
def test_a_misspelt_field_name_is_ignored(store, alice, testapp, name):
    token = form_at(testapp.get("/account/signin"), "/account/signin")["csrf_token"].value
    fields = {"csrf_token": token, name: "alice@example.org", "password": PASSWORD}
    testapp.post("/account/signin", fields, status=400)
    testapp.post("/account/forgot_password", fields, status=400)
    assert store.rows(AccountSession) == store.mails() == []


@pytest.mark.parametrize("area", ["reset_password", "confirm", "confirm_email"])
def test_a_blank_code_opens_no_link(store, alice, testapp, area):
    ask_for_reset(testapp)
    register(testapp, "carol@example.org")
    for blank in ("/", "/%20", "/.", "/%00", "/null", "/nil", "/0", "?code=", "/[]", "/%5B%5D="):
        answer = testapp.get(f"/account/{area}{blank}", expect_errors=True)
        while answer.status_int in {301, 303}:
            answer = answer.follow(expect_errors=True)
        assert answer.status_int in {400, 404}


@pytest.mark.parametrize("stored", ["", "!", "*", "x", "$argon2id$garbled"])
def test_an_account_without_a_usable_password_hash_needs_a_reset(store, testapp, stored):
    add_account(store.db_sessions, stored)
    for guess in ("", stored, PASSWORD):
        assert sign_in(testapp, password=guess).status_int == 400
    ask_for_reset(testapp)
    testapp.get(store.mailed_link()).follow()
    assert set_new_password(testapp, NEW_PASSWORD).status_int == 303
    assert sign_in(testapp, password=NEW_PASSWORD).status_int == 303


def test_each_reset_link_is_unique_and_a_new_account_has_none(store, alice, bob, testapp):
    assert store.rows(PasswordReset) == []
    for email in ("alice@example.org", "bob@example.org", "alice@example.org"):
        ask_for_reset(testapp, email)
    resets = store.rows(PasswordReset)
    assert [reset.account_id for reset in resets] == [alice, bob, alice]
    assert len({reset.id for reset in resets}) == len({reset.secret_hash for reset in resets}) == 3


def test_asking_for_an_email_change_ends_an_open_reset_link(store, alice, testapp):
    alice_at = store.signed_in()
    ask_for_reset(testapp)
    form = form_at(alice_at.get("/account"), "/account/email")
    form["email"], form["current_password"] = "alice@elsewhere.example.org", PASSWORD
    form.submit(status=303)
    testapp.get(store.mailed_link("alice@example.org")).follow(status=404)


class WatchedContext:
    """Wraps the real hash functions and records the argon2 parameters of each computation."""

    def __init__(self, real) -> None:
        self.computed = []
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def hash(self, password):
        hash_ = self._real.hash(password)
        self.computed.append(parameters_of(hash_))
        return hash_

    def verify(self, password, stored):
        answer = self._real.verify(password, stored)  # a garbled hash raises here, before it is counted
        self.computed.append(parameters_of(stored))
        return answer


OLDER = argon2.using(type="ID", memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)


def test_a_refused_sign_in_computes_one_hash_of_each_kind_in_the_database(store, alice, bob):
    store.change(Account, bob, disabled=True)
    hashes = {"carol": ("confirmed", False), "dave": ("password_hash", "x"), "erin": ("password_hash", OLDER)}
    for name, (column, value) in hashes.items():
        account_id = add_account(store.db_sessions, store.rows(Account)[0].password_hash, f"{name}@example.org")
        store.change(Account, account_id, **{column: value})
    add_account(store.db_sessions, OLDER, "frank@example.org")
    for number in range(100, 110):  # use up the tries for this account
        sign_in(stranger(store, number), "frank@example.org", "a wrong password")
    start(store.registry)
    passwords = store.registry.password_hasher
    kinds = sorted({parameters_of(OLDER), parameters_of(passwords.hash(PASSWORD))})
    passwords._context = watched = WatchedContext(passwords._context)
    refused = [(name, "a wrong password") for name in ("alice", "bob", "carol", "dave", "erin", "frank", "nobody")]
    refused += [(name, PASSWORD) for name in ("bob", "carol", "dave", "frank", "nobody")]
    for number, (name, password) in enumerate(refused):
        watched.computed.clear()
        assert sign_in(stranger(store, number), f"{name}@example.org", password).status_int == 400
        assert sorted(watched.computed) == kinds, (name, password)
    assert sign_in(stranger(store, 50), "erin@example.org").status_int == 303
    assert parameters_of(store.rows(Account, Account.email == "erin@example.org")[0].password_hash) in kinds[1:]


def test_a_reset_request_runs_the_same_statements_for_every_address(store, alice, bob):
    store.change(Account, bob, disabled=True)
    costs = set()
    for email in ("alice@example.org", "nobody@example.org", "bob@example.org"):
        browser = store.browser()
        form = form_at(browser.get("/account/forgot_password"), "/account/forgot_password")
        form["email"] = email
        with statements_of(store.db_sessions.engine) as statements:
            form.submit(status=303)
        costs.add(tuple(statement.split()[0] for statement, _ in statements))
    assert len(costs) == 1


@pytest.mark.parametrize(
    ("step", "answer"), [("GREETING", HANG_UP), ("DATA", SILENCE), ("RCPT", "550 no such user"), (None, None)]
)
def test_a_failing_mail_server_does_not_change_the_answer(store, alice, tmp_path, monkeypatch, step, answer):
    monkeypatch.setattr(mail_transport, "TIMEOUT_S", 0.2)
    answers = []
    with FakeSmtp() as smtp:
        settings = mail_settings(tmp_path, host="127.0.0.1", port=smtp.port, tls="none", worker="process")
        smtp.answers |= {step: answer} if step else {}
        worker = MailWorker(store.db_sessions, make_mailer(settings), settings)
        for _ in range(2):  # before and after the failure is known
            answers += [ask_for_reset(store.browser(), email) for email in ("alice@example.org", "nobody@example.org")]
            assert worker.deliver_due() == (0 if step else 1)
    assert len({(answer.status, answer.body, str(answer.headers)) for answer in answers}) == 1
    assert {mail.recipient for mail in store.mails()} == {"alice@example.org"}
    assert len(store.rows(PasswordReset)) == 2


def test_a_day_without_a_mail_server_loses_and_repeats_no_email(store, alice, tmp_path, clock):
    with FakeSmtp() as smtp:
        settings = mail_settings(tmp_path, host="127.0.0.1", port=smtp.port, tls="none", worker="process")
        worker = MailWorker(store.db_sessions, make_mailer(settings), settings)
        smtp.answers["GREETING"] = HANG_UP
        ask_for_reset(store.browser())
        register(store.browser(), "carol@example.org")
        for _ in range(24):
            assert worker.deliver_due() == 0
            clock.shift(timedelta(hours=1))
        del smtp.answers["GREETING"]
        clock.shift(timedelta(hours=6))  # the longest retry interval
        assert worker.deliver_due() == 2
        assert worker.deliver_due() == 0
    assert sorted(mail.recipients for mail in smtp.mails) == [["alice@example.org"], ["carol@example.org"]]
    assert {mail.text_body for mail in store.mails()} == {None}


def test_signing_out_clears_the_session_cookie(store, alice):
    alice_at = store.signed_in()
    answer = form_at(alice_at.get("/"), "/account/signout").submit()
    [cleared] = [value for value in answer.headers.getall("Set-Cookie") if value.startswith("session=")]
    assert cleared.startswith("session=; Max-Age=0;")
    assert "session" not in alice_at.cookies
    assert answer.headers["Cache-Control"] == "no-store"
