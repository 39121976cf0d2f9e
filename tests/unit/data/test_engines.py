"""What the store asks of every kind of database."""

import os
import socket
import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from album_store.data.account import Account
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.lock_row import CATALOGUE, LockRow, lock_name, lock_names
from album_store.data.types import utc_now
from tests.support.databases import SERVERS
from tests.support.factories import add_account, make_album
from tests.support.store_driver import together

pytestmark = pytest.mark.every_database

SECRET = "only.the.owner@example.org"


def names(db_sessions):
    with db_sessions.read() as dbsession:
        return dbsession.scalars(select(Account.display_name).order_by(Account.display_name)).all()


def test_names_are_compared_by_their_bytes_and_sorted_by_their_characters(db_sessions):
    spellings = ["Beyonce", "Beyoncé", "rock", "Rock", "Rock ", "straße", "strasse", "Ω", "日本"]
    with db_sessions.begin() as dbsession:
        dbsession.execute(
            insert(Artist), [{"name": name, "url": f"{i}", "name_key": f"{i}"} for i, name in enumerate(spellings)]
        )
    with db_sessions.read() as dbsession:
        assert dbsession.scalars(select(Artist.name).order_by(Artist.name)).all() == sorted(spellings)
        assert dbsession.scalar(select(func.count()).where(Artist.name == "ROCK")) == 0
        between = select(Artist.name).where(Artist.name >= "R", Artist.name < "R\U0010ffff")
        assert dbsession.scalars(between.order_by(Artist.name)).all() == ["Rock", "Rock "]


def test_a_long_text_and_a_moment_are_kept_whole(db_sessions):
    album, now = make_album(description="long " * 20_000), utc_now()
    with db_sessions.begin() as dbsession:
        dbsession.add(album)
        album.updated_date = now
    with db_sessions.read() as dbsession:
        [stored] = dbsession.scalars(select(Album))
        assert len(stored.description) == 100_000
        assert stored.updated_date == now


def test_a_reading_session_cannot_write(db_sessions):
    with pytest.raises(DBAPIError), db_sessions.read() as dbsession:
        dbsession.execute(delete(Account))


def test_a_session_that_may_not_wait_fails_at_once(db_sessions):
    account_id = add_account(db_sessions, "hash")
    change = update(Account).where(Account.id == account_id)
    with db_sessions.begin() as dbsession:
        dbsession.execute(change.values(display_name="first"))
        with pytest.raises(DBAPIError) as caught, db_sessions.begin_nowait() as other:
            other.execute(change.values(display_name="second"))
    assert db_sessions.database.is_busy(caught.value)
    assert names(db_sessions) == ["first"]


def test_a_lock_that_is_held_for_too_long_is_a_busy_database(db_sessions):
    db_sessions.database.lock_timeout_ms = 1_000
    account_id = add_account(db_sessions, "hash")
    change = update(Account).where(Account.id == account_id)
    with db_sessions.begin() as dbsession:
        dbsession.execute(change.values(display_name="first"))
        with pytest.raises(DBAPIError) as caught, db_sessions.begin() as other:
            other.execute(change.values(display_name="second"))
    assert db_sessions.database.is_busy(caught.value)


def test_an_error_of_the_database_repeats_no_value(db_sessions):
    add_account(db_sessions, "hash", SECRET)
    with pytest.raises(IntegrityError) as caught:
        add_account(db_sessions, "hash", SECRET)
    told = [str(caught.value), repr(caught.value), str(caught.value.orig), repr(caught.value.orig)]
    assert not [words for words in told if "owner" in words]
    assert "mail" in str(caught.value.orig), "it still names the column or its index"
    assert not db_sessions.database.is_busy(caught.value)
    assert not db_sessions.database.is_retryable(caught.value)


def test_a_statement_that_cannot_be_understood_repeats_no_value(db_sessions):
    with pytest.raises(DBAPIError) as caught, db_sessions.read() as dbsession:
        dbsession.execute(text("SELECT nothing of this WHERE x = :secret"), {"secret": SECRET})
    assert "owner" not in f"{caught.value} {caught.value.orig!r}"


@pytest.mark.every_database("mariadb")  # the others refuse or accept the comparison without a look at the rows
def test_a_value_that_is_no_number_is_not_repeated(db_sessions):
    add_account(db_sessions, "hash", SECRET)
    with pytest.raises(DBAPIError, match="Truncated") as caught, db_sessions.begin() as dbsession:
        dbsession.execute(update(Account).where(text("email = 0")).values(display_name="x"))
    assert "owner" not in f"{caught.value} {caught.value.orig!r}"


def test_a_name_is_held_by_one_transaction_at_a_time(db_sessions):
    add_account(db_sessions, "hash", display_name="")

    def add_a_letter() -> None:
        with db_sessions.begin() as dbsession:
            lock_name(dbsession, "letters")
            account = dbsession.scalars(select(Account)).one()
            account.display_name += "x"

    together(*[add_a_letter] * 8)
    assert names(db_sessions) == ["x" * 8]


@pytest.mark.every_database(*SERVERS)  # on SQLite only one transaction writes at a time
def test_only_the_rows_of_the_names_are_locked(db_sessions):
    def is_held(number: int) -> bool:
        try:
            with db_sessions.begin_nowait() as dbsession:
                dbsession.execute(select(LockRow).where(LockRow.number == number).with_for_update())
        except DBAPIError as error:
            return db_sessions.database.is_busy(error)
        return False

    with db_sessions.begin() as dbsession:
        lock_names(dbsession, "numbers", "letters")
        held = {number for number in range(CATALOGUE + 1) if is_held(number)}
    assert len(held) == 2
    assert CATALOGUE not in held


@pytest.mark.every_database(*SERVERS)  # on SQLite only one transaction writes at a time
def test_a_deadlock_is_worth_another_try(db_sessions):
    first, second = (add_account(db_sessions, "hash", f"{number}@example.org") for number in (1, 2))
    meet = threading.Barrier(2)

    def change(*order: str) -> bool:
        try:
            with db_sessions.begin() as dbsession:
                dbsession.execute(update(Account).where(Account.id == order[0]).values(display_name="x"))
                meet.wait(10)
                dbsession.execute(update(Account).where(Account.id == order[1]).values(display_name="x"))
        except DBAPIError as error:
            return db_sessions.database.is_retryable(error)
        return False

    assert sorted(together(lambda: change(first, second), lambda: change(second, first))) == [False, True]


@pytest.mark.every_database("postgresql")  # the driver of MariaDB has a timeout of its own
def test_a_server_that_can_no_longer_be_reached_is_given_up(db_sessions):
    names = ("TCP_USER_TIMEOUT", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")  # Linux has all of them
    with db_sessions.engine.connect() as connection:
        descriptor = os.dup(connection.connection.dbapi_connection.fileno())
        with socket.socket(fileno=descriptor) as client:
            options = [client.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in names]
    sent_ms, idle_s, interval_s, count = options
    assert sent_ms <= 40_000
    assert idle_s + interval_s * count <= 40


def test_a_day_is_counted_by_its_bounds(db_sessions):
    """The condition of every report."""
    now = utc_now()
    add_account(db_sessions, "hash")
    with db_sessions.read() as dbsession:
        near = Account.created_date.between(now - timedelta(minutes=1), now + timedelta(minutes=1))
        assert dbsession.scalar(select(func.count()).where(near)) == 1
