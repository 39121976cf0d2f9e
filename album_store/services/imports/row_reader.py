"""Reads the rows of a catalogue file, a column at a time."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from album_store.services.imports import cells
from album_store.services.imports.catalogue import Progress
from album_store.services.imports.columns import LENGTHS, LONG_TEXTS
from album_store.services.imports.csv_table import CsvRow, CsvTable
from album_store.services.imports.media_folder import MediaFolder
from album_store.services.imports.named_rows import chunks
from album_store.services.imports.rows import Rows

SAME_LENGTH_MS = 2_000  # encoders add silence, and lengths are often rounded to seconds
# How many values of a column are remembered.
VALUES_KEPT = 4_096
# How many rows are read at once.
ROWS = 200


class RowReader:
    """Reads the cells of a table into values, and reports those that are wrong.

    `known` are the readers of columns by name, and `folder` has the recordings that the rows name. `notes` say where a
    recording has another length than the row.
    """

    def __init__(self, table: CsvTable, known: Mapping[str, cells.Reader], folder: MediaFolder) -> None:
        self._table = table
        self._folder = folder
        positions = {column: position for position, column in enumerate(table.columns)}
        self._known = [
            (column, positions[column], read if column in LONG_TEXTS else lru_cache(VALUES_KEPT)(read))
            for column, read in known.items()
            if column in positions
        ]
        self.notes: list[str] = []

    def read(self, progress: Progress) -> Iterator[Rows]:
        """Yield the rows that have all their cells, some at a time. Mistakes are reported to the table."""
        table, done = self._table, 0
        for rows in chunks(table.rows(), ROWS):
            yield self._values(rows)
            done = rows[-1].line
            progress("Checking lines", done, table.lines)
        if done < table.lines:
            progress("Checking lines", table.lines, table.lines)

    def _values(self, rows: Sequence[CsvRow]) -> Rows:
        """Return the values of some rows, without those that lack required cells, each of which is one mistake."""
        lines = [row.line for row in rows]
        columns = list(zip(*(row.cells for row in rows), strict=True))
        wrong: dict[int, dict[str, str]] = {}
        try:
            values = {column: list(map(read, columns[position])) for column, position, read in self._known}
        except ValueError:
            values, wrong = self._values_one_by_one(rows)
        for column in LENGTHS:
            if column in values:
                self._set_lengths(lines, column, values, wrong)
        lacking = {row.line for row in rows if row.mismatch and row.line in wrong}
        for row in rows if wrong else ():
            reasons = wrong.get(row.line, {})
            if row.line in lacking:
                self._table.mistakes.report(row.line, None, row.mismatch)
            for column in dict.fromkeys(self._table.columns) if row.line not in lacking else ():
                if column in reasons:
                    self._table.mistakes.report(row.line, column, reasons[column])
        found = Rows(lines, values, {line: frozenset(reasons) for line, reasons in wrong.items()})
        return found.at([at for at, line in enumerate(lines) if line not in lacking]) if lacking else found

    def _values_one_by_one(self, rows: Sequence[CsvRow]) -> tuple[dict[str, list[Any]], dict[int, dict[str, str]]]:
        """Return the values of the cells that can be read, and what is wrong with the others, by line and column.

        Whole columns are read in a third of the time.
        """
        values: dict[str, list[Any]] = {column: [] for column, _, _ in self._known}
        wrong: dict[int, dict[str, str]] = {}
        for row in rows:
            for column, position, read in self._known:
                try:
                    value = read(row.cells[position])
                except ValueError as error:
                    value = None
                    wrong.setdefault(row.line, {})[column] = str(error)
                values[column].append(value)
        return values, wrong

    def _set_lengths(
        self,
        lines: Sequence[int],
        column: str,
        values: dict[str, list[Any]],
        wrong: dict[int, dict[str, str]],
    ) -> None:
        """Make a column of lengths `length_ms`, with those that are measured where a recording differs."""
        given = values.pop(column)
        others = values.get("length_ms", given)  # a file with both columns is refused
        values["length_ms"] = given
        if all(given) and "audio" not in values:
            return
        recordings = values.get("audio") or [None] * len(lines)
        for at, (line, length_ms, audio) in enumerate(zip(lines, list(given), recordings, strict=True)):
            mistakes = wrong.get(line, {})
            if column in mistakes:
                given[at] = others[at]
            else:
                given[at] = self._length_ms(line, column, length_ms, self._folder.lengths_ms.get(audio or ""))
                if given[at] is None and "audio" not in mistakes:
                    reason = "write a length such as 3:05, or name an audio file, whose length is then used."
                    wrong.setdefault(line, {})[column] = reason

    def _length_ms(self, line: int, column: str, given: int | None, measured: int | None) -> int | None:
        """Return the given length, or the measured one if none is given or the two differ."""
        if given is None or measured is None or abs(given - measured) <= SAME_LENGTH_MS:
            return measured if given is None else given
        note = (
            f"Line {line}, {column}: the recording is {measured} ms long, not {given} ms. The store uses {measured} ms."
        )
        self.notes.append(note)
        return measured
