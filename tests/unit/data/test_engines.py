"""What the store asks of every kind of database."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from album_store.data.account import Account
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.lock_row import lock_name
from album_store.data.types import utc_now
from album_store.services.catalogue.search_service import SearchService
from tests.support.databases import SERVERS
from tests.support.factories import add_account, make_album, make_artist, make_track
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


def test_a_day_is_counted_by_its_bounds(db_sessions):
    """The condition of every report."""
    now = utc_now()
    add_account(db_sessions, "hash")
    with db_sessions.read() as dbsession:
        near = Account.created_date.between(now - timedelta(minutes=1), now + timedelta(minutes=1))
        assert dbsession.scalar(select(func.count()).where(near)) == 1


CATALOGUE = {
    1: ("Für Elise", "Müller", ["Über den Wolken", "Straße"]),
    2: ("L'orage", "D'Ambry", ["L'horloger"]),
    3: ("Сказка", "Лес", ["Река"]),
    4: ("水曜日", "夜のプール", ["雨"]),
    5: ("÷", "!!!", ["+", "???"]),
    6: ("I", "U", ["A", "The Of And"]),
    7: ("Back in Black", "AC/DC", ["Hells Bells", "Shoot to Thrill"]),
    8: ("Word" * 75, "Long", ["x" * 300]),
    9: ("Black in Back", "Rock'n'Roll", ["2e10", "007", "O'Brien"]),
    10: ("The Best of", "Various Artists", ["In the Of", "Not and Or"]),
}
FOUND = {
    "fur": [1], "für elise": [1], "uber": [1], "strasse": [1], "straße": [1], "mull": [1],
    "orage": [2], "l'orage": [2], "horloger": [2], "ambry": [2], "d": [7, 2, 1],
    "сказка": [3], "skazka": [3], "рек": [3], "水曜": [4], "プール": [4], "雨": [4], "÷": [5], "!!!": [5],
    "i": [6, 10, 9, 7], "a": [6, 10, 7, 2], "u": [6, 1], "the": [10, 6], "of": [10, 6], "the of": [10, 6],
    "back in black": [7, 9], "in black": [7, 9], "black": [9, 7], "acdc": [7], "ac/dc": [7], "hells bel": [7],
    "word" * 75: [8], "word": [8], "x" * 300: [8], "xx": [8], "2e10": [9], "007": [9], "brien": [9], "rock": [9],
    "not and or": [10], "nothing": [], "of best": [10], "müller back": [],
}  # fmt: skip


@pytest.mark.parametrize("words_read", [0, 2, 1_000])
def test_a_search_finds_the_same_albums_in_the_same_order(db_sessions, words_read):
    db_sessions.database.words_read = words_read
    with db_sessions.begin() as dbsession:
        for title, artist, tracks in CATALOGUE.values():
            dbsession.add(make_album(title, make_artist(artist), tracks=[make_track(name) for name in tracks]))
            dbsession.flush()
        ids = dict(zip(dbsession.scalars(select(Album.id).order_by(Album.id)), CATALOGUE, strict=True))
    with db_sessions.read() as dbsession:
        search = SearchService(dbsession, db_sessions.database)
        assert {query: [ids[album.id] for album in search.search(query).rows] for query in FOUND} == FOUND


def test_the_pages_of_a_search_follow_each_other_from_the_newest_albums_to_those_of_the_index(db_sessions):
    db_sessions.database.words_read = 7
    with db_sessions.begin() as dbsession:
        dbsession.add_all(make_album(f"Common Word {'Rare' * (number % 9 == 0)}") for number in range(60))
        dbsession.flush()
        ids = dbsession.scalars(select(Album.id).order_by(Album.id.desc())).all()
        every_ninth = dbsession.scalars(select(Album.id).where(Album.title.endswith("Rare"))).all()
    with db_sessions.read() as dbsession:
        search = SearchService(dbsession, db_sessions.database)
        for query, expected in [("wor", ids), ("word com", ids), ("rar common", sorted(every_ninth, reverse=True))]:
            found, after = [], ""
            while page := search.search(query, after=after):
                found += [album.id for album in page.rows]
                after = page.after
                if not after:
                    break
            assert found == expected, query
