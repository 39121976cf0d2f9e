"""Turns the bytes of a table into text, or says in one sentence what the file is instead."""

from pathlib import Path

from album_store.services.imports.catalogue_error import CatalogueError, Mistake

MAX_MB = 50

_SAVE_AS_CSV = (
    "In Excel choose Save As and the file type “CSV UTF-8”; in LibreOffice choose Save As and the file type “Text "
    "CSV”; in Numbers choose Export To, CSV."
)
_NOT_UTF_8 = (
    "The file is not saved as UTF-8, so its accents would be lost. In Excel choose Save As and the file type "
    "“CSV UTF-8”; in LibreOffice choose Save As, tick “Edit filter settings” and pick Unicode (UTF-8)."
)
# How files begin that are no table, whatever their name says.
_NOT_A_TABLE = {
    b"PK\x03\x04": f"This is a spreadsheet of Excel, Numbers or LibreOffice, or a ZIP file, not CSV. {_SAVE_AS_CSV}",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": f"This is a spreadsheet of an old Excel, not CSV. {_SAVE_AS_CSV}",
    b"\x1f\x8b": "This is a compressed file (gzip); unpack it first.",
    b"%PDF": f"This is a PDF file, not CSV. Open the table that it was made from. {_SAVE_AS_CSV}",
    b"{\\rtf": f"This is a text document (RTF), not CSV. Open the table that it was made from. {_SAVE_AS_CSV}",
}
# The longer marks come first: that of UTF-32 begins with that of UTF-16.
_MARKS = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_table_text(file: Path) -> str:
    """The text of a table in UTF-8, UTF-16 or UTF-32, without byte order marks. Raises CatalogueError and OSError.

    Other encodings, such as Windows-1252 and Mac Roman, are refused: nothing in a file tells them apart, and a wrong
    guess would change names without a word.
    """
    with file.open("rb") as opened:
        content = opened.read(MAX_MB * 1_000_000 + 1)
    if len(content) > MAX_MB * 1_000_000:
        raise _refusal(f"The file is larger than {MAX_MB} MB. Split it, and keep the rows of an album together.")
    for beginning, reason in _NOT_A_TABLE.items():
        if content.startswith(beginning):
            raise _refusal(reason)
    text = _decode(content).lstrip("\ufeff")
    if text.lstrip().startswith("<"):
        raise _refusal(f"This is a web page (HTML) or XML, not CSV. Open it in a spreadsheet program. {_SAVE_AS_CSV}")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _refusal("The file holds a zero byte here, as no text does: it is damaged. Save it again.", line)
    return text


def _decode(content: bytes) -> str:
    encoding = _encoding(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise _refusal("The file is cut short or damaged. Save it again.") from None
        raise _refusal(_NOT_UTF_8, content.count(b"\n", 0, error.start) + 1) from None


def _encoding(content: bytes) -> str:
    """The encoding by the mark; without one, two bytes of which one is zero tell UTF-16, as column names are ASCII."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return encoding
    match [byte == 0 for byte in content[:2]]:
        case [False, True]:
            return "utf-16-le"
        case [True, False]:
            return "utf-16-be"
    return "utf-8"


def _refusal(reason: str, line: int = 1) -> CatalogueError:
    return CatalogueError([Mistake(line, None, reason)])
