"""Which spellings count as the same name."""

import unicodedata

import pytest

from album_store.data.name_key import MAX_KEY, free_key, name_key
from tests.support.hard_names import ALL_IGNORABLE, FAMILY, PERSIAN, SCOTLAND, SINHALA

SPACES = [*" \t\n\x1f\x85\xa0\u1680\u202f\u205f\u3000\u2028\u2029\u2800\u3164\uffa0", *map(chr, range(0x2000, 0x200B))]
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
BENGALI_RYA, BENGALI_RJA = "\u09b0\u200d\u09cd\u09af", "\u09b0\u09cd\u09af"  # two spellings that look different
MONGOLIAN = "\u182a\u1820\u1822\u180e\u1820"


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        *((f"{space}Coal{space}{space}Choir{space}", "Coal Choir") for space in SPACES),
        ("Coal \u200b Choir", "Coal Choir"),
        ("COAL choir", "Coal Choir"),
        ("Zo\u00eb", "Zoe\u0308"),
        ("ZOE\u0308", "zo\u00eb"),
        ("\u1e9b\u0323", "\u1e69"),
        ("STRASSE", "Straße"),
        ("ΟΔΟΣ", "οδος"),
        ("ΐ", "ϊ\u0301"),
        ("\u2665", "\u2665\ufe0f"),
        ("\u845b\U000e0100", "\u845b"),
        ("Co\u200dal\u200c", "Coal"),
        ("夜\u200dの", "夜の"),
        ("1\ufe0f\u20e3", "1\u20e3"),
    ],
    ids=ascii,
)
def test_spellings_of_the_same_name_have_the_same_key(spelling, name):
    assert name_key(spelling) == name_key(name)


def test_ignorable_characters_do_not_change_the_key():
    blank = {"\u3164", "\uffa0"}
    assert {name_key(f"Coal{char}Choir") for char in ALL_IGNORABLE if char not in blank} == {"coalchoir"}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Coal Choir", "CoalChoir"),
        ("Beyoncé", "Beyonce"),
        ("!!!", "???"),
        ("水", "睡"),
        (PERSIAN, PERSIAN.replace("\u200c", "")),
        (SINHALA, SINHALA.replace("\u200d", "")),
        (BENGALI_RYA, BENGALI_RJA),
        (MONGOLIAN, MONGOLIAN.replace("\u180e", "")),
        (FAMILY, FAMILY.replace("\u200d", "")),
        ("\U0001f469\U0001f3fd\u200d\U0001f3a4", "\U0001f469\U0001f3fd\U0001f3a4"),
        (SCOTLAND, ENGLAND),
    ],
    ids=ascii,
)
def test_different_names_have_different_keys(name, other):
    assert name_key(name) != name_key(other)


@pytest.mark.parametrize(
    "name", ["İ ǰ\u0323", "ﬃ Ω", PERSIAN, SINHALA, FAMILY, SCOTLAND, "a\u034f\u0301 \u200d b"], ids=ascii
)
def test_the_key_of_a_key_is_itself(name):
    assert name_key(name_key(name)) == name_key(name)


def test_a_key_fits_its_column_even_if_folding_makes_it_longer():
    long = "\ufb03" * 300
    assert len(unicodedata.normalize("NFC", long.casefold())) > MAX_KEY
    assert len({name_key(long), name_key(long + "a"), name_key(long + "b")}) == 3
    assert max(map(len, map(name_key, (long, long + "a", "x" * 300)))) <= MAX_KEY


def test_a_taken_key_gets_a_number_that_no_name_can_have():
    taken = {"coal"}
    second = free_key("coal", taken)
    third = free_key("coal", taken | {second})
    assert len({"coal", second, third}) == 3
    assert free_key("choir", taken) == "choir"
    assert {second, third}.isdisjoint(map(name_key, (second, third)))
    longest = "x" * MAX_KEY
    assert len(free_key(longest, {longest})) <= MAX_KEY


def test_plain_and_other_spellings_have_one_key():
    plain = "".join(map(chr, range(0x20, 0x7F)))
    assert name_key(plain) == name_key(f"{plain}\u200b") == " ".join(plain.lower().split())
