"""Rows of a catalogue file by column."""

from collections.abc import Callable, Mapping, Sequence, Set
from itertools import chain
from typing import Any, NamedTuple

# Called with the line, the column and the description of a mistake.
Report = Callable[[int, str | None, str], None]


class Rows(NamedTuple):
    """Some rows: their lines, and the values of each column that the file has.

    They are kept by column, because Python handles a list of values faster than one value of each of many rows.
    `wrong` names, by line, the columns whose cells cannot be used; their values are None.
    """

    lines: Sequence[int]
    values: Mapping[str, Sequence[Any]]
    wrong: Mapping[int, Set[str]]

    @classmethod
    def joined(cls, parts: Sequence["Rows"]) -> "Rows":
        """Return the rows of all parts, which have the same columns."""
        if len(parts) == 1:
            return parts[0]
        lines = list(chain.from_iterable(part.lines for part in parts))
        columns = {
            column: list(chain.from_iterable(part.values[column] for part in parts)) for column in parts[0].values
        }
        return cls(lines, columns, {line: names for part in parts for line, names in part.wrong.items()})

    def at(self, positions: Sequence[int]) -> "Rows":
        """Return some of the rows."""
        values = {column: [cells[position] for position in positions] for column, cells in self.values.items()}
        return Rows([self.lines[position] for position in positions], values, self.wrong)

    def column(self, name: str, default: Any = None) -> Sequence[Any]:
        """Return the values of a column, or as many defaults if the file does not have it."""
        return self.values.get(name) or [default] * len(self.lines)

    def has_wrong(self, *columns: str) -> bool:
        """Return whether a cell in one of these columns cannot be used."""
        if not self.wrong:
            return False
        return any(self.is_wrong(position, column) for position in range(len(self.lines)) for column in columns)

    def is_wrong(self, position: int, column: str) -> bool:
        """Return whether the cell of a row cannot be used."""
        return column in self.wrong.get(self.lines[position], ())

    @property
    def artists(self) -> Sequence[str]:
        """The album artist of each row, or else its artist."""
        artists = self.values["artist"]
        of_album = self.values.get("album_artist")
        return [by or artist for by, artist in zip(of_album, artists, strict=True)] if of_album else artists

    @property
    def discs(self) -> Sequence[int]:
        """The disc of each row."""
        discs = self.values.get("disc")
        return [disc or 1 for disc in discs] if discs else [1] * len(self.lines)
