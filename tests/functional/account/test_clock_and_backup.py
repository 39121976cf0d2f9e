"""A clock that is set wrong, and the database of yesterday: no link that was used comes alive."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from album_store.data.account import Account
from tests.support.clock import NOON
from tests.support.factories import PASSWORD
from tests.support.store_driver import ask_for_reset, form_at, register, set_new_password, sign_in, the_button

NEW_PASSWORD = "seventeen grey herons"
BOBS_PASSWORD = "bob has another one"
NEW_ADDRESS = "bob@elsewhere.example.org"
BACK_AND_FORTH = [timedelta(days=-400), timedelta(hours=-1), timedelta(minutes=30), timedelta(days=400)]


@pytest.fixture
def links(store, clock, alice, bob):
    """A link of each kind, just mailed."""
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
    """Do what the three links are for."""
    reset, confirm, confirm_email = links
    browser = store.browser()
    browser.get(reset).follow()
    assert set_new_password(browser, NEW_PASSWORD).status_int == 303
    button = the_button(browser.get(confirm))
    button["password"] = PASSWORD
    button.submit(status=303)
    the_button(browser.get(confirm_email)).submit(status=303)


def test_a_clock_set_back_and_forth_brings_no_used_link_to_life(store, clock, links):
    use(store, links)
    for shift in BACK_AND_FORTH:
        clock.move_to(NOON + shift)
        assert [is_open(store, link) for link in links] == [False] * 3


def test_a_clock_set_back_and_forth_brings_no_ended_link_to_life(store, clock, alice):
    ask_for_reset(store.browser())
    ended = store.mailed_link()
    store.signed_in()
    for shift in (timedelta(0), *BACK_AND_FORTH):
        clock.move_to(NOON + shift)
        assert not is_open(store, ended)


@pytest.mark.parametrize("shift", BACK_AND_FORTH)
def test_whatever_the_clock_says_people_sign_in_and_out_and_get_their_links(store, clock, alice, shift):
    before = store.signed_in()
    clock.move_to(NOON + shift)
    assert (before.get("/account").status_int == 200) == (shift < timedelta(days=14))
    alice_at = store.signed_in()
    ask_for_reset(alice_at)
    assert is_open(store, store.mailed_link())
    form_at(alice_at.get("/"), "/account/signout").submit(status=303)
    assert alice_at.get("/account").status_int == 303


def test_mail_of_a_clock_that_was_ahead_holds_up_no_mail(store, clock, alice):
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
    """Put a copy in the place of the database."""
    store.db_sessions.dispose()
    file = Path(store.db_sessions.engine.url.database)
    for part in file.parent.glob(f"{file.name}*"):
        part.unlink()
    file.write_bytes(copy.read_bytes())


def test_with_yesterdays_backup_restored_no_used_link_comes_alive(store, clock, links, tmp_path):
    back_up(store, tmp_path / "backup")
    clock.shift(timedelta(minutes=10))
    use(store, links)
    clock.move_to(NOON + timedelta(days=1))
    restore(store, tmp_path / "backup")
    assert [is_open(store, link) for link in links] == [False] * 3
    assert {account.email for account in store.rows(Account)} == {"alice@example.org", "bob@example.org"}
    assert sign_in(store.browser()).status_int == 303


def test_a_backup_as_old_as_the_lifetime_of_reset_links_makes_no_used_one_work(store, clock, alice, tmp_path):
    ask_for_reset(store.browser())
    link = store.mailed_link()
    back_up(store, tmp_path / "backup")
    browser = store.browser()
    browser.get(link).follow()
    assert set_new_password(browser, NEW_PASSWORD).status_int == 303
    clock.shift(timedelta(hours=1))
    restore(store, tmp_path / "backup")
    assert not is_open(store, link)
