"""The words indexed for a name, and the terms of a query."""

import random
from string import printable

import pytest
from slugify import slugify

from album_store.data import search_words
from album_store.data.search_words import (
    MAX_CHARACTERS,
    MAX_QUERY,
    MAX_TERMS,
    fold,
    has_term,
    index_words,
    query_terms,
    search_key,
)  # fmt: skip
from tests.support.hard_names import FAMILY, PERSIAN, SINHALA

APOSTROPHES = "'\u2019\u2018\u02bc\u02bb\u02be\u2032\u00b4`\uff07\u201b\u0384\u1fbd\u275c\ua78b"


def is_found(name: str, query: str) -> bool:
    terms = query_terms(query)
    return bool(terms) and all(has_term(index_words([name]), term) for term in terms)


@pytest.mark.parametrize("mark", APOSTROPHES, ids=ascii)
@pytest.mark.parametrize("typed", ["aube", "Laube", "l'aube", "l\u2019aube", "l`aube", "l aube", "AUB"])
def test_the_part_after_an_apostrophe_is_found_as_a_word(mark, typed):
    assert is_found(f"Jusqu{mark}à l{mark}Aube", typed)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("rock'n'roll", "roll"),
        ("rock'n'roll", "n'roll"),
        ("rock'n'roll", "rocknroll"),
        ("Jusqu'à l'avant-garde", "avant-garde"),
        ("Jusqu'à l'avant-garde", "avantgarde"),
        ("Jusqu'à l'avant-garde", "garde"),
        ("Hawai\u02bbi", "hawaii"),
        ("Qur\u02bean", "quran"),
        ("Ma\u02bfruf", "ma'ruf"),
        ("Cœur ﬁdèle", "coeur fidele"),
        ("Cœur", "CŒUR"),
        ("\uff26\uff35\uff2c\uff2c\u3000\uff37\uff29\uff24\uff34\uff28", "full width"),
        ("full", "\uff26\uff35\uff2c\uff2c"),
        ("Élan", "e\u0301lan"),
        ("Straße", "STRASSE"),
        ("Ørsted", "orsted"),
        ("İstanbul", "istanbul"),
        ("Кино", "kino"),
        ("Кино", "КИНО"),
        ("AC/DC", "acdc"),
        ("!!!", "!!!"),
        ("!!!", "\uff01\uff01"),
        ("‼!", "!!!"),
        ("÷", "÷"),
        ("\u00d7", "\u00d7"),
        ("Love & Hate", "&"),
        ("_", "_"),
        ("Sea \U0001f30a", "\U0001f30a"),
        ("Sea\U0001f30a", "\U0001f30a"),
        ("\u2665\ufe0f", "\u2665"),
        (FAMILY, FAMILY),
        (FAMILY, "\U0001f469"),
        ("夜のプール", "プール"),
        ("夜のプール", "ﾌﾟｰﾙ"),
        ("夜のプール", "夜"),
        ("夜のプールLIVE", "live"),
        ("水曜日", "shui yao ri"),
        ("เพลงรัก", "รัก"),
        ("ເພງຮັກ", "ຮັກ"),
        ("သီချင်း", "ချင်း"),
        ("ចម្រៀង", "រៀង"),
        ("བོད་", "བོད"),
        ("서울 밤", "서울"),
        ("서울 밤", "서"),
        ("א", "א"),
        ("\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
        ("\ufb2a\u05dc\u05d5\u05dd", "\u05e9\u05dc\u05d5\u05dd"),
        ("\u06a9\u062a\u0627\u0628\u06cc", "\u0643\u062a\u0627\u0628\u064a"),
        ("\u0639\u0644\u0649", "\u0639\u0644\u064a"),
        ("\u0645\u064f\u062d\u064e\u0645\u0651\u062f", "\u0645\u062d\u0645\u062f"),
        ("\u062d\u0640\u0640\u0628", "\u062d\u0628"),
        ("\u0622\u0647\u0646\u06af", "\u0627\u0647\u0646\u06af"),
        ("\U0001e900\U0001e901", "\U0001e922\U0001e923"),
        ("\U00020000", "\U00020000"),
        (PERSIAN, PERSIAN),
        (SINHALA, SINHALA),
        ("X", "x"),
        ("M", "m"),
        ("٣", "3"),
    ],
    ids=ascii,
)
def test_a_name_is_found_by(name, query):
    assert is_found(name, query)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("l'Aube", "ube"),
        ("水", "睡"),
        ("夜のプール", "プル"),
        ("!!!", "?"),
        ("!!!", "!!!!"),
        ("Shui", "水"),
        ("Wham!", "!"),
        ("U21", "!"),
        ("!!!", "u"),
        ("nothing", ""),
        ("nothing", "\u200b"),
    ],
    ids=ascii,
)
def test_a_name_is_not_found_by(name, query):
    assert not is_found(name, query)


def test_symbols_beside_words_are_left_out_of_a_query():
    assert query_terms("Drums & Bass - \U0001f30a") == ["drums", "bass"]
    assert index_words(["Drums & Bass"]).startswith("drums bass")


@pytest.mark.parametrize(
    "query", ["の" * 400, "a " * 200, "!" * 400, "! " * 200, "l'" * 200, "\u0301" * 400, "เ พ" * 99]
)
def test_a_query_has_a_bounded_number_of_words(query):
    terms = query_terms(query)
    assert len(terms) <= MAX_TERMS
    assert all(len(term.split()) <= MAX_CHARACTERS and len(term) <= MAX_QUERY for term in terms)


def test_no_more_words_of_a_query_are_processed_than_are_used(monkeypatch):
    made = []
    monkeypatch.setattr(search_words, "fold", lambda text: made.append(text) or text)
    query_terms("\ufdfa" * MAX_QUERY)  # each is four words
    assert len(made) == MAX_TERMS


def test_a_name_full_of_apostrophes_has_a_bounded_number_of_words():
    assert len(index_words(["a'" * 150])) < 5 * 300


@pytest.mark.parametrize(
    "text", ["l\u2019Aube & Cie", "夜のプール", "!!!", "\U0001f30a", "АБВ", "\ud800", ""], ids=ascii
)
def test_words_are_ascii_letters_and_digits(text):
    words = index_words([text]).split(" ")
    assert all(word.isascii() and (word.isalnum() or words == [""]) and word == word.lower() for word in words)


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("JOHN REED", "john r"), ("mcDonald", "McD"), ("e\u0301lan", "Él"), ("\U0001f30a", "\U0001f30a"), ("夜の", "夜")],
    ids=ascii,
)
def test_the_search_key_of_a_prefix_is_a_prefix_of_the_search_key(name, beginning):
    assert search_key(beginning)
    assert search_key(name).startswith(search_key(beginning))
    assert search_key("\u200b") == ""


def test_plain_text_is_folded_as_slugify_does_it():
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    for signs in (printable, "aZ09,,'`-_ &;.#x \t\n"):
        for _ in range(5_000):
            text = "".join(chance.choices(signs, k=chance.randint(0, 14)))
            assert fold(text) == slugify(text.replace("'", "").replace("`", ""), separator=" "), ascii(text)


@pytest.mark.parametrize("name", ["Love Me", "Route 66", "L'orage", "AC/DC", "(Live)", "!!!", "a_b", "Für Elise"])
def test_a_plain_name_beside_others_adds_no_other_words(name):
    assert set(index_words([name, "Plain Name"]).split()) == {*index_words([name]).split(), "plain", "name"}
