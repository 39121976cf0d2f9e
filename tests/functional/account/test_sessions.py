"""Sessions: what the cookie proves, for how long, and who can end it."""

from datetime import timedelta

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.role import AccountRole
from tests.support.clock import NOON
from tests.support.factories import PASSWORD, add_account
from tests.support.store_driver import form_at, sign_in


def is_signed_in(browser):
    return browser.get("/account").status_int == 200


def with_cookie(store, cookie):
    """The answer of the account page to a request with this Cookie header."""
    return store.browser().get("/account", headers={"Cookie": cookie}, expect_errors=True)


def session_cookie_of(answer):
    [header] = [value for value in answer.headers.getall("Set-Cookie") if "session=" in value]
    name_and_value, *attributes = header.split("; ")
    return name_and_value.partition("=")[0], {attribute for attribute in attributes if "xpires" not in attribute}


def test_the_session_cookie_over_http_is_http_only_and_same_site(store, alice, testapp):
    name, attributes = session_cookie_of(sign_in(testapp))
    assert name == "session"
    assert attributes == {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"}


def test_the_session_cookie_over_https_is_secure_and_bound_to_the_host(make_store):
    store = make_store(store__site_url="https://music.example.org")
    add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD))
    https = {"wsgi.url_scheme": "https", "HTTP_HOST": "music.example.org"}
    browser = store.browser(**https)
    page = browser.get("https://music.example.org/account/signin")
    fields = dict(form_at(page, "/account/signin").submit_fields())
    fields |= {"email": "alice@example.org", "password": PASSWORD}
    answer = browser.post(
        "https://music.example.org/account/signin", fields, headers={"Origin": "https://music.example.org"}
    )
    name, attributes = session_cookie_of(answer)
    assert name == "__Host-session"
    assert attributes == {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000", "secure"}
    for header in page.headers.getall("Set-Cookie") + answer.headers.getall("Set-Cookie"):
        assert header.startswith("__Host-")
        assert "secure" in header
        assert "domain" not in header.lower()


def test_a_session_ends_after_fourteen_idle_days(store, alice, clock):
    alice_at = store.signed_in()
    clock.shift(timedelta(days=14))
    assert is_signed_in(alice_at)
    clock.shift(timedelta(days=14, seconds=1))
    assert not is_signed_in(alice_at)


def test_a_session_ends_after_thirty_days_even_in_daily_use(store, alice, clock):
    cookie = f"session={store.signed_in().cookies['session']}"  # kept even after a browser would have dropped it
    for _ in range(30):
        clock.shift(timedelta(days=1))
        assert with_cookie(store, cookie).status_int == 200
    clock.shift(timedelta(seconds=1))
    assert with_cookie(store, cookie).status_int == 303


def test_an_admin_session_ends_after_twelve_hours(store, clock):
    add_account(
        store.db_sessions, store.registry.password_hasher.hash(PASSWORD), "ada@example.org", roles=("user", "admin")
    )
    ada_at = store.signed_in("ada@example.org")
    clock.shift(timedelta(hours=12))
    assert is_signed_in(ada_at)
    clock.shift(timedelta(seconds=1))
    assert not is_signed_in(ada_at)


def test_session_limits_can_be_configured(make_store, clock):
    store = make_store(session__idle_days="1", session__days="2")
    add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD))
    idle, busy = (f"session={store.signed_in().cookies['session']}" for _ in range(2))
    clock.shift(timedelta(days=1))
    assert with_cookie(store, busy).status_int == 200
    clock.shift(timedelta(days=1))
    assert with_cookie(store, idle).status_int == 303
    assert with_cookie(store, busy).status_int == 200
    clock.shift(timedelta(seconds=1))
    assert with_cookie(store, busy).status_int == 303


@pytest.mark.every_database
def test_the_last_seen_time_is_saved_every_ten_minutes(store, alice, clock):
    alice_at = store.signed_in()
    clock.shift(timedelta(minutes=10))
    alice_at.get("/account")
    assert store.rows(AccountSession)[0].last_seen_date == NOON
    clock.shift(timedelta(seconds=1))
    alice_at.get("/account")
    assert store.rows(AccountSession)[0].last_seen_date == NOON + timedelta(minutes=10, seconds=1)


@pytest.mark.parametrize(
    "garbled",
    [
        "",
        "x",
        "{}x",
        "x{}",
        "{}{}",
        "\xff\xfe",
        '"\\377\\376"',
        '"\\000"',
        "%00",
        "a" * 43,
        "a" * 10_000,
        "{}=",
        "None",
        '"{}',
    ],
)
def test_a_garbled_session_cookie_is_ignored(store, alice, garbled):
    token = store.signed_in().cookies["session"]
    answer = with_cookie(store, f"session={garbled.replace('{}', token)}")
    assert answer.status_int == 303
    assert answer.location.startswith("http://localhost/account/signin")


def test_an_altered_or_shortened_token_is_no_session(store, alice):
    token = store.signed_in().cookies["session"]
    altered = [token[:-1], token[1:], token.swapcase(), token[::-1], token[:-1] + ("A" if token[-1] != "A" else "B")]
    assert [with_cookie(store, f"session={text}").status_int for text in altered] == [303] * 5
    assert with_cookie(store, f"session={token}").status_int == 200


def test_the_last_of_two_session_cookies_counts(store, alice):
    token = store.signed_in().cookies["session"]
    assert with_cookie(store, f"session={'a' * 43}; session={token}").status_int == 200
    assert with_cookie(store, f"session={token}; session={'a' * 43}").status_int == 303
    assert with_cookie(store, f"session={token}; session={token}").status_int == 200
    assert with_cookie(store, f'other="\\377"; session={token}').status_int == 200


def test_a_session_id_or_stored_hash_does_not_work_as_a_cookie(store, alice):
    store.signed_in()
    [session] = store.rows(AccountSession)
    for value in (session.id, session.token_hash, session.token_hash[:43], session.account_id):
        assert with_cookie(store, f"session={value}").status_int == 303


def test_disabling_an_account_signs_it_out(store, alice):
    alice_at = store.signed_in()
    store.change(Account, alice, disabled=True)
    assert not is_signed_in(alice_at)


@pytest.mark.every_database
def test_deleting_an_account_signs_it_out(store, alice):
    alice_at = store.signed_in()
    with store.db_sessions.begin() as dbsession:
        dbsession.delete(dbsession.get_one(Account, alice))
    assert not is_signed_in(alice_at)
    assert store.rows(AccountSession) == []


def test_a_role_change_takes_effect_during_a_session(store, alice, clock):
    alice_at = store.signed_in()
    clock.shift(timedelta(hours=13))
    assert is_signed_in(alice_at)
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(AccountRole.insert().values(account_id=alice, role_name="admin"))
    assert not is_signed_in(alice_at)
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(AccountRole.delete().where(AccountRole.c.role_name == "admin"))
    assert not is_signed_in(alice_at)  # a session that was found dead stays dead


def test_visitors_leave_no_rows_behind(store):
    before = store.dump()
    for _ in range(100):
        visitor = store.browser()
        visitor.get("/")
        visitor.get("/account/signin")
        visitor.get("/account", headers={"Cookie": f"session={'a' * 43}"}, status=303)
    assert store.dump() == before
