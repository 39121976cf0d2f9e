"""Paid orders as CSV, for bookkeeping."""

import codecs
import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from album_store.data.dbsession import DbSessionFactory
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.receipt import Receipt
from album_store.data.receipt_counter import LIVE
from album_store.infrastructure.money import to_decimal

BATCH = 500
COLUMNS = (
    "paid",
    "receipt",
    "order",
    "email",
    "country",
    "items",
    "currency",
    "total",
    "refunded",
    "received",
    "received_currency",
    "fee",
    "fee_currency",
    "payment",
    "kind",
    "problem",
)
# What spreadsheets take for the beginning of a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class OrderExportService:
    """Reads orders in batches, each in a session of its own, so that memory is bounded however many there are."""

    _db_sessions: DbSessionFactory

    def lines(self, start: dt.datetime | None, end: dt.datetime | None, *, with_tests: bool) -> Iterator[bytes]:
        """Yield the CSV of the orders that were paid from `start` until before `end`, oldest first, batch by batch.

        An order that was paid twice has a row for each payment. Orders of test payments are no sales, and are left
        out unless `with_tests`.
        """
        # Without the mark at its beginning, Excel takes the file for one in the code page of the country.
        yield codecs.BOM_UTF8 + _csv([COLUMNS])
        after: tuple[dt.datetime, str] | None = None
        while True:
            with self._db_sessions.read() as dbsession:
                orders = _batch(dbsession, start, end, after, with_tests=with_tests)
                rows = _rows(dbsession, orders)
            if rows:
                yield _csv(rows)
            if len(orders) < BATCH:
                return
            after = (orders[-1].paid_date, orders[-1].id)


def _batch(
    dbsession: Session,
    start: dt.datetime | None,
    end: dt.datetime | None,
    after: tuple[dt.datetime, str] | None,
    *,
    with_tests: bool,
) -> Sequence[Order]:
    wanted: list[ColumnElement[bool]] = [Order.paid_date.is_not(None)]
    if start is not None:
        wanted.append(Order.paid_date >= start)
    if end is not None:
        wanted.append(Order.paid_date < end)
    if not with_tests:
        wanted.append(Order.series == LIVE)
    if after is not None:
        date, order_id = after
        wanted += [Order.paid_date >= date, or_(Order.paid_date > date, Order.id > order_id)]
    query = select(Order).where(*wanted).options(selectinload(Order.lines), selectinload(Order.problems))
    return dbsession.scalars(query.order_by(Order.paid_date, Order.id).limit(BATCH)).all()


def _rows(dbsession: Session, orders: Sequence[Order]) -> list[Sequence[Any]]:
    ids = [order.id for order in orders]
    paid = select(Payment).where(Payment.order_id.in_(ids), Payment.paid_date.is_not(None))
    payments = dbsession.scalars(paid.order_by(Payment.is_delivered.desc(), Payment.paid_date, Payment.id)).all()
    receipts = {one.order_id: one.label for one in dbsession.scalars(select(Receipt).where(Receipt.order_id.in_(ids)))}
    rows: list[Sequence[Any]] = []
    for order in orders:
        came = [one for one in payments if one.order_id == order.id]
        rows.append(_row(order, came[0] if came else None, receipts.get(order.id, "")))
        rows += [_row_of_other(order, payment) for payment in came[1:]]
    return rows


def _row(order: Order, payment: Payment | None, receipt: str) -> Sequence[Any]:
    """An order with the payment that paid it. What is refunded is in the currency of what came, if that is known."""
    return (
        _moment(order.paid_date),
        receipt,
        *_what(order, payment),
        _amount(order.total_cents, order.currency),
        _amount(order.refunded_cents, order.currency)
        if payment is None or not payment.received_currency
        else _amount(payment.refunded_cents, payment.received_currency),
        *_money(payment),
        order.series,
        _problems(order),
    )


def _row_of_other(order: Order, payment: Payment) -> Sequence[Any]:
    """Another payment of the same order, which has no receipt and no part in its total."""
    return (
        _moment(payment.paid_date),
        "",
        *_what(order, payment),
        _amount(0, order.currency),
        _amount(payment.refunded_cents, payment.received_currency),
        *_money(payment),
        order.series,
        _problems(order),
    )


def _problems(order: Order) -> str:
    """The kinds of problems that are open."""
    return "; ".join(problem.kind for problem in order.open_problems)


def _what(order: Order, payment: Payment | None) -> Sequence[str]:
    country, items = payment.country if payment else "", "; ".join(line.title for line in order.lines)
    return order.id, order.email, country, items, order.currency


def _money(payment: Payment | None) -> Sequence[Any]:
    if payment is None:
        return "", "", "", "", ""
    return (
        _amount(payment.received_cents, payment.received_currency),
        payment.received_currency,
        _amount(payment.fee_cents, payment.fee_currency),
        payment.fee_currency,
        payment.charge_id or "",
    )


def _amount(cents: int | None, currency: str) -> Any:
    """An amount of money; "" if it is not known."""
    return to_decimal(cents, currency) if currency and cents is not None else ""


def _moment(date: dt.datetime | None) -> str:
    return date.isoformat(timespec="seconds") if date else ""


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue().encode()


def _cell(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
