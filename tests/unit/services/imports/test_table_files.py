"""Every file is read as a table, or one line says why it is refused."""

import csv
import gzip
import io
import zipfile

import pytest

from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports import catalogue_error, csv_table, table_text
from album_store.services.imports.catalogue import Catalogue
from album_store.services.imports.catalogue_error import CatalogueError
from album_store.services.imports.catalogue_reader import CatalogueReader
from tests.support.checkout import CASES
from tests.support.needs import needs_cases

HEADER = "artist,album,track_number,title,composer,genre,length_ms,price"
ROWS = ["Åda,Salt,1,Tide,,Folk,1000,0.99", "Åda,Salt,2,Ebb,,Folk,2000,0.99"]
CONTENT = "\r\n".join([HEADER, *ROWS, ""])


@pytest.fixture
def read(tmp_path):
    """Reads a file with the given content."""

    def read(content: bytes) -> Catalogue:
        file = tmp_path / "catalogue.csv"
        file.write_bytes(content)
        return CatalogueReader(MediaStorage(tmp_path / "media"), "EUR").read(file)

    return read


@pytest.fixture
def refusal(read):
    """Returns the single line with which a file is refused."""

    def refusal(content: bytes) -> str:
        with pytest.raises(CatalogueError) as caught:
            read(content)
        [line] = str(caught.value).splitlines()
        return line

    return refusal


def titles(catalogue):
    [album] = catalogue.albums
    assert album.artist == "Åda"
    return [track.values["title"] for track in album.tracks]


@pytest.mark.parametrize(
    "content",
    [
        CONTENT.encode(),
        CONTENT.encode("utf-8-sig"),
        b"\xef\xbb\xbf" * 3 + CONTENT.encode(),
        CONTENT.encode("utf-16"),
        CONTENT.encode("utf-16-le"),
        CONTENT.encode("utf-16-be"),
        b"\xfe\xff" + CONTENT.encode("utf-16-be"),
        b"\xff\xfe\xff\xfe" + CONTENT.encode("utf-16-le"),
        CONTENT.encode("utf-32"),
    ],
)
def test_unicode_is_read_with_and_without_a_byte_order_mark(read, content):
    assert titles(read(content)) == ["Tide", "Ebb"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "first", ["", "sep={}\r\n", "SEP={}\n", '"sep={}"\r\n', "sep={}\r", "\ufeffsep={}\r\n", "sep=,\n", "sep=\n"]
)
def test_the_header_decides_the_separator_and_not_the_sep_line(read, first, delimiter):
    assert titles(read((first.format(delimiter) + CONTENT.replace(",", delimiter)).encode())) == ["Tide", "Ebb"]


def test_the_sep_line_can_name_another_separator(read):
    assert titles(read(f"sep=|\n{CONTENT.replace(',', '|')}".encode())) == ["Tide", "Ebb"]


def test_the_sep_line_counts_as_a_line(refusal):
    assert refusal(f"sep=;\n{HEADER}\n{ROWS[0].replace('Tide', '')}".encode()).startswith("Line 3, title")


def workbook(member):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(member, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\r\n \r\n", "The file is empty."),
        (b"\xff\xfe", "The file is empty."),
        (b"sep=;\r\n", "The file is empty."),
        (
            workbook("xl/workbook.xml"),
            "This is an Excel, Numbers or LibreOffice spreadsheet or a ZIP file, not CSV.",
        ),
        (
            workbook("Index/Document.iwa"),
            "This is an Excel, Numbers or LibreOffice spreadsheet or a ZIP file, not CSV.",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "This is an old Excel spreadsheet (.xls), not CSV."),
        (gzip.compress(CONTENT.encode()), "This is a compressed file (gzip). Unpack it first."),
        (b"%PDF-1.7\n%\xe2\xe3", "This is a PDF file, not CSV."),
        (b"{\\rtf1\\ansi artist,album}", "This is a text document (RTF), not CSV."),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html><table>", "This is a web page (HTML) or XML, not CSV."),
        (b"<?xml version='1.0'?><Workbook/>", "This is a web page (HTML) or XML, not CSV."),
        (CONTENT.encode("utf-16")[:-1], "The file is incomplete or damaged."),
        (bytes(4096), "Line 1: the file is damaged: it contains a zero byte."),
        (
            CONTENT.replace(",", "|").encode(),
            "Line 1: the first line must name the columns, such as artist, album, album_artist",
        ),
        ("\n".join(ROWS).encode(), "Line 1: the first line must name the columns"),
        (b"My albums,,,\n" + CONTENT.encode(), "Line 1: the first line must name the columns"),
        (b'{"artist": "Ada"}', "Line 1: the first line must name the columns"),
        (
            "\n".join(f'"{line}"' for line in [HEADER, *ROWS]).encode(),
            "Line 1: each whole line is in double quotes, so the table has only one column. Remove those quotes.",
        ),
        (f'"{CONTENT}'.encode(), "Line 1: this row has a missing or extra double quote"),
    ],
)
def test_a_file_that_is_not_a_table_is_refused_in_one_line(refusal, content, reason):
    assert refusal(content).startswith(reason)


def test_zero_bytes_are_refused_at_the_line_where_they_begin(refusal):
    assert refusal(CONTENT.encode() + bytes(4096)).startswith("Line 4: the file is damaged: it contains a zero byte.")


def test_a_huge_file_is_refused_before_it_is_read(read, refusal, monkeypatch):
    monkeypatch.setattr(table_text, "MAX_MB", 1)
    padded = CONTENT.encode() + b"\n" * (1_000_000 - len(CONTENT.encode()))
    assert titles(read(padded)) == ["Tide", "Ebb"]
    assert (
        refusal(padded + b"\n") == "The file is larger than 1 MB. Split it, and keep the rows of each album together."
    )


def test_a_wrong_byte_far_down_is_found_with_its_line(refusal):
    content = CONTENT.encode() + b"\r\n" * 50_000 + b"\xff\r\n"
    assert refusal(content).startswith("Line 50004: the file is not saved as UTF-8")


def test_nothing_is_read_below_a_missing_quote_that_swallows_too_much(refusal):
    before = csv.field_size_limit(1_000)
    try:
        content = f'{HEADER}\n{ROWS[0]}\n"' + "a\n" * 1_000 + ROWS[1]
        assert refusal(content.encode()).startswith("Line 3: this row has a missing or extra double quote.")
    finally:
        csv.field_size_limit(before)


def test_a_file_with_too_many_mistakes_is_not_read_to_its_end(read, monkeypatch):
    monkeypatch.setattr(catalogue_error, "MAX_MISTAKES", 60)
    rows = [f"Åda,Salt,{number},Tide,,Folk,1000,x{number}y" for number in range(1, 101)]
    with pytest.raises(CatalogueError) as caught:
        read("\n".join([HEADER, *rows]).encode())
    assert str(caught.value).splitlines()[-2:] == ["... and 10 more mistakes.", "The rest of the file was not checked."]


def test_the_number_of_rows_is_bounded(read, refusal, monkeypatch):
    monkeypatch.setattr(csv_table, "MAX_ROWS", 2)
    assert titles(read(CONTENT.encode())) == ["Tide", "Ebb"]
    more = "Åda,Salt,3,Flow,,Folk,1,1"
    assert (
        refusal(f"{CONTENT}{more}".encode())
        == "Line 4: the file has more than 2 rows. Split it, and keep the rows of each album together."
    )
    with pytest.raises(CatalogueError) as caught:
        read(HEADER.encode() + b'\n"a"b' * 100)
    assert [mistake.line for mistake in caught.value.mistakes] == [2, 3, 4, 4]


def test_the_number_of_columns_is_bounded_except_for_empty_ones(read, refusal):
    empty = "," * 20_000
    assert titles(read(CONTENT.replace("\r\n", f"{empty}\r\n").encode())) == ["Tide", "Ebb"]
    names = ",".join(f"column {number}" for number in range(100_000))
    assert refusal(f"{HEADER},{names}\n{ROWS[0]}".encode()).startswith(
        "Line 1: the header has more than 1,000 columns."
    )


def test_trailing_empty_cells_may_be_missing(read):
    header = f"{HEADER},isrc,lyrics"
    assert titles(read("\n".join([header, f"{ROWS[0]},,La", ROWS[1]]).encode())) == ["Tide", "Ebb"]


def test_extra_empty_cells_rows_and_columns_are_ignored(read):
    lines = [f",{HEADER},,", f",{ROWS[0]},,,,,,,", ",,,,,,,,,,,,,,", f", {ROWS[1]} , ", *[","] * 500]
    assert titles(read("\n".join(lines).encode())) == ["Tide", "Ebb"]


def test_a_column_without_a_name_must_be_empty(refusal):
    lines = [f"{HEADER},,", f"{ROWS[0]},,", f"{ROWS[1]},,note", f"{ROWS[1].replace('2,E', '3,E')},,more"]
    assert (
        refusal("\n".join(lines).encode())
        == "Line 1, column 10: this column has no name, but line 3 has “note” in it. Name the column, or clear it."
    )


def test_a_short_row_without_required_cells_is_one_error(refusal):
    assert refusal(f"{HEADER}\n{ROWS[0]}\nÅda,Salt,2".encode()) == (
        "Line 3: this row has 3 cells, but the header has 8. Put double quotes around text that contains a comma "
        "or a line break."
    )


def test_a_row_missing_only_unnamed_cells_is_still_checked(refusal):
    row = ROWS[0].replace("Tide", "")
    assert refusal(f"{HEADER},,\n{row}".encode()) == "Line 2, title: this cell must not be empty."


def test_a_long_text_is_read_and_one_over_the_limit_is_reported(read, refusal):
    def content(length: int) -> bytes:
        lyrics = "la la\n" * (length // 6)
        return f'{HEADER},lyrics\n{ROWS[0]},"{lyrics}"\n{ROWS[1]},\n'.encode()

    [album] = read(content(29_999)).albums
    assert len(album.tracks[0].values["lyrics"]) > 29_000
    assert (
        refusal(content(600_000)) == "Line 2, lyrics: this text has 599,999 characters. Shorten it to 30,000 or fewer."
    )


def test_an_unknown_column_hides_no_errors_in_the_rows(read):
    with pytest.raises(CatalogueError) as caught:
        read(f"{HEADER},colour\n{ROWS[0].replace('Tide', '')},red\n{ROWS[1]},red".encode())
    assert [str(mistake).partition(":")[0] for mistake in caught.value.mistakes] == [
        "Line 1, “colour”",
        "Line 2, title",
    ]


def test_a_missing_column_hides_no_errors_in_the_others(read):
    with pytest.raises(CatalogueError) as caught:
        read(f"{HEADER.replace('artist,', '')}\nSalt,one,Tide,,Folk,1000,0.99".encode())
    assert [str(mistake).partition(":")[0] for mistake in caught.value.mistakes] == [
        "Line 1, artist",
        "Line 2, track_number",
    ]


def test_one_error_in_many_rows_is_listed_once(refusal):
    rows = [f"Åda,Salt,{number},Tide,,Folk,1000,0.99,front.jpg" for number in range(1, 21)]
    assert refusal("\n".join([f"{HEADER},cover", *rows]).encode()) == (
        "Lines 2 to 21, cover: “front.jpg” was not found in the folder of the catalogue file. Check the spelling."
    )


def test_a_limited_number_of_separate_lines_is_named(refusal):
    rows = [f"Åda,Salt,{number},Tide,,Folk,1000,{'' if number % 3 else 'x'}" for number in range(1, 60)]
    rows = [row if row.endswith("x") else f"{row}1" for row in rows]
    assert refusal("\n".join([HEADER, *rows]).encode()) == (
        "Lines 4, 7, 10, 13, 16, 19, 22 and 12 more, price: “x” is not a price. Write an amount such as 0.99."
    )


def test_at_most_fifty_errors_are_listed(read):
    rows = [f"Åda,Salt,{number},Tide,,Folk,1000,x{number}y" for number in range(1, 101)]
    with pytest.raises(CatalogueError) as caught:
        read("\n".join([HEADER, *rows]).encode())
    lines = str(caught.value).splitlines()
    assert (len(lines), lines[-1], len(caught.value.mistakes)) == (51, "... and 50 more mistakes.", 100)


@needs_cases
@pytest.mark.parametrize(
    ("name", "tracks"),
    [
        ("09a-excel-block-of-16.csv", None),
        ("10a-sep-line.csv", 1),
        ("10b-tabs.csv", 1),
        ("10c-two-marks.csv", 1),
        ("10d-utf16-no-mark.csv", 1),
    ],
)
def test_the_sample_catalogue_files_are_read(read, name, tracks):
    content = (CASES / name).read_bytes()
    [album] = read(content).albums
    assert len(album.tracks) == (tracks or content.count(b"\n") - 1)
