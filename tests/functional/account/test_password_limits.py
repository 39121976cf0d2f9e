"""Limits on password attempts, which strangers cannot use to lock a customer out."""

from datetime import timedelta

import pytest

from album_store.data.account_session import AccountSession
from album_store.data.known_browser import KnownBrowser
from album_store.services.account.attempt_service import CHECK_PASSWORD, FORM, SIGN_IN
from album_store.services.account.known_browser_service import MAX_BROWSERS
from album_store.services.account.session_service import MAX_SESSIONS
from tests.support.factories import PASSWORD
from tests.support.store_driver import ask_for_reset, form_at, set_new_password, sign_in, together
from tests.support.strangers import leave_one, stranger, use_up

[MAX_FORMS] = [rate.amount for rate in FORM.client.rates]
CLIENT = "192.0.2.7"
CLIENT_KEY = f"{CLIENT}/32"
WRONG = "not this one either"
NEW_PASSWORD = "four and twenty blackbirds"


def sign_out(browser):
    browser.post("/account/signout", {"csrf_token": browser.cookies["csrf"]}, status=303)


def guess(browser, email="alice@example.org", password=WRONG):
    return sign_in(browser, email, password)


def change_password(browser, current):
    form = form_at(browser.get("/account"), "/account/password")
    form["current_password"], form["password"], form["confirm_password"] = current, NEW_PASSWORD, NEW_PASSWORD
    return form.submit(expect_errors=True)


def shown(answer):
    """The status, header names and main part of an answer, without its CSRF tokens."""
    for token in answer.html.find_all("input", {"name": "csrf_token"}):
        token.decompose()
    return answer.status, tuple(sorted(answer.headers)), str(answer.html.main)


def test_the_eleventh_wrong_password_from_one_address_gets_a_429(store, alice, bob):
    answers = [guess(store.browser(), f"nobody{number}@example.org") for number in range(10)]
    assert {answer.status_int for answer in answers} == {400}
    answer = guess(store.browser())
    assert answer.status_int == 429
    assert 290 <= int(answer.headers["Retry-After"]) <= 300
    assert "Too many attempts. Try again in 5 minutes." in answer.html.select_one(".error-summary").text
    assert form_at(answer, "/account/signin")["email"].value == "alice@example.org"
    status, headers, page = shown(guess(store.browser(), "unknown@example.org"))
    assert shown(answer) == (status, headers, page.replace("unknown@example.org", "alice@example.org"))
    assert guess(store.browser(), password=PASSWORD).status_int == 429
    assert sign_in(stranger(store, 1)).status_int == 303


def test_an_address_gets_ten_tries_in_five_minutes_and_fifty_in_an_hour(store, alice, clock):
    looked_at = []
    for _ in range(7):
        statuses = [guess(store.browser(), f"{number}@example.org").status_int for number in range(12)]
        looked_at.append(statuses.count(400))
        clock.shift(timedelta(minutes=5, seconds=1))
    assert looked_at == [10, 10, 10, 10, 10, 0, 0]
    clock.shift(timedelta(minutes=30))
    assert sign_in(store.browser()).status_int == 303


def test_signing_in_with_the_right_password_does_not_count(store, alice):
    assert {sign_in(store.browser()).status_int for _ in range(25)} == {303}


def test_sign_ins_with_the_right_password_are_bounded_too(store, alice):
    store.signed_in()
    forms = [form_at(store.browser().get("/account/signin"), "/account/signin") for _ in range(MAX_FORMS + 1)]
    for form in forms:
        form["email"], form["password"] = "alice@example.org", PASSWORD
    # The form of the first sign-in counts too.
    assert [form.submit(expect_errors=True).status_int for form in forms] == [303] * (MAX_FORMS - 1) + [429] * 2
    assert len(store.rows(AccountSession)) == MAX_SESSIONS
    assert len(store.rows(KnownBrowser)) == MAX_BROWSERS


def test_forms_from_known_browsers_count_for_the_account_then_the_client(store, alice):
    phone, laptop = store.signed_in(), store.signed_in()
    forms = [form_at(browser.get("/account"), "/account/profile") for browser in (phone, laptop)]
    of_the_client = MAX_FORMS - len(forms)  # the forms that signed them in counted for the client
    statuses = [forms[number % 2].submit(expect_errors=True).status_int for number in range(MAX_FORMS + of_the_client)]
    assert set(statuses) == {303}
    assert forms[0].submit(expect_errors=True).status_int == 429
    assert sign_in(stranger(store, 1)).status_int == 303


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account/register", {}),
        ("/account/register", {"email": "x", "password": "x", "confirm_password": "y"}),
        ("/account/signin", {}),
        ("/account/forgot_password", {"email": "no address"}),
        ("/account/reset_password", {"password": "x"}),
        ("/account/confirm/x", {}),
        ("/account/password", {}),
        ("/admin/blocks", {}),
        ("/account/zzz", {}),
        ("/albums", {}),
        ("/account/signin", {str(number): "" for number in range(1_001)}),
    ],
)
@pytest.mark.parametrize("has_token", [True, False])
def test_a_refused_form_counts_like_any_other(store, path, fields, has_token):
    browser = store.browser()
    browser.get("/account/signin")
    token = {"csrf_token": browser.cookies["csrf"]} if has_token else {}
    leave_one(store, FORM.client, CLIENT_KEY)
    statuses = [browser.post(path, fields | token, expect_errors=True).status_int for _ in range(2)]
    assert statuses[0] != 429
    assert statuses[1] == 429
    assert sign_in(stranger(store, 1), "x@example.org").status_int == 400


def test_a_form_from_a_blocked_network_counts_too(store, ada_at):
    form = form_at(ada_at.get("/admin/blocks"), "/admin/blocks")
    form["network"] = CLIENT
    form.submit(status=303)
    browser = store.browser()
    browser.get("/account/signin")
    leave_one(store, FORM.client, CLIENT_KEY)
    statuses = [browser.post("/account/signin", {}, expect_errors=True).status_int for _ in range(2)]
    assert statuses == [403, 429]


def test_forty_wrong_passwords_do_not_lock_the_customer_out(store, alice, caplog):
    phone, laptop = store.signed_in(), store.signed_in()
    answers = [guess(stranger(store, number)) for number in range(40)]
    assert len({shown(answer) for answer in answers}) == 1
    assert answers[0].status_int == 400
    assert caplog.text.count("event=limit-reached limit=signin-target") == 30

    # Once the limit is reached, even the right password is refused from an unknown browser, so guessing cannot succeed.
    assert shown(guess(stranger(store, 300), password=PASSWORD)) == shown(answers[0])
    assert len(store.rows(AccountSession)) == 2
    assert phone.get("/account").status_int == 200
    sign_out(laptop)
    assert sign_in(laptop).status_int == 303

    new_phone = stranger(store, 301)
    ask_for_reset(new_phone)
    new_phone.get(store.mailed_link())
    assert set_new_password(new_phone, NEW_PASSWORD).status_int == 303
    assert guess(stranger(store, 302)).status_int == 400
    assert sign_in(new_phone, password=NEW_PASSWORD).status_int == 303


def test_an_unknown_account_is_limited_with_the_same_answer(store, alice):
    known = [shown(guess(stranger(store, number))) for number in range(12)]
    unknown = [shown(guess(stranger(store, 50 + number), "nobody@example.org")) for number in range(12)]
    typed = [part.replace("nobody@example.org", "alice@example.org") for _, _, part in unknown]
    assert [part for _, _, part in known] == typed
    assert {(status, *headers) for status, headers, _ in known} == {
        (status, *headers) for status, headers, _ in unknown
    }


def test_at_most_ten_of_twenty_simultaneous_passwords_are_checked(store, alice, caplog):
    forms = []
    for number in range(20):
        form = form_at(stranger(store, number).get("/account/signin"), "/account/signin")
        form["email"], form["password"] = "alice@example.org", WRONG
        forms.append(form)
    answers = together(*[lambda form=form: form.submit(expect_errors=True) for form in forms])
    assert {answer.status_int for answer in answers} == {400}
    assert caplog.text.count("reason=credentials") <= 10


def test_one_password_tried_on_many_accounts_is_checked_ten_times(store, alice):
    form = form_at(store.browser().get("/account/signin"), "/account/signin")
    form["password"] = WRONG
    statuses = []
    for number in range(30):
        form["email"] = f"{number}@example.org"
        statuses.append(form.submit(expect_errors=True).status_int)
    assert statuses == [400] * 10 + [429] * 20


def test_too_many_wrong_passwords_overall_raise_an_alarm_and_refuse_no_sign_in(store, alice, ada_at, caplog):
    assert "Unusual activity" not in ada_at.get("/admin")
    use_up(store, SIGN_IN.alarm)
    for number in range(3):
        assert guess(stranger(store, number)).status_int == 400
    assert caplog.text.count("event=alarm action=signin") == 1
    assert sign_in(stranger(store, 9)).status_int == 303
    assert "Far more failed sign-ins than usual" in ada_at.get("/admin").html.main.text


def test_a_known_browser_has_ten_tries_of_its_own(store, alice):
    phone = store.signed_in()
    sign_out(phone)
    assert [guess(phone).status_int for _ in range(11)] == [400] * 10 + [429]
    assert sign_in(phone).status_int == 429
    assert sign_in(store.browser()).status_int == 303


def test_a_browser_known_to_bob_is_unknown_to_alice(store, alice, bob):
    bobs = store.signed_in("bob@example.org", "bob has another one")
    sign_out(bobs)
    use_up(store, SIGN_IN.target, "alice@example.org")
    assert sign_in(bobs).status_int == 400
    assert sign_in(bobs, "bob@example.org", "bob has another one").status_int == 303


def test_a_known_browser_cookie_opens_nothing_and_is_stored_as_a_hash(store, alice):
    phone = store.signed_in()
    token = phone.cookies["browser"]
    assert token not in store.dump()
    thief = store.browser()
    thief.set_cookie("browser", token)
    assert thief.get("/account").status_int == 303
    thief.set_cookie("session", token)
    assert thief.get("/account").status_int == 303


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 4000, "é", "' OR 1=1 --"])
def test_a_made_up_cookie_is_no_known_browser(store, alice, token):
    use_up(store, SIGN_IN.target, "alice@example.org")
    browser = store.browser()
    form = form_at(browser.get("/account/signin"), "/account/signin")
    form["email"], form["password"] = "alice@example.org", PASSWORD
    cookies = f"csrf={browser.cookies['csrf']}; browser={token}".encode().decode("latin-1")
    assert "Wrong email address or password" in form.submit(headers={"Cookie": cookies}, status=400)


def test_a_new_password_makes_every_other_browser_unknown(store, alice):
    old_friend, owner = store.signed_in(), store.signed_in()
    assert change_password(owner, PASSWORD).status_int == 303
    assert len(store.rows(KnownBrowser)) == 1
    use_up(store, SIGN_IN.target, "alice@example.org")
    sign_out(owner)
    assert sign_in(old_friend, password=NEW_PASSWORD).status_int == 400
    assert sign_in(owner, password=NEW_PASSWORD).status_int == 303


def test_guessing_the_current_password_while_signed_in_stops_after_ten_tries(store, alice):
    browser = store.signed_in()

    for _ in range(10):
        assert "This is not your current password." in change_password(browser, WRONG)
    refused = change_password(browser, PASSWORD)
    assert refused.status_int == 400
    assert "Too many wrong passwords. Try again in 5 minutes." in refused
    sign_out(browser)
    assert sign_in(browser).status_int == 303


def test_a_stolen_session_cannot_use_up_the_customers_tries(store, alice):
    owner = store.signed_in()
    thief = store.browser(REMOTE_ADDR="203.0.113.66")
    thief.set_cookie("session", owner.cookies["session"])
    use_up(store, CHECK_PASSWORD.target, alice)
    form = form_at(thief.get("/account"), "/account/email")
    form["email"], form["current_password"] = "thief@example.org", PASSWORD
    assert "Too many wrong passwords" in form.submit(status=400)
    form = form_at(owner.get("/account"), "/account/email")
    form["email"], form["current_password"] = "alice@example.net", PASSWORD
    assert form.submit().status_int == 303


def test_sign_in_and_limits_still_work_when_redis_is_down(make_store, alice, caplog):
    store = make_store(limits__storage="redis://127.0.0.1:1/0")
    assert sign_in(store.browser()).status_int == 303
    assert [guess(store.browser()).status_int for _ in range(12)] == [400] * 10 + [429] * 2
    assert "event=limits-storage-gone" in caplog.text
