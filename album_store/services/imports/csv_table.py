"""Reads CSV files as common spreadsheet programs write them."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from album_store.services.imports.catalogue_error import CatalogueError, Mistake

_NOT_UTF_8 = (
    "The file is not saved as UTF-8, so its accents would be lost. In Excel choose Save As and the file type "
    "“CSV UTF-8”; in LibreOffice choose Save As, tick “Edit filter settings” and pick Unicode (UTF-8)."
)


@dataclass(frozen=True)
class CsvRow:
    """One row: the line of the file on which it starts, and its trimmed cells by column."""

    line: int
    cells: Mapping[str, str]


class CsvTable:
    """A CSV file with a header: comma or semicolon, any line ending, with or without a byte order mark.

    Raises CatalogueError if it cannot be read as a table. `mistakes` collects the malformed rows.
    """

    def __init__(self, file: Path) -> None:
        text = _decode(file.read_bytes())
        header = next((line for line in text.splitlines() if line.strip()), "")
        self.delimiter = ";" if header.count(";") > header.count(",") else ","
        self.mistakes: list[Mistake] = []
        self._records = self._read(text)
        self.header_line, names = next(self._records, (1, []))
        self.columns = [name.strip().lower() for name in names]
        if not self.columns:
            raise CatalogueError(self.mistakes or [Mistake(1, None, "The file is empty.")])

    def rows(self) -> Iterator[CsvRow]:
        """Yield the rows below the header, without empty ones; malformed ones are added to `mistakes`."""
        for line, cells in self._records:
            if len(cells) == len(self.columns):
                yield CsvRow(line, dict(zip(self.columns, map(str.strip, cells), strict=True)))
            else:
                reason = (
                    f"The row has {len(cells)} cells where the header has {len(self.columns)}; "
                    f"a text that contains {self.delimiter} must stand in double quotes."
                )
                self.mistakes.append(Mistake(line, None, reason))

    def _read(self, text: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter, strict=True)
        line = 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:  # the reader continues with the next line of the file
                reason = f"The row cannot be read, because a double quote is missing or too many ({error})."
                self.mistakes.append(Mistake(line, None, reason))
                cells = []
            if any(cell.strip() for cell in cells):
                yield line, cells
            line = reader.line_num + 1


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CatalogueError([Mistake(line, None, _NOT_UTF_8)]) from None
