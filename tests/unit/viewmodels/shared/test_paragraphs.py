"""Splitting plain text into paragraphs and lines."""

import pytest

from album_store.viewmodels.shared.paragraphs import MAX_PARTS, lines, paragraphs


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" \n\t\n ", []),
        ("one", ["one"]),
        ("one\ntwo", ["one\ntwo"]),
        ("one\n\ntwo", ["one", "two"]),
        ("one\n \t\n\n\ntwo\n", ["one", "two"]),
        ("one\r\n\r\ntwo\r\nlines", ["one", "two\nlines"]),
        ("<b>one</b>\n\n&amp;", ["<b>one</b>", "&amp;"]),
    ],
)
def test_empty_lines_separate_paragraphs(text, parts):
    assert paragraphs(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [("", []), ("one\n\n  two \r\nthree", ["one", "two", "three"]), ("\n\n", [])],
)
def test_empty_lines_are_left_out(text, parts):
    assert lines(text) == parts


@pytest.mark.parametrize("split", [paragraphs, lines])
def test_the_last_part_holds_the_rest_of_a_text_with_many_parts(split):
    text = "".join(f"{number}\n\n" for number in range(MAX_PARTS + 9))
    parts = split(text)
    assert len(parts) <= MAX_PARTS
    assert "\n".join(parts).split() == text.split()
