"""Decodes a table file line by line, or says what kind of file it is instead."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from album_store.services.imports.catalogue_error import CatalogueError, Mistake

MAX_MB = 1_000
# Pictures, recordings and other binary files have a zero byte near the beginning.
BEGINNING_BYTES = 1_000

_SAVE_AS_CSV = (
    "In Excel, choose Save As and the file type “CSV UTF-8”; in LibreOffice, choose Save As and the file type “Text "
    "CSV”; in Numbers, choose Export To and CSV."
)
_NOT_UTF_8 = (
    "the file is not saved as UTF-8, so accented letters would be lost. In Excel, choose Save As and the file type "
    "“CSV UTF-8”; in LibreOffice, choose Save As, tick “Edit filter settings” and select “Unicode (UTF-8)”."
)
# The first bytes of files that are not tables, whatever their names say.
_NOT_A_TABLE = {
    b"PK\x03\x04": f"this is an Excel, Numbers or LibreOffice spreadsheet or a ZIP file, not CSV. {_SAVE_AS_CSV}",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": f"this is an old Excel spreadsheet (.xls), not CSV. {_SAVE_AS_CSV}",
    b"\x1f\x8b": "this is a compressed file (gzip). Unpack it first.",
    b"%PDF": f"this is a PDF file, not CSV. Open the spreadsheet that it was made from. {_SAVE_AS_CSV}",
    b"{\\rtf": f"this is a text document (RTF), not CSV. Open the spreadsheet that it was made from. {_SAVE_AS_CSV}",
}
# The longer byte order marks come first: that of UTF-32 begins with that of UTF-16.
_MARKS = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True)
class TableText:
    """The lines of a text file, with their line ends and without byte order marks, read anew at each iteration.

    `lines` is their number.
    """

    file: Path
    encoding: str
    lines: int = 0

    @classmethod
    def of(cls, file: Path) -> "TableText":
        """Check a UTF-8, UTF-16 or UTF-32 file without keeping it in memory. Raises CatalogueError and OSError.

        Other encodings, such as Windows-1252 and Mac Roman, are refused: they cannot be told apart, and a wrong guess
        would silently change names.
        """
        if file.stat().st_size > MAX_MB * 1_000_000:
            raise _refusal(
                f"the file is larger than {MAX_MB:,} MB. Split it, and keep the rows of each album together."
            )
        with file.open("rb") as opened:
            beginning = opened.read(BEGINNING_BYTES)
        for mark, reason in _NOT_A_TABLE.items():
            if beginning.startswith(mark):
                raise _refusal(reason)
        text = cls(file, _encoding(beginning))
        try:
            return replace(text, lines=text._count())
        except UnicodeDecodeError:
            raise _undecodable(text, beginning) from None

    def __iter__(self) -> Iterator[str]:
        with self.file.open(encoding=self.encoding, newline="") as opened:
            for line in opened:
                yield line.lstrip("\ufeff")
                break
            yield from opened

    def _count(self) -> int:
        """Return the number of lines. Raises CatalogueError if they are no table."""
        number, is_blank = 0, True
        for number, line in enumerate(self, start=1):
            if is_blank and (visible := line.lstrip()):
                is_blank = False
                if visible.startswith("<"):
                    reason = "this is a web page (HTML) or XML, not CSV. Open it in a spreadsheet program."
                    raise _refusal(f"{reason} {_SAVE_AS_CSV}")
            if "\0" in line:
                raise _refusal("the file is damaged: it contains a zero byte. Save it again.", number)
        return number


def _undecodable(text: TableText, beginning: bytes) -> CatalogueError:
    if text.encoding != "utf-8":
        return _refusal("the file is incomplete or damaged. Save it again.")
    if b"\0" in beginning:
        return _refusal(f"this is not a CSV file. {_SAVE_AS_CSV}")
    with text.file.open("rb") as opened:
        number = next((number for number, line in enumerate(opened, start=1) if not _is_utf_8(line)), 0)
    return _refusal(_NOT_UTF_8, number)


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _encoding(content: bytes) -> str:
    """Return the encoding. Without a byte order mark, a zero in the first two bytes means UTF-16: headers are ASCII."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    match [byte == 0 for byte in content[:2]]:
        case [False, True]:
            return "utf-16-le"
        case [True, False]:
            return "utf-16-be"
    return "utf-8"


def _refusal(reason: str, line: int = 0) -> CatalogueError:
    return CatalogueError([Mistake(line, None, reason)])
