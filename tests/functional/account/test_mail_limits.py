"""Limits on requested emails, which strangers cannot use to block a reset."""

from datetime import timedelta

import pytest

from album_store.data.password_reset import PasswordReset
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.reset_request import ResetRequest
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.services.account import password_reset_service
from album_store.services.account.attempt_service import REGISTER, RESET
from album_store.services.mail_spacing import next_mail_date
from album_store.worker.reset_requests import answer_all_reset_requests
from tests.support.clock import NOON
from tests.support.factories import PASSWORD, add_account
from tests.support.store_driver import ask_for_reset, form_at, register, set_new_password, sign_in
from tests.support.strangers import stranger, use_up

OTHER_PASSWORD = "four and twenty blackbirds"


def request_reset_without_limits(store):
    """Ask for a reset for Alice, past the limits of clients, and have the request answered."""
    store.add(ResetRequest(email="alice@example.org"))
    store.answer_resets()


def reset_mails(store):
    return store.mails("alice@example.org")


def works(store, mail):
    return store.browser().get(store.link_in(mail)).follow(expect_errors=True).status_int == 200


@pytest.mark.every_database
def test_three_reset_emails_go_out_at_once_and_more_at_growing_intervals(store, alice, clock):
    pauses = [0, 0, 0, 5, 20, 60, 60, 60]
    for number, minutes in enumerate(pauses):
        if minutes:
            clock.shift(timedelta(minutes=minutes, seconds=-1))
            ask_for_reset(stranger(store, 2 * number))
            assert len(reset_mails(store)) == number
            clock.shift(timedelta(seconds=1))
        ask_for_reset(stranger(store, 2 * number + 1))
        assert len(reset_mails(store)) == number + 1
    clock.move_to(NOON + timedelta(days=1, seconds=-1))
    ask_for_reset(stranger(store, 100))
    assert len(reset_mails(store)) == 8
    clock.shift(timedelta(seconds=1))
    ask_for_reset(stranger(store, 101))
    assert len(reset_mails(store)) == 9


def change_password(store, browser):
    form = form_at(browser.get("/account"), "/account/password")
    form["current_password"], form["password"], form["confirm_password"] = PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD
    form.submit(status=303)


def use_newest_link(store, browser):
    browser.get(store.mailed_link(kind="reset-password")).follow()
    assert set_new_password(browser, OTHER_PASSWORD).status_int == 303


def sign_in_again(store, _browser):
    store.signed_in()


@pytest.mark.parametrize("end_links", [sign_in_again, use_newest_link, change_password])
def test_ending_the_last_link_of_a_day_allows_another_within_the_hour(store, alice, clock, end_links):
    known = store.signed_in()
    for number in range(12):
        ask_for_reset(stranger(store, number))
        clock.shift(timedelta(hours=1))
    assert len(reset_mails(store)) == 8
    end_links(store, known)
    before = len(store.mails("alice@example.org"))
    for number in range(3):
        ask_for_reset(stranger(store, 50 + number))
    assert len(store.mails("alice@example.org")) == before + 1
    newcomer = stranger(store, 60)
    newcomer.get(store.mailed_link(kind="reset-password")).follow()
    assert set_new_password(newcomer, "seventeen grey herons").status_int == 303


def test_an_account_gets_at_most_twelve_reset_emails_a_day(store, alice, clock):
    for number in range(23):
        ask_for_reset(stranger(store, number))
        clock.shift(timedelta(hours=1))
        if number > 6:
            store.signed_in()
    assert len(reset_mails(store)) == 12


def test_a_limited_request_gets_the_same_answer_and_ends_no_link(store, alice, caplog, clock):
    answers = [ask_for_reset(stranger(store, number)) for number in range(5)]
    assert len({(answer.status, answer.body, *sorted(answer.headers)) for answer in answers}) == 1
    assert len({str(answer.follow().html) for answer in answers}) == 1
    assert "Asked more than once? Use the newest email you have" in answers[0].follow()
    assert len(reset_mails(store)) == len(store.rows(PasswordReset)) == 3
    assert caplog.text.count("outcome=limited") == 2
    assert [works(store, mail) for mail in reset_mails(store)] == [True] * 3


@pytest.mark.parametrize(("lifetime_minutes", "every_minutes"), [(5, 61), (60, 20), (60, 61), (1_440, 59)])
def test_strangers_cannot_leave_an_account_without_a_link_for_over_an_hour(
    make_store, store, alice, clock, every_minutes, lifetime_minutes
):
    store = make_store(reset__minutes=str(lifetime_minutes))
    for minute in range(0, 2 * 24 * 60, every_minutes):
        clock.move_to(NOON + timedelta(minutes=minute))
        request_reset_without_limits(store)
        links = store.rows(PasswordReset)
        of_the_day = [link.created_date for link in links if utc_now() - link.created_date < timedelta(days=1)]
        assert len(of_the_day) <= 8
        links_end = max(link.expires_date for link in links if link.superseded_date is None)
        assert next_mail_date(of_the_day, a_link_works=True) <= links_end + timedelta(hours=1)


def test_six_clients_cannot_lock_a_customer_out(store, alice, clock):
    clients = [stranger(store, number) for number in range(6)]
    for browser in [clients[0]] * 5 + clients[1:]:
        ask_for_reset(browser)
    for number in range(10):
        sign_in(clients[number % 5], password="wrong one, certainly")
    owner = stranger(store, 50)
    assert sign_in(owner).status_int == 400
    clock.shift(timedelta(minutes=60))
    ask_for_reset(owner)
    owner.get(store.mailed_link()).follow()
    assert set_new_password(owner, "four and twenty blackbirds").status_int == 303
    assert sign_in(owner, password="four and twenty blackbirds").status_int == 303


def test_the_last_link_of_a_day_works_until_the_next_email_is_allowed(store, alice, clock):
    for number in range(8):
        clock.shift(timedelta(hours=1))
        ask_for_reset(stranger(store, number))
    last = reset_mails(store)[-1]
    assert "The link works once and expires after 17 hours." in last.text_body
    clock.move_to(NOON + timedelta(days=1, hours=1, seconds=-1))
    page = store.browser().get(store.link_in(last)).follow()
    assert "The link works until April 1, 2026, 1:00\u202fPM UTC" in page.html.main.text
    ask_for_reset(stranger(store, 20))
    assert len(reset_mails(store)) == 8
    clock.shift(timedelta(seconds=1))
    assert not works(store, last)
    ask_for_reset(stranger(store, 21))
    assert works(store, reset_mails(store)[-1])


def test_a_thousand_reset_requests_raise_one_alarm_and_none_is_refused(store, alice, caplog):
    use_up(store, RESET.alarm)
    for number in range(3):
        assert ask_for_reset(stranger(store, number)).status_int == 303
    assert caplog.text.count("event=alarm action=reset") == 1
    assert len(reset_mails(store)) == 3


def test_networks_in_one_ipv6_48_share_a_limit(store, alice):
    form = form_at(store.browser().get("/account/forgot_password"), "/account/forgot_password")
    cookie = {"Cookie": f"csrf={form['csrf_token'].value}"}
    fields = {"csrf_token": form["csrf_token"].value, "email": "x@example.org"}
    statuses = [
        store.browser(REMOTE_ADDR=f"2001:db8:1:{number:x}::1")
        .post("/account/forgot_password", fields, headers=cookie, expect_errors=True)
        .status_int
        for number in range(60)
    ]
    assert statuses == [303] * 50 + [429] * 10
    assert ask_for_reset(store.browser(REMOTE_ADDR="2001:db8:2::1")).status_int == 303
    assert len(reset_mails(store)) == 1


def test_known_browsers_of_an_account_share_one_reset_limit(store, alice):
    statuses = []
    for _ in range(4):
        browser = store.signed_in()
        statuses += [ask_for_reset(browser).status_int for _ in range(2)]
    assert statuses == [303] * 5 + [429] * 3


def test_a_known_browser_can_ask_for_a_reset_when_its_network_has_reached_the_limit(store, alice):
    phone = store.signed_in()
    for _ in range(5):
        ask_for_reset(store.browser(), "x@example.org")
    assert ask_for_reset(store.browser()).status_int == 429
    assert ask_for_reset(phone).status_int == 303
    assert len(reset_mails(store)) == 1


def test_only_five_of_five_hundred_reset_requests_from_one_address_are_accepted(store, alice):
    form = form_at(store.browser().get("/account/forgot_password"), "/account/forgot_password")
    answers = []
    for number in range(500):
        form["email"] = f"{number}@example.org" if number else "alice@example.org"
        # Clients other than the trusted proxy can send any address here; it must be ignored.
        headers = {"X-Forwarded-For": f"203.0.113.{number % 250}", "X-Real-IP": f"203.0.113.{number % 250}"}
        answers.append(form.submit(headers=headers, expect_errors=True))
    assert [answer.status_int for answer in answers] == [303] * 5 + [429] * 495
    store.answer_resets()
    assert len(store.mails()) == 1
    sixth = answers[5]
    assert 86_000 <= int(sixth.headers["Retry-After"]) <= 86_400
    error = sixth.html.select_one(".error-summary").text
    assert "Try again in 2" in error  # hours: 24, or 23 and some minutes
    assert "Links that we have already emailed to you still work" in error
    assert form_at(sixth, "/account/forgot_password")["email"].value == "5@example.org"
    assert ask_for_reset(stranger(store, 1)).status_int == 303


def test_addresses_in_one_ipv6_64_count_as_one_client(store):
    inside = [f"2001:db8:1:2:{number:x}::1" for number in range(1, 7)]
    statuses = [ask_for_reset(store.browser(REMOTE_ADDR=address), "x@example.org").status_int for address in inside]
    assert statuses == [303] * 5 + [429]
    assert ask_for_reset(store.browser(REMOTE_ADDR="2001:db8:1:3::1"), "x@example.org").status_int == 303


def test_an_ipv4_mapped_ipv6_address_is_the_same_client(store):
    for _ in range(5):
        ask_for_reset(store.browser(REMOTE_ADDR="192.0.2.9"), "x@example.org")
    assert ask_for_reset(store.browser(REMOTE_ADDR="::ffff:192.0.2.9"), "x@example.org").status_int == 429


def test_the_21st_registration_in_an_hour_from_one_address_gets_a_429(store):
    browser = store.browser()
    answers = [register(browser, f"{number}@example.org").status_int for number in range(21)]
    assert answers == [303] * 20 + [429]
    assert len(store.mails()) == len(store.rows(PendingRegistration)) == 20


@pytest.mark.parametrize("email", ["alice@example.org", "carol@example.org"])
def test_the_fourth_registration_of_an_address_gets_the_same_answer_and_no_email(store, alice, email, caplog, clock):
    browser = store.browser()
    answers = [register(browser, email) for _ in range(4)]
    assert len({(answer.status, answer.headers["Location"], *sorted(answer.headers)) for answer in answers}) == 1
    assert len(store.mails(email)) == 3
    assert caplog.text.count("event=mail-limit") == 1
    clock.shift(timedelta(minutes=5))
    register(stranger(store, 1), email)
    assert len(store.mails(email)) == 4


def ask_for_address(browser, email):
    form = form_at(browser.get("/account"), "/account/email")
    form["email"], form["current_password"] = email, PASSWORD
    return form.submit(expect_errors=True)


def test_a_sixth_email_change_in_a_day_is_refused(store, alice):
    browser = store.signed_in()
    answers = [ask_for_address(browser, f"alice{number}@example.net") for number in range(6)]
    assert [answer.status_int for answer in answers] == [303] * 5 + [429]
    assert len(store.mails()) == 5
    refused = answers[-1].html.find("section", {"aria-labelledby": "email"})
    assert "Too many attempts. Try again in" in refused.select_one(".error-summary").text
    assert form_at(answers[-1], "/account/email")["email"].value == "alice5@example.net"
    assert form_at(answers[-1], "/account/email")["current_password"].value == ""


def test_a_registration_over_the_limit_keeps_what_was_typed(store):
    use_up(store, REGISTER.client, Client("192.0.2.7").rate_limit_key)
    page = register(store.browser(), "carol@example.org", name="Carol")
    assert page.status_int == 429
    assert int(page.headers["Retry-After"]) > 0
    assert "Too many attempts. Try again in" in page.html.select_one(".error-summary").text
    form = form_at(page, "/account/register")
    assert (form["email"].value, form["display_name"].value) == ("carol@example.org", "Carol")
    assert (form["password"].value, form["confirm_password"].value) == ("", "")
    assert store.rows(PendingRegistration) == []


@pytest.mark.parametrize("victim", ["victim@example.net", "bob@example.org"])
def test_five_accounts_cannot_flood_the_inbox_of_a_stranger(store, bob, victim):
    password_hash = store.registry.password_hasher.hash(PASSWORD)
    for number in range(5):
        email = f"evil{number}@example.org"
        add_account(store.db_sessions, password_hash, email)
        browser = stranger(store, number)
        sign_in(browser, email)
        assert {ask_for_address(browser, victim).status_int for _ in range(5)} == {303}
    register(stranger(store, 1), victim)
    assert len(store.mails(victim)) == 3
    assert len(store.rows(PendingEmailChange)) == 25


def test_password_change_notices_are_exempt_from_the_limit(store, alice):
    browser = store.signed_in()
    for number in range(5):
        old, new = (PASSWORD, OTHER_PASSWORD) if number % 2 == 0 else (OTHER_PASSWORD, PASSWORD)
        form = form_at(browser.get("/account"), "/account/password")
        form["current_password"], form["password"], form["confirm_password"] = old, new, new
        form.submit(status=303)
    assert [mail.kind for mail in reset_mails(store)] == ["password-changed"] * 5
    ask_for_reset(stranger(store, 1))
    register(stranger(store, 2), "alice@example.org")
    assert [mail.kind for mail in reset_mails(store)][5:] == ["reset-password", "account-exists"]


def test_registrations_of_an_address_do_not_use_up_its_reset_emails(store, alice):
    for number in range(20):
        register(stranger(store, number), "alice@example.org")
    ask_for_reset(stranger(store, 50))
    assert reset_mails(store)[-1].kind == "reset-password"


def queue_up(store, *emails: str):
    store.add(*(ResetRequest(email=email) for email in emails))


def test_a_flood_of_requests_does_not_delay_another_customer(store, alice, bob, monkeypatch):
    monkeypatch.setattr(password_reset_service, "MAX_ANSWERED", 5)
    queue_up(store, *(f"nobody{number}@example.org" for number in range(20)), *["bob@example.org"] * 20)
    queue_up(store, "alice@example.org")
    store.answer_resets()
    assert len(reset_mails(store)) == 1
    assert len(store.rows(ResetRequest)) == 36


def test_the_command_answers_every_queued_request(store, alice, bob, monkeypatch):
    monkeypatch.setattr(password_reset_service, "MAX_ANSWERED", 5)
    queue_up(store, *(f"nobody{number}@example.org" for number in range(20)), *["bob@example.org"] * 20)
    answer_all_reset_requests(store.registry)
    assert store.rows(ResetRequest) == []
    assert len(store.mails("bob@example.org")) == 3
