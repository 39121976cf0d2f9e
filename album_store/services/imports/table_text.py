"""Decodes a table file, or says what kind of file it is instead."""

from pathlib import Path

from album_store.services.imports.catalogue_error import CatalogueError, Mistake

MAX_MB = 50
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


def read_table_text(file: Path) -> str:
    """Return the text of a UTF-8, UTF-16 or UTF-32 file, without byte order marks. Raises CatalogueError and OSError.

    Other encodings, such as Windows-1252 and Mac Roman, are refused: they cannot be told apart, and a wrong guess would
    silently change names.
    """
    with file.open("rb") as opened:
        content = opened.read(MAX_MB * 1_000_000 + 1)
    if len(content) > MAX_MB * 1_000_000:
        raise _refusal(f"the file is larger than {MAX_MB} MB. Split it, and keep the rows of each album together.")
    for beginning, reason in _NOT_A_TABLE.items():
        if content.startswith(beginning):
            raise _refusal(reason)
    text = _decode(content).lstrip("\ufeff")
    if text.lstrip().startswith("<"):
        raise _refusal(f"this is a web page (HTML) or XML, not CSV. Open it in a spreadsheet program. {_SAVE_AS_CSV}")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _refusal("the file is damaged: it contains a zero byte. Save it again.", line)
    return text


def _decode(content: bytes) -> str:
    encoding = _encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise _refusal("the file is incomplete or damaged. Save it again.") from None
        if b"\0" in content[:BEGINNING_BYTES]:
            raise _refusal(f"this is not a CSV file. {_SAVE_AS_CSV}") from None
        raise _refusal(_NOT_UTF_8, content.count(b"\n", 0, error.start) + 1) from None


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
