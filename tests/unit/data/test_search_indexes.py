"""Every kind of database finds the same albums in the same order."""

import itertools
from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.engines.search_terms import MAX_ROWS_READ, SAMPLE, SearchIndex, rarest
from album_store.services.catalogue.search_service import SearchService
from album_store.services.paging import MAX_INTEGER
from tests.support.factories import make_album, make_artist, make_track

pytestmark = pytest.mark.every_database

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
    11: ("Love & Hate", "Hells", ["\U0001f30a", "Near You"]),
    12: ("שָׁלוֹם", "مُحَمَّد", ["เพลงรัก", "Αθήνα"]),
    13: (" ".join(["All of this is one title"] * 12), "Bells", ["zqzq", "zq"]),
    14: ("睡眠", "水", ["プール"]),
    15: ("Black", "Back in Black", ["Black Black", "Word"]),
    16: ("Hidden Black Orage", "Müller", ["the"]),
}
UNPUBLISHED = {16}
FOUND = {
    # Accents, case, letters of their own
    "fur": [1], "für elise": [1], "FÜR ELISE": [1], "uber": [1], "strasse": [1], "straße": [1], "mull": [1],
    "elise wolken": [1], "wolken elise": [1], "müller back": [], "u\u0308ber": [1],
    # Apostrophes
    "orage": [2], "l'orage": [2], "l\u2019orage": [2], "lorage": [2], "horloger": [2], "ambry": [2], "d": [7, 2, 1],
    "brien": [9], "o'brien": [9], "rock": [9], "n'roll": [9], "rocknroll": [9],
    # Other scripts
    "сказка": [3], "skazka": [3], "рек": [3], "ЛЕС": [3], "水曜": [4], "プール": [14, 4], "雨": [4], "水": [14, 4],
    "睡": [14], "夜のプール": [4], "曜水": [], "שלום": [12], "محمد": [12], "รัก": [12], "αθηνα": [12],
    # Signs
    "÷": [5], "!!!": [5], "???": [5], "+": [5], "&": [11], "\U0001f30a": [11], "love & hate": [11], "love hate": [11],
    # Words of one letter, stop words, operators
    "i": [6, 15, 13, 10, 9, 7], "a": [6, 13, 12, 10, 7, 2], "u": [6, 1], "the": [10, 6], "of": [13, 10, 6],
    "the of": [10, 6], "is": [13], "not and or": [10], "near": [11], "in the": [10], "of best": [10],
    # Rows of words before words in another order, exact names before both
    "back in black": [7, 15, 9], "in black": [15, 7, 9], "black": [15, 9, 7], "black back": [15, 9, 7],
    "black black": [15, 9, 7], "hells": [11, 7], "bells": [13, 7], "hells bel": [7], "acdc": [7], "ac/dc": [7],
    # Long names, numbers, and what MariaDB puts before each word
    "word" * 75: [8], f"{'word' * 25} long": [8], f"{'word' * 25} long {'x' * 90}": [8], f"long {'word' * 25}": [8],
    f"{'x' * 90} {'word' * 25}": [8], "word": [15, 8],
    "x" * 300: [8], "xx": [8], "xy": [], "2e10": [9], "007": [9], "00": [9],
    " ".join(["All of this is one title"] * 12): [13], "title all": [13], "zq": [13], "zqzq": [13], "zqblack": [],
    "nothing": [], "hidden": [],
}  # fmt: skip
ODD = [
    '"', '"black', "black*", "*", "-black", "+black", "black -back", "NEAR(black back)", "NOT black", "black OR", "(",
    ")", "black)", "^black", "words:black", "<black", ">black", "~black", "@3 black", "black@4", "'black", "black'",
    "\\", "black\\", "%", "_", "a:b", "!black", "black & !back", "black | back", "black <-> back", "black:*",
    "; DROP TABLE x", "a " * 5_000, "+" * 300, '"' * 300, "\u202e", "\t\r\n", "½", "ﬁ", "٣",
]  # fmt: skip


@pytest.fixture
def search(db_sessions):
    """A function that returns the numbers of the albums that are found."""
    with db_sessions.begin() as dbsession:
        for number, (title, artist, tracks) in CATALOGUE.items():
            by = dbsession.scalars(select(Artist).where(Artist.name == artist)).first() or make_artist(artist)
            tracks = [make_track(name) for name in tracks]
            dbsession.add(make_album(title, by, tracks=tracks, published=number not in UNPUBLISHED))
            dbsession.flush()
        numbers = dict(zip(dbsession.scalars(select(Album.id).order_by(Album.id)), CATALOGUE, strict=True))
    with db_sessions.read() as dbsession:
        service = SearchService(dbsession, db_sessions.database)
        yield lambda query: [numbers[album.id] for album in service.search(query).rows]


@pytest.mark.parametrize("words_read", [0, 2, 1_000])
def test_a_search_finds_the_same_albums_in_the_same_order(search, db_sessions, words_read):
    db_sessions.database.words_read = words_read
    assert {query: search(query) for query in FOUND} == FOUND


def test_signs_that_mean_something_to_a_database_mean_nothing_in_a_query(search):
    for query in ODD:
        found = search(query)
        if query.strip("\"'*-+^<>~()!\\:") == "black":
            assert found == FOUND["black"], query


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


@pytest.mark.parametrize("words_read", [0, 1, 2, 3, 1_000])
@pytest.mark.parametrize("common", [1, 60])
def test_a_row_of_words_comes_first_among_the_newest_albums_only(db_sessions, words_read, common):
    """Older albums with such a row are listed with those that have the words elsewhere. All are listed once."""
    db_sessions.database.words_read = words_read
    newest = 3 * MAX_ROWS_READ
    numbers_of = {
        "Sun Black 1": [1, newest - MAX_ROWS_READ - 1],
        "Black Sun 1": [2, newest - MAX_ROWS_READ, newest - MAX_ROWS_READ + 1, *range(newest - 5 - common, newest - 5)],
        "Black or Sun": [3, newest - MAX_ROWS_READ + 2, newest],
    }
    with db_sessions.begin() as dbsession:
        for title, numbers in numbers_of.items():
            dbsession.add_all(make_album(title, id=number) for number in numbers)
    with db_sessions.read() as dbsession:
        search, found, after = SearchService(dbsession, db_sessions.database), [], ""
        while True:
            page = search.search("black sun", after=after)
            found += [album.id for album in page.rows]
            after = page.after
            if not after:
                break
    in_a_row = [number for number in numbers_of["Black Sun 1"] if number > newest - MAX_ROWS_READ]
    others = {number for numbers in numbers_of.values() for number in numbers} - set(in_a_row)
    assert found == [*sorted(in_a_row, reverse=True), *sorted(others, reverse=True)]


def test_the_index_is_not_asked_for_a_word_that_enough_of_the_newest_albums_have(db_sessions, monkeypatch):
    with db_sessions.begin() as dbsession:
        dbsession.add_all(make_album(f"Word {number}" if number % 3 else f"Other {number}") for number in range(120))
    with db_sessions.read() as dbsession:
        expected = dbsession.scalars(select(Album.id).where(Album.title.startswith("Word")).order_by(Album.id.desc()))
        search = SearchService(dbsession, db_sessions.database)
        monkeypatch.setattr(db_sessions.database, "words_read", 20)
        monkeypatch.setattr(db_sessions.database, "search", lambda *_, **__: pytest.fail("The index was asked."))
        found = [album.id for album in search.search("word").rows]
        assert found
        assert found == list(expected)[: len(found)]


def test_the_index_is_asked_for_a_word_that_none_of_the_newest_albums_has(db_sessions, monkeypatch):
    with db_sessions.begin() as dbsession:
        dbsession.add(make_album("Rare", id=1))
        dbsession.add_all(make_album(f"Other {number}", id=number) for number in range(2, 200))
    asked, database = [], db_sessions.database
    monkeypatch.setattr(database, "words_read", 20)
    monkeypatch.setattr(
        database, "search", lambda *args, **kw: asked.append(kw) or type(database).search(database, *args, **kw)
    )
    with db_sessions.read() as dbsession:
        SearchService(dbsession, database).search("rar")
    assert asked == [{"phrase": True}, {"phrase": False}]


def test_an_index_is_asked_for_the_rarest_words_and_those_whose_entries_take_less_time_than_rows(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add_all(make_album(f"Common {number}") for number in range(60))
        dbsession.add_all(make_album(title) for title in ("Rare Common", "Rare Word", "Rare Common Word"))
    terms = [("common", True), ("rare", False), ("wor", True)]
    with db_sessions.read() as dbsession:
        assert rarest(dbsession, terms[1:2], 1) == terms[1:2]
        assert rarest(dbsession, terms, 1) == [("wor", True)]
        assert rarest(dbsession, terms, 2) == [("wor", True), ("rare", False)]
        assert set(rarest(dbsession, terms, 10_000)) == set(terms)
        assert rarest(dbsession, [("none", True), *terms], 5) == [("none", True), ("wor", True)]


def test_an_index_is_not_asked_for_words_that_the_newest_and_the_oldest_albums_have(db_sessions):
    with db_sessions.begin() as dbsession:
        for title in ("Oldest", "Neither", "Newest"):
            dbsession.add_all(make_album(f"{title} Word {number}") for number in range(SAMPLE // 2))
            dbsession.flush()
    with db_sessions.read() as dbsession:
        assert rarest(dbsession, [("word", False)], 1) == []
        assert rarest(dbsession, [("oldest", False)], 1) == []
        assert rarest(dbsession, [("newe", True)], 1) == []
        assert rarest(dbsession, [("newest", False), ("wor", True)], 1) == []
        assert rarest(dbsession, [("neither", False)], 1) == [("neither", False)]
        assert rarest(dbsession, [("newest", False), ("neither", False)], 1) == [("neither", False)]


@pytest.mark.parametrize("words_read", [0, 20])
def test_albums_that_are_not_published_stand_in_no_way_to_those_that_are(db_sessions, words_read):
    db_sessions.database.words_read = words_read
    with db_sessions.begin() as dbsession:
        for number in range(300):
            dbsession.add(make_album(f"Black Sun {number}", published=number < 30))
            dbsession.flush()
        ids = dbsession.scalars(select(Album.id).where(Album.published).order_by(Album.id.desc())).all()
    with db_sessions.read() as dbsession:
        search = SearchService(dbsession, db_sessions.database)
        for query in ("black", "sun bla"):
            first = search.search(query)
            second = search.search(query, after=first.after)
            assert [album.id for page in (first, second) for album in page.rows] == ids, query


@pytest.mark.parametrize("words_read", [0, 7, 1_000])
def test_no_cursor_and_no_gap_between_ids_makes_a_search_fail_or_miss_an_album(db_sessions, words_read):
    db_sessions.database.words_read = words_read
    queries, cursors = ("black", "black sun", "sun bla", "水曜日"), (0, 1, 2, 8, 5_000, MAX_INTEGER)
    with db_sessions.read() as dbsession:  # there are no albums yet
        search = SearchService(dbsession, db_sessions.database)
        for query, tier, cursor in itertools.product(queries, range(5), (*cursors, 10**15, 10**30)):
            assert search.search(query, after=f"{cursor}~{tier}").rows == [], (query, tier, cursor)
    numbers = [1, 2, 7, 8, 4_000, 3_000_000]
    with db_sessions.begin() as dbsession:
        dbsession.add_all(make_album("Black and Sun", id=number) for number in numbers)
    with db_sessions.read() as dbsession:
        search = SearchService(dbsession, db_sessions.database)
        for cursor in cursors:
            found = [album.id for album in search.search("sun bla", after=f"{cursor}~3").rows]
            assert found == [number for number in reversed(numbers) if number < cursor], cursor


@pytest.mark.every_database("postgresql")
def test_the_index_is_asked_for_all_words_of_a_row_but_otherwise_for_the_rarest_only(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add_all(make_album(f"Common {number}") for number in range(60))
        dbsession.add(make_album("Rare Common"))
    with db_sessions.read() as dbsession:
        row = db_sessions.database.search(dbsession, ["common", "rare"], phrase=True)
        words = db_sessions.database.search(dbsession, ["common", "rare"], phrase=False)
        assert "common & rare" in _values(row)
        assert "rare:*" in _values(words)


@pytest.mark.every_database("mariadb")  # it counts the rows that a session reads
def test_words_that_are_common_but_seldom_stand_side_by_side_are_found_without_reading_all_albums(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add_all(make_album(f"Black Sun {number}") for number in range(200))
        dbsession.add(make_album("Sun Black"))
        dbsession.add_all(make_album(f"The Black Sun {number}") for number in range(200))
    with db_sessions.read() as dbsession:
        _, album_id, is_found = db_sessions.database.search(dbsession, ["sun", "black"], phrase=True)
        before = _rows_read(dbsession)
        found = dbsession.scalars(select(album_id).where(is_found).order_by(album_id.desc()).limit(25)).all()
        assert _rows_read(dbsession) - before < 20
        assert dbsession.scalars(select(Album.title).where(Album.id.in_(found))).all() == ["Sun Black"]


@pytest.mark.every_database("mariadb")  # it counts the rows that a session reads
def test_words_that_are_equally_common_are_found_without_reading_the_albums_that_have_one_of_them(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add_all(make_album(f"Black {number}") for number in range(200))
        dbsession.add(make_album("Sun and Black"))
        dbsession.add_all(make_album(f"Sun {number}") for number in range(200))
        dbsession.add_all(make_album(f"Other {number}") for number in range(200))
    with db_sessions.read() as dbsession:
        _, album_id, is_found = db_sessions.database.search(dbsession, ["black", "sun"], phrase=False)
        before = _rows_read(dbsession)
        found = dbsession.scalars(select(album_id).where(is_found)).all()
        assert _rows_read(dbsession) - before < 20
        assert dbsession.scalars(select(Album.title).where(Album.id.in_(found))).all() == ["Sun and Black"]


def _values(index: SearchIndex) -> Collection[Any]:
    """Return the values in the statement that asks an index."""
    return select(index.album_id).compile().params.values()


def _rows_read(dbsession: Session) -> int:
    """Return how many rows this session has read on MariaDB."""
    return int(dbsession.execute(text("SHOW SESSION STATUS LIKE 'Rows_read'")).one().Value)
