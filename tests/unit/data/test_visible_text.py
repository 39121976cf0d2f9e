"""Which characters make a name, and which are left out of one."""

import sys
import unicodedata

import pytest

from album_store.data.visible_text import is_blank, visible_line

# Default_Ignorable_Code_Point, from DerivedCoreProperties.txt of Unicode 15.1.
IGNORABLE = [
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]  # fmt: skip
ALL_IGNORABLE = [chr(number) for first, last in IGNORABLE for number in range(first, last + 1)]
BLANK = ["\u2800", "\U0001d159", "\U00013441", "\U00013442"]
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
SINHALA = "\u0dc1\u0dca\u200d\u0dbb\u0dd3"
MALAYALAM = "\u0d05\u0d35\u0d28\u0d4d\u200d"  # ends with a joiner, as written before there was a letter for it
FAMILY = "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f469"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def test_no_ignorable_or_blank_character_is_a_name():
    everything = [*ALL_IGNORABLE, *BLANK, *map(chr, range(0x20)), *map(chr, range(0x7F, 0xA1)), "\u3000", "\ud800", ""]
    for char in everything:
        assert is_blank(char), ascii(char)
        assert visible_line(char * 3) == "", ascii(char)
    assert visible_line("".join(everything)) == ""


def test_every_letter_mark_number_sign_and_symbol_but_the_blank_ones_is_a_name():
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
def test_a_name_keeps_what_its_spelling_needs(name):
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
def test_what_does_nothing_is_left_out(typed, kept):
    assert visible_line(typed) == kept


def test_a_line_that_was_tidied_stays_as_it_is():
    joiners = "\u200d\ufe0f\U000e0041\U0001f3f4a \u0dca"
    for typed in (f"{a}{b}{c}{d}" for a in joiners for b in joiners for c in joiners for d in joiners):
        tidied = visible_line(typed)
        assert visible_line(tidied) == tidied, ascii(typed)
