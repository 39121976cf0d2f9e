"""A locked database or a full disk leaves nothing half done, and the store recovers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from album_store.data.account_session import AccountSession
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_registration import PendingRegistration
from tests.support.outage import locked_accounts
from tests.support.store_driver import ask_for_reset, form_at, register, set_new_password, sign_in

NEW_PASSWORD = "seventeen grey herons"


@contextmanager
def full_disk(store) -> Iterator[None]:
    """Stop the database from growing, which gives the same SQLite error as a full disk."""

    def stop_growing(connection, _record) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite raises this to the current size

    event.listen(store.db_sessions.engine, "connect", stop_growing)
    store.db_sessions.dispose()
    yield
    event.remove(store.db_sessions.engine, "connect", stop_growing)
    store.db_sessions.dispose()


def test_a_database_locked_for_one_second_only_delays_the_answer(store, alice, testapp):
    ask_for_reset(testapp)
    testapp.get(store.mailed_link()).follow()
    is_locked, is_free = threading.Event(), threading.Event()

    def hold() -> None:
        with locked_accounts(store):
            is_locked.set()
            is_free.wait(1)

    holder = threading.Thread(target=hold)
    holder.start()
    is_locked.wait()
    assert store.browser().get("/albums").status_int == 200
    assert set_new_password(testapp, NEW_PASSWORD).status_int == 303
    holder.join()
    assert sign_in(testapp, password=NEW_PASSWORD).status_int == 303
    assert [mail.kind for mail in store.mails()] == ["reset-password", "password-changed"]


def test_a_database_locked_for_sixty_seconds_gives_a_503_and_uses_up_no_link(store, alice, testapp, monkeypatch):
    ask_for_reset(testapp)
    testapp.get(store.mailed_link()).follow()
    before = store.dump()
    # Shorter than the lock, like the real timeout of 5 seconds.
    monkeypatch.setattr(store.db_sessions.database, "lock_timeout_ms", 50)
    with locked_accounts(store):
        answers = [
            set_new_password(testapp, NEW_PASSWORD),
            ask_for_reset(store.browser()),
            ask_for_reset(store.browser(), "nobody@example.org"),
            register(store.browser(), "carol@example.org"),
            sign_in(store.browser()),
        ]
        assert store.browser().get("/albums").status_int == 200
    assert [answer.status_int for answer in answers] == [503] * 5
    assert {answer.headers["Retry-After"] for answer in answers} == {"10"}
    assert store.dump() == before
    assert set_new_password(testapp, NEW_PASSWORD).status_int == 303
    assert sign_in(store.browser(), password=NEW_PASSWORD).status_int == 303


def test_a_full_disk_leaves_no_partial_writes_and_pages_still_work(store, alice, caplog):
    browser = store.browser()
    ask_for_reset(browser)
    browser.get(store.mailed_link()).follow()
    form = form_at(browser.get("/account/reset_password"), "/account/reset_password")
    form["password"] = form["confirm_password"] = NEW_PASSWORD
    with full_disk(store):
        fill(store)
        refused = form.submit(expect_errors=True)
        assert store.browser().get("/albums").status_int == 200
        assert store.browser().get("/account/signin").status_int == 200
        assert refused.status_int == 500
        assert "disk is full" in caplog.text
        assert "disk" not in refused
        assert [(reset.was_used, reset.superseded_date) for reset in store.rows(PasswordReset)] == [(False, None)]
        assert [mail.kind for mail in store.mails("alice@example.org")] == ["reset-password"]
        assert len(store.mails()) == len(store.rows(PendingRegistration)) + 1
    assert form.submit().status_int == 303
    assert sign_in(store.browser(), password=NEW_PASSWORD).status_int == 303
    assert len(store.rows(AccountSession)) == 1


def fill(store) -> None:
    """Register until the disk is full."""
    for number in range(50):
        browser = store.browser(REMOTE_ADDR=f"198.51.100.{number}")
        if register(browser, f"fan{number}@example.org").status_int == 500:
            return
    raise AssertionError("the disk was never full")
