"""Keyset paging: a page begins after a row, not after a number of rows, so the last page costs what the first does."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
Key = tuple[Any, int]


@dataclass(frozen=True)
class Cursor:
    """A place in a sorted list: the sort value and the id of the row beside it."""

    value: str
    row_id: int

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Read a cursor as it stands in a URL, `12~a title`; None if it is none."""
        row_id, tilde, value = text.partition("~")
        # Longer numbers are no row ids, and too much for the database.
        if not tilde or not (row_id.isascii() and row_id.isdigit() and len(row_id) < 19):
            return None
        return cls(value[:300], int(row_id))

    def __str__(self) -> str:
        return f"{self.row_id}~{self.value}"

    def key(self, kind: type) -> Key | None:
        """The sort value as the type of its column, with the id; None if it cannot be one."""
        try:
            return _CONVERTERS[kind](self.value), self.row_id
        except ValueError:
            return None


def _whole_number(text: str) -> int:
    if len(text) > 18:
        raise ValueError(text)
    return int(text)


_CONVERTERS: dict[type, Any] = {str: str, int: _whole_number, dt.date: dt.date.fromisoformat}


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a long list, and where the pages beside them begin (empty: there is none)."""

    rows: Sequence[Row]
    after: str = ""
    before: str = ""
