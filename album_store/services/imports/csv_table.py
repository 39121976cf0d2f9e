"""Reads tables as common spreadsheet programs write them."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from album_store.data.visible_text import visible_line
from album_store.infrastructure.wording import shown
from album_store.services.imports.catalogue_error import CatalogueError, Mistake, MistakeList
from album_store.services.imports.table_text import TableText

MAX_ROWS = 5_000_000
MAX_COLUMNS = 1_000
MAX_NAME_CHARS = 100

_DELIMITERS = ",;\t"
# Excel writes and reads this line, which names the character between cells.
_SEP_LINE = re.compile(r'"?sep=([^\r\n"]?)"?[,;\t ]*(\r\n|\r|\n|\Z)', re.IGNORECASE)
_NAMES_OF_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

# The cell readers have their own limits, and their errors name the column. At this one, which only the text below a
# missing quote reaches, nothing more is read.
MAX_CELL = 10_000_000
csv.field_size_limit(MAX_CELL)


# A line number, and the cells of the row that starts there.
Record = tuple[int, list[str]]


class CsvRow(NamedTuple):
    """One row: the line of the file on which it starts, and its trimmed cells, one for each of the table's columns.

    If the row has fewer cells than the header, the missing ones are empty and `mismatch` is the error message.
    """

    line: int
    cells: Sequence[str]
    mismatch: str = ""


class CsvTable:
    """A table with a header that names at least one of the `known` columns, separated by commas, semicolons or tabs.

    Empty rows and columns are ignored. Raises CatalogueError if the file is not a table, and OSError if it cannot be
    read. `mistakes` collects malformed rows while `rows` runs.
    """

    def __init__(self, file: Path, known: Collection[str]) -> None:
        self._text = TableText.of(file)
        sep_line = _SEP_LINE.match(next(iter(self._text), ""))
        self._lines_before = 1 if sep_line else 0
        self._delimiter = self._best_delimiter(known, sep_line[1] if sep_line else "")
        self.mistakes = MistakeList()
        self._records = self._read()
        self.header_line, cells = next(self._records, (1, []))
        if any(cell.strip() for cell in cells[MAX_COLUMNS:]):
            reason = f"the header has more than {MAX_COLUMNS:,} columns. Keep only these: {', '.join(known)}."
            raise CatalogueError([Mistake(self.header_line, None, reason)])
        self.columns = _names(cells[:MAX_COLUMNS])
        if self.mistakes or not self.columns:
            raise CatalogueError(self.mistakes[:1] or [Mistake(0, None, "the file is empty.")])
        if not set(known).intersection(self.columns):
            raise CatalogueError([Mistake(self.header_line, None, self._no_header(known, cells))])

    @property
    def lines(self) -> int:
        """The number of lines in the file."""
        return self._text.lines

    def rows(self) -> Iterator[CsvRow]:
        """Yield the rows below the header, without empty ones. Adds malformed rows to `mistakes`."""
        width = len(self.columns)
        if not all(self.columns):
            yield from self._rows_of_any_width(self._records)
            return
        for line, cells in self._records:
            if len(cells) == width:
                yield CsvRow(line, list(map(str.strip, cells)))
            else:
                yield from self._rows_of_any_width([(line, cells)])

    def _rows_of_any_width(self, records: Iterable[Record]) -> Iterator[CsvRow]:
        unnamed = [position for position, name in enumerate(self.columns) if not name]
        for line, cells in records:
            for position in [position for position in unnamed if "".join(cells[position : position + 1]).strip()]:
                unnamed.remove(position)
                value = shown(cells[position].strip())
                reason = f"this column has no name, but line {line} has {value} in it. Name the column, or clear it."
                self.mistakes.report(self.header_line, f"column {position + 1}", reason)
            if any(cell.strip() for cell in cells[len(self.columns) :]):
                self.mistakes.report(line, None, self._mismatch(cells))
            else:
                trimmed = [cell.strip() for cell in cells[: len(self.columns)]]
                missing = self.columns[len(cells) :]
                yield CsvRow(line, trimmed + [""] * len(missing), self._mismatch(cells) if any(missing) else "")

    def _best_delimiter(self, known: Collection[str], announced: str) -> str:
        """Return the delimiter that finds most known columns in the header; a comma if all find equally many."""

        def columns_found(delimiter: str) -> int:
            with suppress(csv.Error):  # a cell is too long
                for record in csv.reader(self._lines(), delimiter=delimiter):
                    if any(map(str.strip, record)):
                        return len(set(_names(record[:MAX_COLUMNS])).intersection(known))
            return 0

        return max(dict.fromkeys([*_DELIMITERS, announced or ","]), key=columns_found)

    def _no_header(self, known: Collection[str], cells: list[str]) -> str:
        if any(set(_names(cells[0].split(delimiter))).intersection(known) for delimiter in _DELIMITERS):
            return "each whole line is in double quotes, so the table has only one column. Remove those quotes."
        return (
            f"the first line must name the columns, such as {', '.join(list(known)[:3])}, separated by commas, "
            f"semicolons or tabs. It is {shown(self._delimiter.join(cells))}."
        )

    def _mismatch(self, cells: list[str]) -> str:
        separator = _NAMES_OF_DELIMITERS.get(self._delimiter, self._delimiter)
        return (
            f"this row has {len(cells)} {'cell' if len(cells) == 1 else 'cells'}, but the header has "
            f"{len(self.columns)}. Put double quotes around text that contains a {separator} or a line break."
        )

    def _lines(self) -> Iterator[str]:
        """Yield the lines of the table."""
        return islice(self._text, self._lines_before, None)

    def _read(self) -> Iterator[Record]:
        reader = csv.reader(self._lines(), delimiter=self._delimiter, strict=True)
        line = 1 + self._lines_before
        count = 0
        while True:
            is_malformed = False
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:  # the reader continues with the next line of the file
                reason = (
                    "this row has a missing or extra double quote. Inside quoted text, write each double quote twice."
                )
                self.mistakes.report(line, None, reason)
                if "field limit" in str(error):
                    return
                cells, is_malformed = [], True
            is_row = any(map(str.strip, cells))
            count += is_row or is_malformed
            if count > MAX_ROWS + 1:  # the header counts too
                reason = (
                    f"the file has more than {MAX_ROWS:,} rows. Split it, and keep the rows of each album together."
                )
                self.mistakes.report(line, None, reason)
                return
            if is_row:
                yield line, cells
            line = reader.line_num + 1 + self._lines_before


def _names(cells: list[str]) -> list[str]:
    """Return the names of the columns in lower case."""
    return [visible_line(cell[:MAX_NAME_CHARS]).lower() for cell in cells]
