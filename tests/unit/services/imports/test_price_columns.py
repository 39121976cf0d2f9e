"""The columns of a catalogue that say how albums and tracks are sold."""

from typing import Any

import pytest

from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.catalogue import Catalogue
from album_store.services.imports.catalogue_error import CatalogueError
from album_store.services.imports.catalogue_reader import CatalogueReader

HEADER = "artist,album,track_number,title,composer,genre,length_ms"
NAMED = "price,album_price,price_kind,minimum_price"


@pytest.fixture
def read(tmp_path):
    """Reads a file with the usual columns and some more, and a row for each text of their cells."""

    def read(columns: str, *rows: str) -> Catalogue:
        lines = [f"Ada,Salt,{number},Tide,,Folk,1000,{cells}" for number, cells in enumerate(rows, start=1)]
        file = tmp_path / "catalogue.csv"
        file.write_text("\n".join([f"{HEADER},{columns}", *lines]), "utf-8")
        return CatalogueReader(MediaStorage(tmp_path / "media"), "EUR").read(file)

    return read


@pytest.fixture
def prices(read):
    """Reads a file with one album; returns the price columns of the album, and the prices of its tracks."""

    def prices(columns: str, *rows: str) -> tuple[dict[str, Any], list[Any]]:
        [album] = read(columns, *rows).albums
        of_album = {name: value for name, value in album.values.items() if name != "currency"}
        return of_album, [track.values.get("price_cents", "unchanged") for track in album.tracks]

    return prices


@pytest.fixture
def mistakes(read):
    """Reads a file with mistakes; returns their lines, columns and reasons."""

    def mistakes(columns: str, *rows: str) -> list[tuple[int, str | None, str]]:
        with pytest.raises(CatalogueError) as refused:
            read(columns, *rows)
        return [(mistake.line, mistake.column, mistake.reason) for mistake in refused.value.mistakes]

    return mistakes


def test_a_track_without_a_price_is_sold_only_with_its_album(prices):
    assert prices("price,album_price", "0.99,8.00", ",8.00", "0,") == ({"price_cents": 800}, [99, None, 0])


def test_a_file_without_the_columns_says_nothing_about_them(prices):
    assert prices("album_price", "8.00") == ({"price_cents": 800}, ["unchanged"])


@pytest.mark.parametrize(
    ("rows", "album", "tracks"),
    [
        (["1,9,minimum,5"], (900, 500), [100]),
        (["1,9,minimum,5", ",,,", "1,,Minimum,5.00"], (900, 500), [100, None, 100]),
        (["1,9,,5"], (900, 500), [100]),
        (["1,9,minimum,0"], (900, 0), [100]),
        (["2,,minimum,3", "2,,minimum,3"], (400, 300), [200, 200]),
        ([",,minimum,3", "2,,,"], (300, 300), [None, 200]),
        ([",,minimum,0"], (0, 0), [None]),
        (["1,9,fixed,"], (900, None), [100]),
        (["1,9,,"], (900, None), [100]),
        ([",9,,"], (900, None), [None]),
        ([",,free,"], (0, None), [0]),
        (["0,0,free,", ",,,"], (0, None), [0, 0]),
    ],
)
def test_an_album_is_sold_as_its_kind_of_price_says(prices, rows, album, tracks):
    price_cents, minimum_cents = album
    assert prices(NAMED, *rows) == ({"price_cents": price_cents, "minimum_cents": minimum_cents}, tracks)


@pytest.mark.parametrize(
    ("spellings", "kind"),
    [
        (["fixed", "FIXED PRICE", "Fix"], "fixed"),
        (["minimum", "Min", "name-your-price", "Name  your_price", "pay what you want", "at least"], "minimum"),
        (["free", "Free of charge", "gratis"], "free"),
    ],
)
def test_kinds_of_price_may_be_spelled_as_people_do(prices, spellings, kind):
    cells = {"fixed": "{},,9", "minimum": "{},5,9", "free": "{},,"}[kind]
    expected = {"fixed": (900, None), "minimum": (900, 500), "free": (0, None)}[kind]
    for spelling in spellings:
        album, _ = prices("price_kind,minimum_price,album_price", cells.format(spelling))
        assert (album["price_cents"], album["minimum_cents"]) == expected, spelling


@pytest.mark.parametrize(
    ("cells", "for_sale", "tracks"),
    [
        (["", "yes", "TRUE", "1"], True, [99, 99, 99, 99]),
        (["album only", "Album-only", "only with album", "x"], True, [None, None, None, 99]),
        (["no", "No", "not for sale", "FALSE"], False, [99, 99, 99, 99]),
    ],
)
def test_tracks_and_albums_can_be_taken_from_sale(prices, cells, for_sale, tracks):
    album, sold = prices("price,for_sale", *(f"0.99,{cell}" for cell in cells))
    assert album == {"price_cents": 99 * len(cells), "for_sale": for_sale}
    assert sold == tracks


def test_a_track_of_a_free_album_may_be_part_of_the_album_only(prices):
    assert prices("price_kind,album_price,for_sale", "free,,", ",,album only")[1] == [0, None]


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [
        ("price,price_kind", ["1,fixed", "1,free"], [(3, "price_kind", "this differs from line 2 of the same album.")]),
        (NAMED, ["1,9,minimum,5", "1,9,,4"], [(3, "minimum_price", "this differs from line 2 of the same album.")]),
        (
            NAMED,
            ["1,9,cheap,"],
            [(2, "price_kind", "“cheap” is not one of the choices. Write fixed, minimum or free.")],
        ),
        (NAMED, ["1,9,fixed,5"], [(2, "minimum_price", "only an album whose price_kind is minimum has one")]),
        (NAMED, [",,free,1"], [(2, "minimum_price", "only an album whose price_kind is minimum has one")]),
        (NAMED, ["1,9,minimum,"], [(2, "minimum_price", "write the least that buyers may pay for the album")]),
        (NAMED, ["1,9,,", "1,,min,"], [(3, "minimum_price", "write the least that buyers may pay for the album")]),
        (NAMED, ["1,9,minimum,9.01"], [(2, "minimum_price", "this is more than the album_price.")]),
        (NAMED, ["1,,,2.01", "1,,,"], [(2, "minimum_price", "this is more than what the tracks cost together.")]),
        (NAMED, ["1,9,minimum,-1"], [(2, "minimum_price", "“-1” is below zero.")]),
        (NAMED, ["1,9,minimum,5 $"], [(2, "minimum_price", "“$” is not a symbol for EUR, the album's currency.")]),
        (
            NAMED,
            ["0,9,free,", "0.50,,,"],
            [(2, "album_price", "this album is free. Write 0"), (3, "price", "this album is free, so its tracks are")],
        ),
        (NAMED, [",,fixed,"], [(2, "price", "write a price such as 0.99")]),
        (
            "price,for_sale",
            ["1,no", "1,", "1,album only"],
            [(line, "for_sale", "line 2 says that this album is not for sale. Write no on all") for line in (3, 4)],
        ),
        (
            "price,for_sale",
            ["1,maybe"],
            [(2, "for_sale", "“maybe” is not one of the choices. Write yes, album only or no.")],
        ),
    ],
)
def test_contradictions_are_mistakes(mistakes, columns, rows, expected):
    found = mistakes(columns, *rows)
    assert [(line, column) for line, column, _ in found] == [(line, column) for line, column, _ in expected]
    for (_, _, reason), (_, _, beginning) in zip(found, expected, strict=True):
        assert reason.startswith(beginning)


@pytest.mark.parametrize(
    ("amount", "currency", "reason"),
    [
        ("5", "UGX", "Payment providers charge no amounts in UGX. Use another currency."),
        ("1.234", "KWD", "1.234 KWD cannot be charged. The third decimal place must be 0."),
        ("1.5", "ISK", "1.5 ISK cannot be charged. Write a whole number."),
        ("100000000", "JPY", "100000000 JPY is too high. The highest price is 99999999 JPY."),
    ],
)
@pytest.mark.parametrize("column", ["price", "album_price", "minimum_price"])
def test_a_price_that_can_never_be_charged_is_a_mistake(mistakes, column, amount, currency, reason):
    cells = {"price": "", "album_price": "", "minimum_price": "", column: amount}
    found = mistakes(f"{','.join(cells)},currency", f"{','.join(cells.values())},{currency}")
    assert (2, column, reason) in found


@pytest.mark.parametrize(
    ("amount", "currency", "cents"),
    [("0.01", "EUR", 1), ("999999.99", "EUR", 99_999_999), ("1500", "ISK", 150_000), ("0", "UGX", 0)],
)
def test_a_track_may_cost_less_than_an_order(prices, amount, currency, cents):
    assert prices("price,album_price,currency", f"{amount},0,{currency}")[1] == [cents]


def test_albums_too_cheap_to_be_bought_alone_are_named(read):
    assert read("album_price", "0.50").notes == ()
    assert read("album_price", "0").notes == ()
    assert read("album_price,price_kind,minimum_price", "9,minimum,0.10").notes == ()
    assert read("album_price", "0.49").notes == (
        "Cheaper than the 0.50 EUR that payment providers accept as a total, so to be bought only together with "
        "something else: “Salt”.",
    )


def test_of_many_cheap_albums_the_first_are_named(tmp_path):
    rows = [f"Ada,Salt {number},1,Tide,,Folk,1000,0.10" for number in range(8)]
    file = tmp_path / "catalogue.csv"
    file.write_text("\n".join([f"{HEADER},album_price", *rows]), "utf-8")
    [note] = CatalogueReader(MediaStorage(tmp_path / "media"), "EUR").read(file).notes
    assert note.endswith(": “Salt 0”, “Salt 1”, “Salt 2”, “Salt 3”, “Salt 4” and 3 more.")
