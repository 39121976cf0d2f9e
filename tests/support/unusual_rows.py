"""Rows of unusual values for any tables."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, Integer, String, Table, Text

from album_store.data.album import Album
from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.order_problem import OrderProblem
from album_store.data.types import UtcDateTime

TEXTS = (
    'O\u2019Brien\\\'s "%s" -- {0} \\n \t\r\n; 100% & <b>',
    " É é ß ﬁ İ \u00a0 日本 Ω\u200d \U0001f469\u200d\U0001f4bb \u202eabc ",
    "\x01\x1a\x7f \ufeff null NULL \U0010ffff\t",
)
MOMENTS = (
    datetime(1970, 1, 1, 0, 0, 0, 1, UTC),
    datetime(2026, 3, 29, 1, 30, 0, 999_999, UTC),  # an hour that clocks in Europe skip
    datetime(2038, 1, 19, 3, 14, 8, 0, UTC),  # more seconds than 32 bits count
)
DAYS = (date(1000, 1, 1), date(2024, 2, 29), date(9999, 12, 31))
NUMBERS = (1, 2_147_483_647, 65_536)
MAX_LONG = 70_000
COUNT = len(TEXTS)


def unusual_rows(tables: Iterable[Table]) -> dict[Table, list[dict[str, Any]]]:
    """Return three rows for each table, in the order of the tables; rows refer to those of the tables before.

    Where a value may be missing, the second row has none.
    """
    made: dict[Table, list[dict[str, Any]]] = {}
    for table in tables:
        made[table] = [
            {column.name: _value(column, number, made) for column in table.columns} for number in range(COUNT)
        ]
    return made


def _value(column: Column[Any], number: int, made: dict[Table, list[dict[str, Any]]]) -> Any:
    # The second cart has no account, so it is the only one with a secret.
    if column is Cart.__table__.c.secret_hash:
        return "1" * 64 if number == 1 else None
    # The second item is an album, and the others are tracks.
    if column is CartItem.__table__.c.album_id:
        return made[Album.__table__][number]["id"] if number == 1 else None
    # A problem is open until it is done, and the second row has no date.
    if column is OrderProblem.__table__.c.is_open:
        return number == 1
    if column.nullable and number == 1:
        return None
    for key in column.foreign_keys:
        return made[key.column.table][number][key.column.name]
    if column.primary_key and isinstance(column.type, Integer):
        return 1_000 + 10 * number
    if isinstance(column.type, Text):
        return TEXTS[number] + "long " * (MAX_LONG // 5 if number == 0 else 10)
    if isinstance(column.type, String):
        return f"{number}{TEXTS[number]}"[: column.type.length].ljust(min(3, column.type.length))
    values: dict[type, tuple[Any, ...]] = {
        Boolean: (True, False, True),
        Date: DAYS,
        Integer: NUMBERS,
        UtcDateTime: MOMENTS,
    }
    return values[type(column.type)][number]
