"""Column types and defaults."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from album_store.data.account import Account
from album_store.data.types import new_id, utc_now


def store_and_read(db_sessions, when):
    with db_sessions.begin() as dbsession:
        dbsession.add(Account(id="a", email="a@example.org", password_hash="", last_login_date=when))
    with db_sessions.read() as dbsession:
        return dbsession.get_one(Account, "a").last_login_date


def test_utc_now_has_the_utc_time_zone():
    assert utc_now().tzinfo is UTC


def test_an_id_is_a_random_uuid_in_hex():
    ids = {new_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert {(uuid.UUID(text).version, uuid.UUID(text).hex) for text in ids} == {(4, text) for text in ids}


@pytest.mark.parametrize(
    "when",
    [
        None,
        datetime(2026, 3, 1, 12, 30, 15, 123_456, tzinfo=UTC),
        datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=-11))),
        datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_a_stored_time_is_read_as_the_same_moment_in_utc(db_sessions, when):
    read = store_and_read(db_sessions, when)
    assert read == when
    assert read is None or read.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(db_sessions):
    with pytest.raises(StatementError, match="has no time zone"):
        store_and_read(db_sessions, datetime(2026, 3, 1))  # noqa: DTZ001 - deliberately without a time zone
