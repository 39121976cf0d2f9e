"""Paid orders as CSV, for bookkeeping."""

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

        Orders of test payments are no sales, and left out unless `with_tests`.
        """
        yield _csv([COLUMNS])
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
    query = select(Order).where(*wanted).options(selectinload(Order.lines))
    return dbsession.scalars(query.order_by(Order.paid_date, Order.id).limit(BATCH)).all()


def _rows(dbsession: Session, orders: Sequence[Order]) -> list[Sequence[Any]]:
    ids = [order.id for order in orders]
    paid = select(Payment).where(Payment.order_id.in_(ids), Payment.paid_date.is_not(None))
    # The payment that delivered the order comes last, and so is the one that is kept.
    payments = {one.order_id: one for one in dbsession.scalars(paid.order_by(Payment.is_delivered))}
    receipts = {one.order_id: one.label for one in dbsession.scalars(select(Receipt).where(Receipt.order_id.in_(ids)))}
    return [_row(order, payments.get(order.id), receipts.get(order.id, "")) for order in orders]


def _row(order: Order, payment: Payment | None, receipt: str) -> Sequence[Any]:
    came = payment is not None and payment.received_currency
    fee = payment is not None and payment.fee_cents is not None and payment.fee_currency
    return (
        order.paid_date and order.paid_date.isoformat(timespec="seconds"),
        receipt,
        order.id,
        order.email,
        payment.country if payment else "",
        ", ".join(line.title for line in order.lines),
        order.currency,
        to_decimal(order.total_cents, order.currency),
        to_decimal(order.refunded_cents, order.currency),
        to_decimal(payment.received_cents, payment.received_currency) if payment and came else "",
        payment.received_currency if payment else "",
        to_decimal(payment.fee_cents, payment.fee_currency) if payment and fee else "",
        payment.fee_currency if payment else "",
        (payment.charge_id or "") if payment else "",
        order.series,
        order.problem,
    )


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue().encode()


def _cell(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
