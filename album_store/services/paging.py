"""Keyset paging: a page begins after a row, not after a number of rows, so the last page costs what the first does."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, or_
from sqlalchemy.orm import Session

ADMIN_PAGE_SIZE = 50

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Microseconds since 1970, in as many digits as the calendar has room for, and an id.
_PLACE = re.compile(r"([0-9]{1,17})~([0-9a-f]{32})", re.ASCII)

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


def newest_first(dbsession: Session, query: Select[Any], model: Any, *, after: str = "") -> Page[Any]:
    """A page of a table whose ids are random, by date and then by id. A place that makes no sense is the beginning."""
    query = query.order_by(model.created_date.desc(), model.id.desc()).limit(ADMIN_PAGE_SIZE + 1)
    if place := _PLACE.fullmatch(after):
        when = _EPOCH + dt.timedelta(microseconds=int(place[1]))
        # The first condition is what an index can begin at; the second drops those of the same moment.
        query = query.where(model.created_date <= when, or_(model.created_date < when, model.id < place[2]))
    found = dbsession.scalars(query).all()
    rows = found[:ADMIN_PAGE_SIZE]
    return Page(rows, after=_place_of(rows[-1]) if len(found) > ADMIN_PAGE_SIZE else "")


def _place_of(row: Any) -> str:
    return f"{(row.created_date - _EPOCH) // dt.timedelta(microseconds=1)}~{row.id}"
