"""Placeholder covers for albums without a cover."""

import csv
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from album_store.infrastructure.media.placeholder_cover import (
    ELLIPSIS,
    PALETTES,
    SIDE,
    clean,
    placeholder_cover,
    shorten,
    width_em,
    wrap,
)
from album_store.infrastructure.media.placeholder_shapes import COMPOSITIONS, Draws, Field
from tests.support.checkout import CHECKOUT, CHINOOK
from tests.support.needs import needs_chinook

SVG = "{http://www.w3.org/2000/svg}"


def parsed(title: str, artist: str) -> ElementTree.Element:
    return ElementTree.fromstring(placeholder_cover(title, artist))  # noqa: S314 -- our own picture


def texts(title: str, artist: str) -> list[str]:
    return [element.text for element in parsed(title, artist).iter(f"{SVG}text")]


def luminance(colour: str) -> float:
    """Return the relative luminance as defined by WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.ground)
def test_text_stands_out_from_its_background(palette):
    assert contrast(palette.ink, palette.ground) >= 7


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.ground)
def test_shapes_stand_out_from_the_background(palette):
    assert min(contrast(shape, palette.ground) for shape in palette.shapes) > 1.1
    assert max(contrast(shape, palette.ground) for shape in palette.shapes) >= 2


@pytest.mark.parametrize("number", range(40))
def test_text_and_shapes_do_not_overlap(number):
    root = parsed(f"Number {number} of a Long Series of Records " * (number % 4 + 1), "The Forty")
    field = root.find(f"{SVG}svg")
    top, height = float(field.get("y")), float(field.get("height"))
    baselines = [(float(text.get("y")), int(text.get("font-size"))) for text in root.iter(f"{SVG}text")]
    assert baselines
    assert height >= 200
    for baseline, size in baselines:
        assert baseline - size > 0
        assert baseline + 0.25 * size < SIDE
        assert baseline + 0.25 * size <= top or baseline - 0.8 * size >= top + height


@pytest.mark.server
def test_the_same_names_give_the_same_cover_in_every_process():
    program = (
        "from album_store.infrastructure.media.placeholder_cover import placeholder_cover;"
        "print(placeholder_cover('Salt', 'Ada'), end='')"
    )
    for seed in ("1", "2"):
        environ = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(CHECKOUT)}
        printed = subprocess.run(
            [sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True
        )
        assert printed.stdout == placeholder_cover("Salt", "Ada")


def test_different_names_give_different_covers():
    pictures = {
        re.sub(r"<text.*|<title.*?</title>", "", placeholder_cover(f"Salt {number}", "Ada")) for number in range(50)
    }
    assert len(pictures) == 50
    assert placeholder_cover("Salt", "Ada") != placeholder_cover("Ada", "Salt")


@pytest.mark.parametrize("composition", COMPOSITIONS, ids=lambda composition: composition.__name__)
@pytest.mark.parametrize("size", [(600, 480), (520, 220)], ids=["large", "small"])
def test_every_composition_works_at_any_size(composition, size):
    for number in range(20):
        shapes = "".join(composition(Draws(str(number)), Field(*size, "#ffffff", ("#aa0000", "#00aa00", "#0000aa"))))
        assert len(ElementTree.fromstring(f"<svg>{shapes}</svg>")) > 0  # noqa: S314 -- our own picture
        assert "nan" not in shapes


def test_names_are_escaped_and_shown_in_full():
    root = parsed("<b>Salt</b> & “Light” ]]>", "A & B's <script>")
    assert root.find(f"{SVG}title").text == "<b>Salt</b> & “Light” ]]> \N{EN DASH} A & B's <script>"
    assert " ".join(texts("<b>Salt</b> & Light", "A & B's <script>")) == "<b>Salt</b> & Light A & B's <script>"


@pytest.mark.parametrize("name", ["\0Sa\x1blt\x7f", "Sa\ud800lt", "Sa\ufffelt", "\u0085Salt\u009f", "  Salt\n"])
def test_characters_not_allowed_in_xml_are_removed(name):
    assert clean(name) == "Salt"
    assert texts(name, name) == ["Salt", "Salt"]


def test_white_space_becomes_one_space():
    assert clean(" Salt \t\r\n and\u2003Light ") == "Salt and Light"


@pytest.mark.parametrize(
    ("title", "artist"),
    [
        ("", ""),
        ("M" * 300, "W" * 200),
        ("word " * 60, "band " * 40),
        ("音楽" * 150, "初音ミク"),
        ("e\u0301" * 300, "Zoë"),
        ("🎸" * 300, "🎤"),
        ("שלום עולם", "الموسيقى"),
    ],
)
def test_any_name_fits(title, artist):
    for element in parsed(title, artist).iter(f"{SVG}text"):
        assert width_em(element.text) * int(element.get("font-size")) <= SIDE - 80


def test_a_title_that_is_too_long_ends_in_an_ellipsis():
    assert texts("word " * 60, "Ada")[-2].endswith(f"word{ELLIPSIS}")


def test_a_title_that_fits_is_not_shortened():
    title = "The Lantern Road and Other Songs from the Hallow Cross Chapel, Sung in the Round over Five Evenings"
    assert " ".join(texts(title, "Wrenfield & Daughters")) == f"{title} Wrenfield & Daughters"


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", []), ("one", ["one"]), ("one two", ["one", "two"]), ("abcdefghij", ["abcd", "efghi", "j"]), ("a b", ["a b"])],
)
def test_lines_break_within_words_only_when_necessary(text, lines):
    assert wrap(text, 2.5) == lines


def test_shortening_removes_punctuation_before_the_ellipsis():
    assert shorten(["one", "two,", "three"], 2, 9) == ["one", f"two{ELLIPSIS}"]
    assert shorten(["one", "two"], 2, 9) == ["one", "two"]


def test_each_line_of_a_right_to_left_name_keeps_its_direction():
    assert texts("ليلة (حية) 7!", "Band") == ["\u2068ليلة (حية) 7!\u2069", "Band"]


@needs_chinook
def test_every_title_in_a_real_catalogue_fits_in_full():
    with CHINOOK.open(encoding="utf-8", newline="") as file:
        albums = {(row["album"], row["artist"]) for row in csv.DictReader(file)}
    assert len(albums) == 347
    for title, artist in albums:
        assert "".join(texts(title, artist)).replace(" ", "").startswith(title.replace(" ", ""))
