"""Which characters make a name, and which are removed from it."""

import sys
import unicodedata

import pytest

from album_store.data.visible_text import is_blank, visible_line
from tests.support.hard_names import ALL_IGNORABLE, BLANK, FAMILY, MALAYALAM, PERSIAN, SCOTLAND, SINHALA


def test_ignorable_and_blank_characters_are_not_a_name():
    everything = [*ALL_IGNORABLE, *BLANK, *map(chr, range(0x20)), *map(chr, range(0x7F, 0xA1)), "\u3000", "\ud800", ""]
    for char in everything:
        assert is_blank(char), ascii(char)
        assert visible_line(char * 3) == "", ascii(char)
    assert visible_line("".join(everything)) == ""


def test_every_visible_letter_mark_number_sign_and_symbol_is_a_name():
    blank = {*ALL_IGNORABLE, *BLANK}
    for char in map(chr, range(sys.maxunicode + 1)):
        if unicodedata.category(char)[0] in "LMNPS" and char not in blank:
            assert visible_line(char) == char, ascii(char)


@pytest.mark.parametrize(
    "name",
    ["Ann", "Ann  Lee", "\u5c0f\u6797", PERSIAN, SINHALA, MALAYALAM, FAMILY, SCOTLAND, f"{PERSIAN} {FAMILY}",
     "1\ufe0f\u20e3",
     "\u845b\U000e0100\u57ce", "\u1820\u180b\u1821", "\u1820\u180e\u1820", "\u2803\u2807\u2800\u2803", "\u1100\u1160",
     "a\u034fb", "\u06dd", "\u0600\u0661"],
    ids=ascii,
)  # fmt: skip
def test_a_name_keeps_the_characters_its_spelling_needs(name):
    assert visible_line(f" {name}\n") == name
    assert not is_blank(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u200dAnn\u200c", "Ann"),
        ("Ann\u200d \u200dLee", "Ann Lee"),
        ("A\u200d\u200d\u200dnn", "Ann"),
        ("\ufe0fAnn \ufe0fLee", "Ann Lee"),
        ("A\ufe0f\ufe0f\ufe0fnn", "A\ufe0fnn"),
        ("Ann\U000e0041\U000e0042", "Ann"),
        ("\U000e0041Ann", "Ann"),
        ("A\u00ad\u200b\u200e\u202e\u2060\ufeff\u061c\u206fnn", "Ann"),
        ("A\0n\x1bn\ud800", "Ann"),
        ("\u202e Ann \u2066", "Ann"),
        ("\u3164 \u200d \u2800", ""),
    ],
    ids=ascii,
)
def test_characters_without_effect_are_removed(typed, kept):
    assert visible_line(typed) == kept


def test_cleaning_a_line_twice_changes_nothing():
    joiners = "\u200d\ufe0f\U000e0041\U0001f3f4a \u0dca"
    for typed in (f"{a}{b}{c}{d}" for a in joiners for b in joiners for c in joiners for d in joiners):
        tidied = visible_line(typed)
        assert visible_line(tidied) == tidied, ascii(typed)


def test_plain_text_is_kept_but_for_the_spaces_around_it():
    plain = "".join(map(chr, range(0x21, 0x7F)))
    assert visible_line(f"  {plain}  {plain} ") == f"{plain}  {plain}"
    assert visible_line(f"{plain}\x00\x7f") == plain
    assert visible_line("   ") == ""
