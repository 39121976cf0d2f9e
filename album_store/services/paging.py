"""Keyset pagination: a page starts after a row, not at an offset, so the last page costs no more than the first."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from string import punctuation
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

ADMIN_PAGE_SIZE = 50

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Microseconds since 1970, with at most as many digits as datetime can hold, and an id.
_PLACE = re.compile(r"([0-9]{1,17})~([0-9a-f]{32})", re.ASCII)

Row = TypeVar("Row")
Key = tuple[Any, int]


@dataclass(frozen=True)
class Cursor:
    """A position in a sorted list: the sort value and the id of the adjacent row."""

    value: str
    row_id: int

    @classmethod
    def parse(cls, text: str) -> "Cursor | None":
        """Parse a cursor from a URL, such as `12~a title`; None if it is invalid.

        Sort values end with a letter or a digit, so what punctuation follows was copied with the URL.
        """
        row_id, tilde, value = text.partition("~")
        # Longer numbers are not row ids and would overflow the database's integers.
        if not tilde or not (row_id.isascii() and row_id.isdigit() and len(row_id) < 19):
            return None
        return cls(value[:300].rstrip(punctuation), int(row_id))

    def __str__(self) -> str:
        return f"{self.row_id}~{self.value}"

    def key(self, kind: type) -> Key | None:
        """The sort value converted to the type of its column, and the id; None if it cannot be converted."""
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
    """One page of rows, and the cursors of the next (`after`) and previous (`before`) page; "" if there is none."""

    rows: Sequence[Row]
    after: str = ""
    before: str = ""


@dataclass(frozen=True)
class Order:
    """A sort order: a column and the type of its values, and the id column that orders rows with equal values."""

    column: InstrumentedAttribute[Any]
    kind: type
    row_id: InstrumentedAttribute[int]
    descending: bool = False


def keyset_page(
    dbsession: Session,
    query: Select[Any],
    where: ColumnElement[bool],
    order: Order,
    size: int,
    *,
    after: str = "",
    before: str = "",
    start: Any = None,
) -> Page[Any]:
    """Return a page of at most `size` rows in the given order. An invalid cursor returns the first page.

    `query` loads rows, and `where` says which of them are on the list. First the ids of the page are found in the index
    alone: with the columns of whole rows, MariaDB reads the list from its start.

    The list starts at the sort value `start`, if given. As a condition of the query it would be a second bound of the
    same index range, and databases may choose the wrong one.
    """
    cursor = Cursor.parse(before or after)
    key = cursor.key(order.kind) if cursor else None
    backwards = key is not None and bool(before)
    if key and not backwards and start is not None and (key[0] > start if order.descending else key[0] < start):
        key = None
    ids_of = select(order.row_id).where(where).order_by(*_sorting(order, backwards))
    ids: list[int] = []
    for within in _beyond(order, key, start, backwards=backwards):
        if len(ids) <= size:
            ids += dbsession.scalars(ids_of.where(within).limit(size + 1 - len(ids)))
    by_id = {row.id: row for row in dbsession.scalars(query.where(order.row_id.in_(ids)))} if ids else {}
    found = [by_id[row_id] for row_id in ids if row_id in by_id]
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, key is not None)
    return Page(
        rows,
        after=_cursor_at(order, rows[-1]) if rows and has_next else "",
        before=_cursor_at(order, rows[0]) if rows and has_previous else "",
    )


def _beyond(order: Order, key: Key | None, start: Any, *, backwards: bool) -> Sequence[ColumnElement[bool]]:
    """Return the ranges beyond a key: first the remaining rows with the same sort value, then the others.

    With one row-value comparison, SQLite would use only the first column of the index, and scan all rows with the same
    price for the id.
    """
    column, row_id = order.column, order.row_id
    from_start = true() if start is None else column <= start if order.descending else column >= start
    if key is None:
        return [from_start]
    if order.descending != backwards:
        ranges = [and_(column == key[0], row_id < key[1]), column < key[0]]
    else:
        ranges = [and_(column == key[0], row_id > key[1]), column > key[0]]
    return [and_(within, from_start) for within in ranges] if backwards else ranges


def _sorting(order: Order, backwards: bool) -> list[ColumnElement[Any]]:
    columns = [order.column, order.row_id]
    return [column.desc() if order.descending != backwards else column.asc() for column in columns]


def _cursor_at(order: Order, row: Any) -> str:
    return str(Cursor(str(getattr(row, order.column.key)), row.id))


def newest_first(dbsession: Session, query: Select[Any], model: Any, *, after: str = "") -> Page[Any]:
    """Return a page of a table with random ids, newest first. An invalid `after` returns the first page."""
    query = query.order_by(model.created_date.desc(), model.id.desc()).limit(ADMIN_PAGE_SIZE + 1)
    if place := _PLACE.fullmatch(after):
        when = _EPOCH + dt.timedelta(microseconds=int(place[1]))
        # The first condition lets an index find the start; the second drops rows of the same date already shown.
        query = query.where(model.created_date <= when, or_(model.created_date < when, model.id < place[2]))
    found = dbsession.scalars(query).all()
    rows = found[:ADMIN_PAGE_SIZE]
    return Page(rows, after=_place_of(rows[-1]) if len(found) > ADMIN_PAGE_SIZE else "")


def _place_of(row: Any) -> str:
    return f"{(row.created_date - _EPOCH) // dt.timedelta(microseconds=1)}~{row.id}"
