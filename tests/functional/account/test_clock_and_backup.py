"""A wrong clock or a restored backup must not make used links work again."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from album_store.data.account import Account
from tests.support.clock import NOON
from tests.support.factories import PASSWORD
from tests.support.store_driver import ask_for_reset, confirmation_form, form_at, register, set_new_password, sign_in

NEW_PASSWORD = "seventeen grey herons"
BOBS_PASSWORD = "bob has another one"
NEW_ADDRESS = "bob@elsewhere.example.org"
BACK_AND_FORTH = [timedelta(days=-400), timedelta(hours=-1), timedelta(minutes=30), timedelta(days=400)]


@pytest.fixture
def links(store, clock, alice, bob):
    """One newly mailed link of each kind."""
    bob_at = store.signed_in("bob@example.org", BOBS_PASSWORD)
    form = form_at(bob_at.get("/account"), "/account/email")
    form["email"], form["current_password"] = NEW_ADDRESS, BOBS_PASSWORD
    form.submit(status=303)
    ask_for_reset(store.browser())
    register(store.browser(), "carol@example.org")
    return [store.mailed_link(email) for email in ("alice@example.org", "carol@example.org", NEW_ADDRESS)]


def is_open(store, link):
    page = store.browser().get(link, expect_errors=True)
    page = page.follow(expect_errors=True) if page.status_int == 303 else page
    assert page.status_int in {200, 404}
    return page.status_int == 200


def use(store, links):
    """Use all three links."""
    reset, confirm, confirm_email = links
    browser = store.browser()
    browser.get(reset).follow()
    assert set_new_password(browser, NEW_PASSWORD).status_int == 303
    button = confirmation_form(browser.get(confirm))
    button["password"] = PASSWORD
    button.submit(status=303)
    confirmation_form(browser.get(confirm_email)).submit(status=303)


def test_used_links_stay_dead_when_the_clock_jumps(store, clock, links):
    use(store, links)
    for shift in BACK_AND_FORTH:
        clock.move_to(NOON + shift)
        assert [is_open(store, link) for link in links] == [False] * 3


def test_ended_links_stay_dead_when_the_clock_jumps(store, clock, alice):
    ask_for_reset(store.browser())
    ended = store.mailed_link()
    store.signed_in()
    for shift in (timedelta(0), *BACK_AND_FORTH):
        clock.move_to(NOON + shift)
        assert not is_open(store, ended)


@pytest.mark.parametrize("shift", BACK_AND_FORTH)
def test_sign_in_and_reset_links_work_after_the_clock_jumps(store, clock, alice, shift):
    before = store.signed_in()
    clock.move_to(NOON + shift)
    assert (before.get("/account").status_int == 200) == (shift < timedelta(days=14))
    alice_at = store.signed_in()
    ask_for_reset(alice_at)
    assert is_open(store, store.mailed_link())
    form_at(alice_at.get("/"), "/account/signout").submit(status=303)
    assert alice_at.get("/account").status_int == 303


def test_emails_dated_in_the_future_do_not_delay_later_ones(store, clock, alice):
    clock.move_to(NOON + timedelta(days=365))
    ask_for_reset(store.browser())
    register(store.browser(), "carol@example.org")
    clock.move_to(NOON)
    for _ in range(3):
        ask_for_reset(store.browser())
        register(store.browser(), "carol@example.org")
    assert len(store.mails("alice@example.org")) == len(store.mails("carol@example.org")) == 4
    assert is_open(store, store.mailed_link())


def back_up(store, copy: Path) -> None:
    """Copy the database while it is in use."""
    file = store.db_sessions.engine.url.database
    with closing(sqlite3.connect(file)) as database, closing(sqlite3.connect(copy)) as backup:
        database.backup(backup)


def restore(store, copy: Path) -> None:
    """Replace the database with a copy."""
    store.db_sessions.dispose()
    file = Path(store.db_sessions.engine.url.database)
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    file.write_bytes(copy.read_bytes())


def test_used_links_stay_dead_after_restoring_yesterdays_backup(store, clock, links, tmp_path):
    back_up(store, tmp_path / "backup")
    clock.shift(timedelta(minutes=10))
    use(store, links)
    clock.move_to(NOON + timedelta(days=1))
    restore(store, tmp_path / "backup")
    assert [is_open(store, link) for link in links] == [False] * 3
    assert {account.email for account in store.rows(Account)} == {"alice@example.org", "bob@example.org"}
    assert sign_in(store.browser()).status_int == 303


def test_a_used_reset_link_stays_dead_after_restoring_an_hour_old_backup(store, clock, alice, tmp_path):
    ask_for_reset(store.browser())
    link = store.mailed_link()
    back_up(store, tmp_path / "backup")
    browser = store.browser()
    browser.get(link).follow()
    assert set_new_password(browser, NEW_PASSWORD).status_int == 303
    clock.shift(timedelta(hours=1))
    restore(store, tmp_path / "backup")
    assert not is_open(store, link)
