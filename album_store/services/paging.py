"""Keyset pagination: a page starts after a row, not at an offset, so the last page costs no more than the first."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import punctuation
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

ADMIN_PAGE_SIZE = 50
# The largest value of an integer column on every database. PostgreSQL refuses to compare a column with a larger one.
MAX_INTEGER = 2**31 - 1

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Microseconds since 1970, with at most as many digits as datetime can hold, and an id: a random one or a number.
_PLACE = re.compile(r"([0-9]{1,17})~(?:([0-9a-f]{32})|([0-9]{1,18}))", re.ASCII)

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
        # Longer numbers are not row ids.
        if not tilde or not (row_id.isascii() and row_id.isdigit() and len(row_id) < 19):
            return None
        return cls(value[:300].rstrip(punctuation), min(int(row_id), MAX_INTEGER))

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
    return max(-MAX_INTEGER, min(int(text), MAX_INTEGER))


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
    **values: Any,
) -> Page[Any]:
    """Return a page of at most `size` rows in the given order. An invalid cursor returns the first page.

    `query` selects columns, the id among them, and `where` says which rows are on the list; `values` are those of its
    parameters. Pass the same objects each time, because their statements are built once. First the ids of the page are
    found in the index alone: with the columns of whole rows, MariaDB reads the list from its start.

    The list starts at the sort value `start`, if given. As a condition of the query it would be a second bound of the
    same index range, and databases may choose the wrong one.
    """
    cursor = Cursor.parse(before or after)
    key = cursor.key(order.kind) if cursor else None
    backwards = key is not None and bool(before)
    if key and not backwards and start is not None and (key[0] > start if order.descending else key[0] < start):
        key = None
    if key:
        values |= {"key_value": key[0], "key_id": key[1]}
    if start is not None:
        values["start"] = start
    connection = dbsession.connection()  # columns do not need the ORM, which would double the time of a statement
    found: list[Key] = []
    for keys in _keys(where, order, from_key=key is not None, from_start=start is not None, backwards=backwards):
        if len(found) <= size:
            found += connection.execute(keys, values | {"size": size + 1 - len(found)})
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    ids = [row_id for _, row_id in shown]
    by_id = {row.id: row for row in connection.execute(_rows(query, order.row_id), {"ids": ids})} if ids else {}
    has_next, has_previous = (True, more) if backwards else (more, key is not None)
    return Page(
        [by_id[row_id] for row_id in ids if row_id in by_id],
        after=_cursor_at(shown[-1]) if shown and has_next else "",
        before=_cursor_at(shown[0]) if shown and has_previous else "",
    )


@lru_cache(256)
def _rows(query: Select[Any], row_id: InstrumentedAttribute[int]) -> Select[Any]:
    return query.where(row_id.in_(bindparam("ids", expanding=True)))


@lru_cache(256)
def _keys(
    where: ColumnElement[bool], order: Order, *, from_key: bool, from_start: bool, backwards: bool
) -> Sequence[Select[Any]]:
    """Return the statements that find the sort values and ids of a page, in the order in which they are run.

    From a key, the first finds the remaining rows with the same sort value, the second the others. With one row-value
    comparison, SQLite would use only the first column of the index, and scan all rows with the same price for the id.
    """
    column, row_id, descending = order.column, order.row_id, order.descending != backwards
    sorting = (column.desc(), row_id.desc()) if descending else (column.asc(), row_id.asc())
    keys = select(column, row_id).where(where).order_by(*sorting).limit(bindparam("size", type_=Integer))
    start = bindparam("start", type_=column.type)
    if from_start and (backwards or not from_key):
        keys = keys.where(column <= start if order.descending else column >= start)
    if not from_key:
        return [keys]
    value, key_id = bindparam("key_value", type_=column.type), bindparam("key_id", type_=row_id.type)
    if descending:
        return [keys.where(column == value, row_id < key_id), keys.where(column < value)]
    return [keys.where(column == value, row_id > key_id), keys.where(column > value)]


def _cursor_at(key: Key) -> str:
    return str(Cursor(str(key[0]), key[1]))


def newest_first(dbsession: Session, query: Select[Any], model: Any, *, after: str = "") -> Page[Any]:
    """Return a page of a table, newest first. An invalid `after` returns the first page."""
    query = query.order_by(model.created_date.desc(), model.id.desc()).limit(ADMIN_PAGE_SIZE + 1)
    place = _PLACE.fullmatch(after)
    row_id: Any = place and (min(int(place[3] or 0), MAX_INTEGER) if isinstance(model.id.type, Integer) else place[2])
    if place and row_id:
        when = _EPOCH + dt.timedelta(microseconds=int(place[1]))
        # The first condition lets an index find the start; the second drops rows of the same date already shown.
        query = query.where(model.created_date <= when, or_(model.created_date < when, model.id < row_id))
    found = dbsession.scalars(query).all()
    rows = found[:ADMIN_PAGE_SIZE]
    return Page(rows, after=_place_of(rows[-1]) if len(found) > ADMIN_PAGE_SIZE else "")


def _place_of(row: Any) -> str:
    return f"{(row.created_date - _EPOCH) // dt.timedelta(microseconds=1)}~{row.id}"
