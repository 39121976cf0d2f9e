"""Reading a catalogue file and reporting its errors."""

import datetime as dt
import os
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path

import pytest

from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.catalogue import Catalogue
from album_store.services.imports.catalogue_error import CatalogueError
from album_store.services.imports.catalogue_reader import CatalogueReader
from album_store.services.imports.stored_albums import AlbumKey, StoredAlbums
from tests.support import media_files
from tests.support.checkout import CHINOOK
from tests.support.needs import needs_chinook

HEADER = "artist,album,track_number,title,composer,genre,length_ms,price"
ROW = "Ada,Salt,1,Tide,,Folk,1000,0.99"


class StoredInMemory(StoredAlbums):
    """Albums and their currencies."""

    def __init__(self, albums: dict[AlbumKey, str]) -> None:
        super().__init__()
        self.albums = albums

    def currencies(self, keys: Collection[AlbumKey]) -> dict[AlbumKey, str]:
        return {key: self.albums[key] for key in keys if key in self.albums}


@pytest.fixture
def read(tmp_path):
    """Reads a file with the given text or bytes."""

    def read(content: str | bytes, **currencies: str) -> Catalogue:
        file = tmp_path / "catalogue.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        others = StoredInMemory({("ada", album): currency for album, currency in currencies.items()})
        return CatalogueReader(MediaStorage(tmp_path / "media"), "EUR", others).read(file)

    return read


@pytest.fixture
def mistakes(read):
    """Returns the errors in a file."""

    def mistakes(content: str | bytes, **currencies: str) -> list[str]:
        with pytest.raises(CatalogueError) as caught:
            read(content, **currencies)
        return str(caught.value).splitlines()

    return mistakes


def only_album(catalogue):
    (album,) = catalogue.albums
    return album


def table(*columns_and_rows: str) -> str:
    """Return a file with one more column and a row per cell: "disc", "2", "3" makes two rows."""
    column, *cells = columns_and_rows
    rows = [f"Ada,Salt,{number},Tide,,Folk,1000,0.99,{cell}" for number, cell in enumerate(cells, start=1)]
    return "\n".join([f"{HEADER},{column}", *rows])


def test_rows_become_albums_with_their_tracks(read):
    catalogue = read(
        f"{HEADER}\nAda,Salt,2,Ebb,Ada B.,Folk,2000,1.00\nAda,Salt,1,Tide,,Folk,1000,0.99\nBo,Sun,1,Up,,,5,0"
    )
    salt, sun = catalogue.albums
    assert (salt.artist, salt.title, sun.artist, sun.title) == ("Ada", "Salt", "Bo", "Sun")
    assert salt.values == {"currency": "EUR", "price_cents": 199}
    assert [(track.disc, track.number, track.genre) for track in salt.tracks] == [(1, 1, "Folk"), (1, 2, "Folk")]
    ebb = {"title": "Ebb", "composer": "Ada B.", "length_ms": 2000, "artist_name": "", "price_cents": 100}
    assert salt.tracks[1].values == ebb
    assert sun.tracks[0].genre == ""


@pytest.mark.parametrize("missing", ["artist", "album", "track_number"])
def test_each_missing_column_is_one_mistake(mistakes, missing):
    names, cells = HEADER.split(","), ROW.split(",")
    del cells[names.index(missing)]
    names.remove(missing)
    said = f"Line 1, {missing}: this column is missing. Add it."
    assert mistakes("\n".join([",".join(names), *[",".join(cells)] * 3])) == [said]


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_an_album_is_one_however_many_rows_are_read_at_once(read, mistakes, monkeypatch, at_once):
    monkeypatch.setattr("album_store.services.imports.row_reader.ROWS", at_once)
    rows = [f"Ada,{album},{number},Tide,,Folk,1000,0.99" for number in range(1, 6) for album in ("Salt", "Salt", "Sun")]
    del rows[1::3]
    salt, sun = read("\n".join([HEADER, *rows])).albums
    assert [list(album.tracks.numbers) for album in (salt, sun)] == [[1, 2, 3, 4, 5]] * 2
    rows[2], rows[5], rows[7] = rows[2].replace("1000", "x"), "Ada,Sun", rows[7].replace(",4,", ",3,")
    assert [mistake.split(":")[0] for mistake in mistakes("\n".join([HEADER, *rows]))] == [
        "Line 4, length_ms",
        "Line 7",
    ]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_files_from_every_spreadsheet_program_are_read(read, mistakes, ending, mark, delimiter):
    lines = [HEADER, ROW, "", ",,,,,,,", 'Ada,Salt,2,"Ebb\nand flow",,Folk,1,2']
    content = mark + "\n".join(lines).replace(",", delimiter).replace("\n", ending)
    assert len(only_album(read(content.replace(f"Ebb{ending}and", "Ebb and"))).tracks) == 2
    assert [mistake.partition(":")[0] for mistake in mistakes(content)] == ["Line 5, title"]


def test_column_names_are_not_case_sensitive(read):
    assert only_album(read(f"{HEADER.upper().replace(',', ' , ')}\n{ROW}")).title == "Salt"


def test_cells_are_trimmed_and_normalised(read):
    album = only_album(read(f"{HEADER}\n Ada ,\tSalt ,1, e\u0301 ,,Folk, 1000 , 0.99 "))
    assert (album.artist, album.title, album.tracks[0].values["title"]) == ("Ada", "Salt", "é")


@pytest.mark.parametrize("price", ["8,50", "8.50", "8,5"])
def test_a_decimal_comma_is_read_in_files_separated_by_semicolons(read, price):
    content = f"{HEADER}\nAda,Salt,1,Tide,,Folk,1000,PRICE".replace(",", ";").replace("PRICE", price)
    assert only_album(read(content)).values["price_cents"] == 850


@pytest.mark.parametrize(
    ("currency", "price", "minor_units"),
    [("JPY", "500", 500), ("eur", "5", 500), ("KWD", "1.230", 1230), ("", "5", 500)],
)
def test_a_price_is_stored_in_minor_units_of_its_currency(read, currency, price, minor_units):
    values = only_album(read(f"{HEADER},currency\n{ROW.replace('0.99', price)},{currency}")).values
    assert values == {"currency": currency.upper() or "EUR", "price_cents": minor_units}


def test_an_album_keeps_its_currency_in_the_store(read):
    assert only_album(read(f"{HEADER}\n{ROW.replace('0.99', '500')}", salt="JPY")).values == {
        "currency": "JPY",
        "price_cents": 500,
    }


def test_the_album_price_overrides_the_track_prices(read):
    assert only_album(read(table("album_price", "", "7.50", "7.50"))).values["price_cents"] == 750
    assert only_album(read(table("album_price", "0", ""))).values["price_cents"] == 0
    assert only_album(read(table("album_price", "", ""))).values["price_cents"] == 198


def test_track_prices_are_optional_with_an_album_price(read):
    header = HEADER.replace("price", "album_price")
    assert only_album(read(f"{header}\n{ROW}")).values["price_cents"] == 99


def test_optional_columns_are_read(read):
    header = f"{HEADER},disc,isrc,lyrics,release_date,license,language,description,credits"
    content = f'{header}\n{ROW},2,gb-,"a\r\nb",2024-05-31,CC BY 4.0,Welsh,"Long\n\nago",Ada\n'.replace(
        "gb-", "GB-ABC-24-00001"
    )
    album = only_album(read(content))
    assert album.values == {
        "currency": "EUR",
        "price_cents": 99,
        "release_date": dt.date(2024, 5, 31),
        "license_name": "CC BY 4.0",
        "language_name": "Welsh",
        "description": "Long\n\nago",
        "credits": "Ada",
    }
    assert album.tracks[0].disc == 2
    assert album.tracks[0].values["isrc"] == "GBABC2400001"
    assert album.tracks[0].values["lyrics"] == "a\nb"


def test_blank_cells_contradict_no_value_and_blank_columns_clear_it(read):
    assert only_album(read(table("license", "", "CC0 1.0", ""))).values["license_name"] == "CC0 1.0"
    assert only_album(read(table("release_date", "", ""))).values["release_date"] is None
    assert only_album(read(table("description", "", ""))).values["description"] == ""


def test_missing_columns_set_no_values(read):
    album = only_album(read(f"{HEADER}\n{ROW}"))
    assert set(album.values) == {"currency", "price_cents"}
    assert set(album.tracks[0].values) == {"title", "composer", "length_ms", "artist_name", "price_cents"}


def test_the_same_title_by_two_artists_is_two_albums(read):
    assert len(read(f"{HEADER}\n{ROW}\n{ROW.replace('Ada', 'Bo')}").album_spool) == 2


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (HEADER.replace(",title", ""), "Line 1, title: this column is missing. Add it."),
        (
            HEADER.replace(",price", ""),
            "Line 1, price: this column is missing. Add it, or album_price.",
        ),
        (f"{HEADER},Title", "Line 1, title: this column appears twice. Remove one."),
        (
            f"{HEADER},",
            "Line 1, column 9: this column has no name, but line 2 has “x” in it. Name the column, or clear it.",
        ),
        (
            f"\n{HEADER},colour",
            "Line 2, “colour”: this column is unknown. Rename or remove it. Known columns: artist, album,",
        ),
        (
            f"{HEADER},size,hue",
            "Line 1, “size”, “hue”: these columns are unknown. Rename or remove them. Known columns: artist,",
        ),
        (f"{HEADER},{','.join('abcdefghijkl')}", "Line 1, “a”, “b”, “c”, “d”, “e”, “f”, “g”, “h”, “i”, “j” and 2 m"),
    ],
)
def test_a_wrong_header_is_refused(mistakes, header, expected):
    mistake, *_ = mistakes(f"{header}\n{ROW},x")
    assert mistake.startswith(expected)


def test_invisible_characters_are_ignored_in_numbers_dates_and_codes(read):
    header = f"{HEADER},release_date,disc,isrc,currency"
    row = "Ada,Salt,1\u200b,T,,,\u200e3:05,\u200f9.90 €,\u200e2026-03-27\u200e,\ufeff2,GBABC2400001\u2060,EUR\u200e"
    album = only_album(read(f"{header}\n{row}"))
    assert (album.values["price_cents"], album.values["release_date"]) == (990, dt.date(2026, 3, 27))
    assert (album.tracks[0].disc, album.tracks[0].values["length_ms"]) == (2, 185_000)


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n", " , , \n"])
def test_an_empty_file_is_refused(mistakes, content):
    assert mistakes(content) == ["The file is empty."]


def test_a_file_without_tracks_is_refused(mistakes):
    assert mistakes(f"{HEADER}\n,,,,,,,\n") == ["Line 1: there are no tracks below this line. Add one row per track."]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "cp1250", "mac-roman", "cp1251", "shift-jis"])
def test_an_unknown_encoding_is_refused_with_advice(mistakes, encoding):
    name = {"cp1251": "Яда", "shift-jis": "プール"}.get(encoding, "Öda")
    (mistake,) = mistakes(f"{HEADER}\n{name},Salt,1,Tide,,Folk,1000,0.99".encode(encoding))
    assert mistake.startswith("Line 2: the file is not saved as UTF-8")
    assert "CSV UTF-8" in mistake


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xd8\xff\xe0\0\x10JFIF\0",
        b"ID3\x04\0\0\0\0\0\0\xff\xfb",
        b"OggS\0\x02\xff",
    ],
)
def test_a_binary_file_is_called_that_and_not_an_encoding(mistakes, content):
    (mistake,) = mistakes(content)
    assert mistake.startswith("This is not a CSV file. In Excel, choose Save As")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('Ada,"Salt', "Line 3: this row has a missing or extra double quote"),
        ('Ada,"Salt"y,1,Tide,,Folk,1000,0.99', "Line 3: this row has a missing or extra double quote"),
        (
            "Ada,Salt,2",
            "Line 3: this row has 3 cells, but the header has 8. Put double quotes around text that contains a comma",
        ),
        ("Ada,Salt,2,Tide, and ebb,,Folk,1000,0.99", "Line 3: this row has 9 cells, but the header has 8"),
    ],
)
def test_a_row_that_does_not_match_the_header_is_listed(mistakes, row, expected):
    (mistake,) = mistakes(f"{HEADER}\n{ROW}\n{row}")
    assert mistake.startswith(expected)


def test_an_unreadable_header_is_listed(mistakes):
    assert mistakes('"artist')[0].startswith("Line 1: this row has a missing or extra double quote")


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("artist", "", "this cell must not be empty."),
        ("album", " ", "this cell must not be empty."),
        ("title", "", "this cell must not be empty."),
        ("artist", "\u3164", "this cell must not be empty."),
        ("album", "\u2800 \u200b", "this cell must not be empty."),
        ("title", "\u034f\ufe0f\u200d", "this cell must not be empty."),
        ("artist", "x" * 201, "this text has 201 characters. Shorten it to 200 or fewer."),
        ("album", "x" * 301, "this text has 301 characters. Shorten it to 300 or fewer."),
        ("title", "x" * 301, "this text has 301 characters. Shorten it to 300 or fewer."),
        ("composer", "x" * 501, "this text has 501 characters. Shorten it to 500 or fewer."),
        ("genre", "x" * 101, "this text has 101 characters. Shorten it to 100 or fewer."),
        ("title", "a\1b", "this cell contains a line break, a tab or an invisible control character. Remove it."),
        ("title", '"a\nb"', "this cell contains a line break, a tab or an invisible control character. Remove it."),
        ("composer", "a\x1bb", "this cell contains a line break, a tab or an invisible control character. Remove it."),
        ("title", "a\u2028b", "this cell contains a line break, a tab or an invisible control character. Remove it."),
        *[
            ("track_number", bad, f"“{bad}” is not a whole number from 1 to 9999.")
            for bad in ("", "0", "-1", "1.0", "x")
        ],
        ("track_number", "10000", "“10000” is not a whole number from 1 to 9999."),
        ("track_number", "٣", "“٣” is not a whole number from 1 to 9999."),
        *[
            (
                "length_ms",
                bad,
                f"“{bad}” is not a length. Write minutes and seconds such as 3:05, or milliseconds from 1 to 86400000.",
            )
            for bad in ("0", "86400001", "3.05", "-1", "٣")
        ],
        *[
            (
                "length_ms",
                bad,
                f"“{bad}” is not a length. Write minutes and seconds such as 3:05, or hours too such as 1:02:33.",
            )
            for bad in ("3:5", "3:60", ":30", "3:05:1", "1:2:33", "3:05 PM", "٣:05", "1:02:33:00", "-3:05")
        ],
        ("length_ms", "0:00", "“0:00” is not between 1 millisecond and 24 hours."),
        ("length_ms", "24:00:01", "“24:00:01” is not between 1 millisecond and 24 hours."),
        ("length_ms", "1:60:01", "“1:60:01” is not a length. After hours, minutes go from 00 to 59."),
        ("length_ms", "", "write a length such as 3:05, or name an audio file, whose length is then used."),
        ("price", "", "write a price such as 0.99 (0 for a free track), or an album_price for the whole album."),
        ("price", "-0.99", "“-0.99” is below zero. Write 0 or more."),
        *[
            ("price", bad, f"“{bad}” is not a price. Write an amount such as 0.99.")
            for bad in (
                "NaN",
                "Infinity",
                "1e3",
                "€5€",
                "5.",
                "free",
                "1_000",
                "٣",
                "1" * 13,
                "8:50",
                "1 99",
                "1'99",
                "5-",
            )
        ],
        ("price", "\x1b[31m5", "“�[31m5” is not a price. Write an amount such as 0.99."),
        ("price", "\u22125", "“\u22125” is below zero. Write 0 or more."),
        ("price", '"1,234"', "“1,234” could mean 1234 or 1.234. If you mean 1234, write 1234.00."),
        *[
            ("price", f"5 {sign}", f"“{sign}” is not a symbol for EUR, the album's currency. Write only the number.")
            for sign in ("$", "US$", "USD", "kr", "x", "£")
        ],
        ("price", "9.990", "“9.990” could mean 9990 or 9.99. Write 9990 or 9.99."),
        ("price", "9.9999", "9.9999 has too many decimal places. EUR allows 2."),
        ("price", "0.999", "0.999 has too many decimal places. EUR allows 2."),
        ("price", "1000000.00", "1000000.00 EUR is too high. The highest price is 999999.99 EUR."),
    ],
)
def test_an_invalid_cell_is_listed_with_its_line_and_column(mistakes, column, cell, reason):
    cells = dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | {column: cell}
    assert mistakes(f"{HEADER}\n{','.join(cells.values())}") == [f"Line 2, {column}: {reason}"]


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("disc", "0", "“0” is not a whole number from 1 to 999."),
        ("disc", "1000", "“1000” is not a whole number from 1 to 999."),
        *[
            ("isrc", bad, f"“{bad}” is not an ISRC. Write it in capital letters, such as GB-ABC-24-00001.")
            for bad in ("gbabc2400001", "GBABC240000", "GBABC24000011", "GB ABC 24 00001", "1BABC2400001")
        ],
        *[
            ("release_date", bad, f"“{bad}” is not a date. Write year, month and day, such as 2024-05-31.")
            for bad in (
                "31.05.24",
                "2024-02-30",
                "20240531",
                "2024-W01-1",
                "2024",
                "soon",
                "46108",
                "31 Foo 2024",
                "30/30/2024",
            )
        ],
        *[
            ("currency", bad, f"“{bad}” is not a currency code. Write a code such as EUR, USD or JPY.")
            for bad in ("EURO", "€", "XX1")
        ],
        ("lyrics", "x" * 30_001, "this text has 30,001 characters. Shorten it to 30,000 or fewer."),
        ("credits", "x" * 100_001, "this text has 100,001 characters. Shorten it to 100,000 or fewer."),
        ("lyrics", "e" + "\u0301" * 31, "a character in this cell has more than 30 accents. Remove some of them."),
        ("lyrics", "a\x08b", "this cell contains an invisible control character. Remove it."),
        ("license", "x" * 101, "this text has 101 characters. Shorten it to 100 or fewer."),
        ("language", "x" * 101, "this text has 101 characters. Shorten it to 100 or fewer."),
        ("album_price", "1000000.00", "1000000.00 EUR is too high. The highest price is 999999.99 EUR."),
        ("album_price", "cheap", "“cheap” is not a price. Write an amount such as 0.99."),
    ],
)
def test_an_invalid_optional_cell_is_listed(mistakes, column, cell, reason):
    assert mistakes(table(column, cell)) == [f"Line 2, {column}: {reason}"]


def test_a_missing_price_is_reported_for_the_price_column_in_the_file(mistakes):
    header = HEADER.replace("price", "album_price")
    assert mistakes(f"{header}\n{ROW.replace('0.99', '')}") == [
        "Line 2, album_price: write a price such as 0.99 (0 for a free track), or an album_price for the whole album."
    ]


def test_prices_with_too_high_a_total_are_refused(mistakes):
    row = ROW.replace("0.99", "900000")
    assert mistakes(f"{HEADER}\n{row}\n{row.replace('1,Tide', '2,Tide')}") == [
        "Line 2, price: the prices of this album add up to more than 999999.99 EUR. "
        "Lower them, or write an album_price."
    ]


@pytest.mark.parametrize("currency", ["JPY", "KRW"])
def test_a_currency_without_cents_has_no_decimals(mistakes, currency):
    assert mistakes(f"{HEADER},currency\n{ROW},{currency}") == [
        f"Line 2, price: 0.99 has too many decimal places. {currency} allows none."
    ]


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("album_price", "5", "6"),
        ("release_date", "2024-01-01", "2024-01-02"),
        ("license", "CC0 1.0", "CC BY 4.0"),
        ("language", "English", "Welsh"),
        ("currency", "EUR", "USD"),
        ("description", "Short", "Long"),
        ("credits", "Ada", "Bo"),
    ],
)
def test_rows_that_contradict_each_other_are_listed(mistakes, column, one, other):
    assert mistakes(table(column, "", one, other, one, other)) == [
        f"Lines 4 and 6, {column}: this differs from line 3 of the same album. Use the same value on both lines.",
    ]


def test_a_repeated_track_is_listed(mistakes):
    assert mistakes(f"{HEADER}\n{ROW}\n{ROW}\n{ROW.replace('Salt', 'Sun')}") == [
        "Line 3, track_number: line 2 has the same disc and track number. Give each track of an album its own."
    ]


def test_the_same_number_on_another_disc_is_another_track(read):
    assert len(only_album(read(f"{HEADER},disc\n{ROW},\n{ROW},2")).tracks) == 2


def test_all_errors_are_listed_in_line_order(mistakes):
    rows = ["Ada,Salt,one,,,Folk,1000,0.99", "Ada,Salt", "Ada,Salt,2,Tide,,Folk,1000,1.999"]
    found = [mistake.partition(":")[0] for mistake in mistakes("\n".join([HEADER, *rows]))]
    assert found == ["Line 2, track_number", "Line 2, title", "Line 3", "Line 4, price"]


def test_media_files_next_to_the_catalogue_are_checked_and_linked(read, tmp_path):
    (tmp_path / "clips").mkdir()
    media_files.save_picture(tmp_path / "front.png")
    media_files.save_wav(tmp_path / "clips" / "one.wav")
    content = f"{HEADER},cover,preview,audio\n{ROW},./front.png,clips\\one.wav,clips/one.wav\n"
    catalogue = read(content + ROW.replace("1,Tide", "2,Tide") + ",front.png,,\n")
    album = only_album(catalogue)
    assert len(album.values["cover"]) == 32
    assert album.tracks[0].values["preview"] == album.tracks[0].values["audio"]
    assert album.tracks[1].values["preview"] is None
    assert [(kind, path.name) for kind, path in catalogue.media] == [
        ("covers", "front.png"),
        ("previews", "one.wav"),
        ("audio", "one.wav"),
    ]
    assert not (tmp_path / "media").exists()


def test_a_missing_length_is_measured(read, tmp_path):
    media_files.save_wav(tmp_path / "one.wav", length_ms=250)
    album = only_album(read(f"{HEADER},audio\n{ROW.replace('1000', '')},one.wav"))
    assert album.tracks[0].values["length_ms"] == 250


@pytest.mark.parametrize(("measured", "stored"), [(3_000, 1_000), (3_001, 3_001)])
def test_a_length_more_than_two_seconds_off_is_replaced_by_the_measured_one(read, tmp_path, measured, stored):
    media_files.save_wav(tmp_path / "one.wav", length_ms=measured)
    catalogue = read(f"{HEADER},audio\n{ROW},one.wav")
    assert only_album(catalogue).tracks[0].values["length_ms"] == stored
    note = "Line 2, length_ms: the recording is 3001 ms long, not 1000 ms. The store uses 3001 ms."
    assert catalogue.notes == ((note,) if stored == measured else ())


def test_a_preview_does_not_set_the_length_of_the_track(read, tmp_path):
    media_files.save_wav(tmp_path / "clip.wav", length_ms=9_000)
    catalogue = read(f"{HEADER},preview\n{ROW},clip.wav")
    assert (only_album(catalogue).tracks[0].values["length_ms"], catalogue.notes) == (1_000, ())


def test_a_recording_with_a_misleading_name_is_accepted_and_reported_once(read, tmp_path):
    (tmp_path / "one.mp3").write_bytes(media_files.flac())
    catalogue = read(table("audio", "one.mp3", "one.mp3"))
    assert all(track.values["audio"].endswith(".flac") for track in only_album(catalogue).tracks)
    assert catalogue.notes == ("“one.mp3” contains FLAC despite its name and is stored as FLAC.",)


def test_a_valid_recording_may_be_refused_as_a_preview(read, mistakes, tmp_path):
    (tmp_path / "one.m4a").write_bytes(media_files.m4a(b"alac"))
    assert only_album(read(table("audio", "one.m4a"))).tracks[0].values["audio"].endswith(".m4a")
    assert mistakes(table("preview", "one.m4a")) == [
        "Line 2, preview: “one.m4a” cannot be used. "
        "Browsers do not play ALAC in M4A. Save the preview as MP3 or M4A (AAC)."
    ]


@pytest.mark.parametrize("column", ["cover", "preview", "audio"])
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("missing.png", "“missing.png” was not found in the folder of the catalogue file. Check the spelling."),
        ("../outside", "“../outside” is outside the folder of the catalogue file. Move it into that folder."),
        (
            "sub\\..\\..\\outside",
            "“sub\\..\\..\\outside” is outside the folder of the catalogue file. Move it into that folder.",
        ),
        ("/etc/hostname", "“/etc/hostname” is outside the folder of the catalogue file. Move it into that folder."),
        ("link", "“link” is outside the folder of the catalogue file. Move it into that folder."),
        (".", "“.” is not a file. Write the path of a file, with its name and extension."),
        ("x" * 300, f"“{'x' * 60}…” cannot be read. Check its name and its permissions."),
    ],
)
def test_a_missing_or_outside_file_is_listed(mistakes, tmp_path, column, cell, reason):
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("/etc/hostname")
    assert mistakes(table(column, cell)) == [f"Line 2, {column}: {reason}"]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("cover", "“notes.txt” cannot be used. This is not a complete JPEG, PNG or WebP image."),
        (
            "preview",
            "“notes.txt” cannot be used. This is not an MP3, FLAC, Ogg Vorbis, Opus, M4A, AAC, WAV or AIFF recording.",
        ),
        (
            "audio",
            "“notes.txt” cannot be used. This is not an MP3, FLAC, Ogg Vorbis, Opus, M4A, AAC, WAV or AIFF recording.",
        ),
    ],
)
def test_a_file_that_is_not_media_is_listed(mistakes, tmp_path, column, reason):
    (tmp_path / "notes.txt").write_text("words")
    assert mistakes(table(column, "notes.txt")) == [f"Line 2, {column}: {reason}"]


COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "Für Müde.jpg") for form in ("NFC", "NFD"))


@pytest.mark.parametrize(
    ("on_disk", "in_cell"),
    [
        (COMPOSED, COMPOSED),
        (DECOMPOSED, COMPOSED),
        (COMPOSED, DECOMPOSED),
        (unicodedata.normalize("NFD", "Füße") + "/a.jpg", "Füße/a.jpg"),
        ("Cover.JPG", "cover.jpg"),
        (DECOMPOSED.upper(), COMPOSED),
        ("COVERS/a.jpg", "covers\\A.jpg"),
        ("김밥.jpg", unicodedata.normalize("NFD", "김밥.jpg")),
    ],
)
def test_a_file_is_found_by_another_spelling_of_its_name(read, tmp_path, on_disk, in_cell):
    source = tmp_path / on_disk
    source.parent.mkdir(exist_ok=True)
    media_files.save_picture(source, form="JPEG")
    ((_, found),) = read(table("cover", in_cell)).media
    assert found == source


def test_an_exact_file_name_is_preferred_then_the_same_letters_then_any_case(read, tmp_path):
    for name in (COMPOSED.upper(), DECOMPOSED, COMPOSED):
        media_files.save_picture(tmp_path / name)
        ((_, found),) = read(table("cover", COMPOSED)).media
        assert found.name == name


def test_a_name_that_matches_two_files_is_listed(mistakes, tmp_path):
    for name in ("COVER.jpg", "Cover.jpg"):
        media_files.save_picture(tmp_path / name)
    assert mistakes(table("cover", "cover.jpg")) == [
        "Line 2, cover: “cover.jpg” matches 2 files with similar names. Write the exact name of one."
    ]


def test_a_link_found_by_another_spelling_must_stay_inside_the_folder(mistakes, tmp_path):
    (tmp_path / "Link.jpg").symlink_to("/etc/hostname")
    assert mistakes(table("cover", "link.jpg")) == [
        "Line 2, cover: “link.jpg” is outside the folder of the catalogue file. Move it into that folder."
    ]


def test_a_missing_file_is_listed_once_with_all_its_lines(read):
    cells = ["a.jpg", "a.jpg", "b.jpg", "a.jpg", "a.jpg", "a.jpg", "b.jpg"]
    missing = "was not found in the folder of the catalogue file. Check the spelling."
    with pytest.raises(CatalogueError) as caught:
        read(table("cover", *cells))
    assert str(caught.value).splitlines() == [
        f"Lines 2, 3 and 5 to 7, cover: “a.jpg” {missing}",
        f"Lines 4 and 8, cover: “b.jpg” {missing}",
    ]


def test_a_file_named_in_many_rows_is_checked_once(tmp_path):
    class CountingMedia(MediaStorage):
        """Counts the covers that it checks."""

        checked = 0

        def check_cover(self, source: Path) -> str:
            self.checked += 1
            return super().check_cover(source)

    (tmp_path / "a.jpg").write_text("no picture")
    (tmp_path / "a.csv").write_text(table("cover", "a.jpg", "a.jpg", "a.jpg"))
    media = CountingMedia(tmp_path / "media")
    with pytest.raises(CatalogueError, match=r"^Lines 2 to 4, cover: [^\n]*$"):
        CatalogueReader(media, "EUR").read(tmp_path / "a.csv")
    assert media.checked == 1


def test_a_missing_audio_file_without_a_length_is_listed_once(mistakes):
    (mistake,) = mistakes(f"{HEADER},audio\n{ROW.replace('1000', '')},missing.wav")
    assert mistake.startswith("Line 2, audio")


def test_reading_progress_is_reported_in_lines(tmp_path):
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{ROW}\n{ROW.replace('1,Tide', '2,Tide')}")
    told = []
    CatalogueReader(MediaStorage(tmp_path), "EUR").read(tmp_path / "a.csv", lambda *news: told.append(news))
    assert told == [("Checking lines", 3, 3)]


@needs_chinook
def test_a_real_catalogue_is_read_completely(read):
    catalogue = read(CHINOOK.read_bytes())
    assert len(list(catalogue.albums)) == 347
    assert sum(len(album.tracks) for album in catalogue.albums) == 3_503
    assert sum(len({track.genre for track in album.tracks}) > 1 for album in catalogue.albums) == 11


def test_a_link_to_itself_is_listed(mistakes, tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    [mistake] = mistakes(table("cover", "loop"))
    assert mistake.startswith("Line 2, cover: “loop” ")  # the rest depends on the version of Python


def test_a_stray_quote_hides_no_errors_in_the_rows_below(mistakes):
    lines = ['Ada,"Salt"y,1,Tide,,Folk,1000,0.99', "Ada,Salt,zero,Tide,,Folk,1000,0.99"]
    found = mistakes("\n".join([HEADER, *lines]))
    assert [mistake.partition(":")[0] for mistake in found] == ["Line 2", "Line 3, track_number"]


@pytest.mark.parametrize("column", ["cover", "preview", "audio"])
def test_a_named_pipe_is_refused(mistakes, tmp_path, column):
    os.mkfifo(tmp_path / "pipe")
    assert mistakes(table(column, "pipe")) == [
        f"Line 2, {column}: “pipe” is not a file. Write the path of a file, with its name and extension."
    ]


@pytest.mark.parametrize(
    "column", ["artist", "album", "title", "composer", "genre", "license", "description", "lyrics"]
)
def test_a_text_with_too_many_accents_is_refused_before_it_is_normalised(mistakes, column):
    cells = dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | {column: "e" + "\u0301\u0323" * 65_000}
    (mistake,) = mistakes(f"{','.join(cells)}\n{','.join(cells.values())}")
    reasons = [
        r"this text has 130,001 characters\. Shorten it to [0-9,]+ or fewer\.",
        r"a character in this cell has more than 30 accents\. Remove some of them\.",
    ]
    assert re.fullmatch(rf"Line 2, {column}: ({'|'.join(reasons)})", mistake)


def test_a_long_name_in_decomposed_form_fits(read):
    title = "e\u0323\u0302" * 300
    assert only_album(read(f"{HEADER}\nAda,{title},1,Tide,,,1,0")).title == "\u1ec7" * 300


def test_rows_of_one_album_may_spell_it_differently(read):
    album = only_album(read(f"{HEADER}\nAda\u200b,Salt,1,A,,,1,0\nADA,S\u00adalt,2,B,,,1,0"))
    assert (album.artists, album.titles) == (("Ada\u200b", "ADA"), ("Salt", "S\u00adalt"))
    assert len(album.tracks) == 2


def test_a_track_repeated_under_another_spelling_of_the_album_is_listed(mistakes):
    rows = f"{ROW}\n{ROW.replace('Salt', 'SALT')}"
    assert mistakes(f"{HEADER}\n{rows}") == [
        "Line 3, track_number: line 2 has the same disc and track number. Give each track of an album its own."
    ]
