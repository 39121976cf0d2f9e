"""How often mail can be asked for, and that no stranger can keep an owner from resetting."""

from datetime import timedelta

import pytest

from album_store.data.password_reset import PasswordReset
from album_store.data.pending_registration import PendingRegistration
from album_store.services.account.attempt_service import RESET
from tests.support.factories import PASSWORD
from tests.support.store_driver import ask_for_reset, form_at, register, set_new_password, sign_in
from tests.support.strangers import stranger, use_up


def test_the_sixth_reset_request_of_the_day_gets_the_same_answer_and_no_mail(store, alice, caplog, clock):
    one, other = stranger(store, 1), stranger(store, 2)
    answers = [ask_for_reset(browser) for browser in (one, one, one, other, other, other)]
    assert len({(answer.status, answer.headers["Location"], *sorted(answer.headers)) for answer in answers}) == 1
    assert len(store.mails("alice@example.org")) == len(store.rows(PasswordReset)) == 5
    assert "outcome=limited" in caplog.text
    # The last link that was mailed still works: a stranger's sixth request does not take it away.
    assert store.browser().get(store.mailed_link()).follow().status_int == 200
    clock.shift(timedelta(days=1, seconds=1))
    ask_for_reset(stranger(store, 7))
    assert len(store.mails("alice@example.org")) == 6


def test_a_stranger_who_used_up_the_day_keeps_no_mail_from_an_owner_somewhere_else(store, alice):
    for _ in range(5):
        ask_for_reset(stranger(store, 1))
    owner = stranger(store, 2)
    ask_for_reset(owner)
    assert len(store.mails("alice@example.org")) == 6
    owner.get(store.mailed_link())
    assert set_new_password(owner, "four and twenty blackbirds").status_int == 303
    assert sign_in(owner, password="four and twenty blackbirds").status_int == 303


def test_ten_mails_a_day_is_what_many_strangers_can_cause_at_most(store, alice):
    for number in range(30):
        assert ask_for_reset(stranger(store, number)).status_int == 303
    assert len(store.mails("alice@example.org")) == 10


def test_an_owner_can_reset_from_a_known_browser_although_strangers_used_up_the_day(store, alice):
    phone = store.signed_in()
    use_up(store, RESET.target, " alice@example.org")
    ask_for_reset(phone)
    assert len(store.mails("alice@example.org")) == 1


def test_five_hundred_reset_requests_from_one_address_reach_five(store, alice):
    form = form_at(store.browser().get("/account/forgot_password"), "/account/forgot_password")
    statuses = []
    for number in range(500):
        form["email"] = f"{number}@example.org" if number else "alice@example.org"
        # Whoever is not the trusted proxy can claim any address.
        headers = {"X-Forwarded-For": f"203.0.113.{number % 250}", "X-Real-IP": f"203.0.113.{number % 250}"}
        answer = form.submit(headers=headers, expect_errors=True)
        statuses.append(answer.status_int)
    assert statuses == [303] * 5 + [429] * 495
    assert len(store.mails()) == 1
    assert 86_000 <= int(answer.headers["Retry-After"]) <= 86_400
    assert "Please try again in 2" in answer.html.main.text  # hours: 24, or 23 and some minutes
    assert "the last link that we mailed works" in answer.html.main.text
    assert "what you typed" not in answer.html.main.text
    assert ask_for_reset(stranger(store, 1)).status_int == 303


def test_addresses_of_one_ipv6_household_are_counted_as_one_and_another_household_is_not(store):
    inside = [f"2001:db8:1:2:{number:x}::1" for number in range(1, 7)]
    statuses = [ask_for_reset(store.browser(REMOTE_ADDR=address), "x@example.org").status_int for address in inside]
    assert statuses == [303] * 5 + [429]
    assert ask_for_reset(store.browser(REMOTE_ADDR="2001:db8:1:3::1"), "x@example.org").status_int == 303


def test_an_ipv4_address_wrapped_in_ipv6_is_the_same_address(store):
    for _ in range(5):
        ask_for_reset(store.browser(REMOTE_ADDR="192.0.2.9"), "x@example.org")
    assert ask_for_reset(store.browser(REMOTE_ADDR="::ffff:192.0.2.9"), "x@example.org").status_int == 429


def test_the_twenty_first_registration_of_an_hour_from_one_address_gets_a_429_page(store):
    browser = store.browser()
    answers = [register(browser, f"{number}@example.org").status_int for number in range(21)]
    assert answers == [303] * 20 + [429]
    assert len(store.mails()) == len(store.rows(PendingRegistration)) == 20


@pytest.mark.parametrize("email", ["alice@example.org", "carol@example.org"])
def test_the_eleventh_registration_of_one_address_in_a_day_gets_the_same_answer_and_no_mail(store, alice, email):
    browser = store.browser()
    answers = [register(browser, email) for _ in range(11)]
    assert len({(answer.status, answer.headers["Location"], *sorted(answer.headers)) for answer in answers}) == 1
    assert len(store.mails(email)) == 10
    register(stranger(store, 1), email)
    assert len(store.mails(email)) == 11


def test_a_sixth_change_of_address_in_a_day_is_refused(store, alice):
    browser, statuses = store.signed_in(), []
    for number in range(6):
        form = form_at(browser.get("/account"), "/account/email")
        form["email"], form["current_password"] = f"alice{number}@example.net", PASSWORD
        statuses.append(form.submit(expect_errors=True).status_int)
    assert statuses == [303] * 5 + [429]
    assert len(store.mails()) == 5
