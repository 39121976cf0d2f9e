"""Cursors: positions in a sorted list, written in a URL."""

import datetime as dt

import pytest

from album_store.services.paging import MAX_INTEGER, Cursor, Page


@pytest.mark.parametrize("value", ["", "a title", "with ~ a tilde", "1999-12-31", "日本", "0"])
def test_a_cursor_is_parsed_as_it_was_written(value):
    assert Cursor.parse(str(Cursor(value, 12))) == Cursor(value, 12)


@pytest.mark.parametrize(
    "text",
    ["", "12", "~", "~title", "x~title", "-1~title", "1.5~title", " 1~title", "\u0661~title", "9" * 19 + "~title"],
)
def test_an_invalid_cursor_is_none(text):
    assert Cursor.parse(text) is None


@pytest.mark.parametrize("surplus", [".", ")", ").", ">", '"'])
def test_a_cursor_is_read_without_punctuation_copied_after_it(surplus):
    assert Cursor.parse(f"12~1999-12-31{surplus}") == Cursor("1999-12-31", 12)


def test_a_row_id_fits_the_database():
    assert Cursor.parse("9" * 18 + "~x").row_id == MAX_INTEGER


def test_a_value_is_shortened_to_fit_a_sort_column():
    assert Cursor.parse("1~" + "x" * 1_000).value == "x" * 300


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (str, "a title", "a title"),
        (int, "850", 850),
        (int, "-1", -1),
        (int, "9" * 18, MAX_INTEGER),
        (int, "-" + "9" * 17, -MAX_INTEGER),
        (dt.date, "2020-02-29", dt.date(2020, 2, 29)),
    ],
)
def test_a_key_has_the_type_of_its_column(kind, value, expected):
    assert Cursor(value, 3).key(kind) == (expected, 3)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, ""),
        (int, "cheap"),
        (int, "9" * 19),
        (int, "1.5"),
        (dt.date, ""),
        (dt.date, "2021-02-29"),
        (dt.date, "850"),
    ],
)
def test_a_value_of_another_type_gives_no_key(kind, value):
    assert Cursor(value, 3).key(kind) is None


def test_a_single_page_has_no_next_or_previous_page():
    page = Page(["row"])
    assert (page.after, page.before) == ("", "")
