"""Fills a database with many orders, through the tables."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import insert

from album_store.data.audit_entry import AuditEntry
from album_store.data.credit_note import CreditNote
from album_store.data.dbsession import DbSessionFactory
from album_store.data.download import Download
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.order_problem import OrderProblem
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.payment import Payment
from album_store.data.provider_event import ProviderEvent
from album_store.data.purchase import Purchase, email_key
from album_store.data.receipt import Receipt
from album_store.data.receipt_counter import LIVE, credit_series
from album_store.data.refund import Refund
from album_store.data.types import utc_now
from album_store.services.store.order_problems import PROBLEMS

CHUNK = 1_000
# Of so many orders, one has a problem, a refund, or is not paid.
PROBLEM_EACH, REFUND_EACH, UNPAID_EACH = 4, 50, 10

Rows = dict[type[SqlAlchemyBase], list[dict[str, Any]]]


def order_id(number: int) -> str:
    """Return the id of the order with a number. Numbers count from 1, and 1 is the newest order."""
    return f"{number:032x}"


def email_of(number: int) -> str:
    """Return the address of the buyer of an order. Half of all orders are of fifty buyers."""
    return f"buyer{number % 50 if number % 2 else number}@example.org"


def fill_orders(db_sessions: DbSessionFactory, numbers: range, album_ids: Sequence[int], owner: str) -> None:
    """Add orders with these numbers and all that follows from them, a minute apart; `owner` hears of problems."""
    now = utc_now()
    for start in range(0, len(numbers), CHUNK):
        rows: Rows = defaultdict(list)
        for number in numbers[start : start + CHUNK]:
            for model, row in _rows(number, now - dt.timedelta(minutes=number), album_ids, owner):
                rows[model].append(row)
        with db_sessions.begin() as dbsession:
            for model, of_model in rows.items():
                dbsession.connection().execute(insert(SqlAlchemyBase.metadata.tables[model.__tablename__]), of_model)


def _rows(
    number: int, when: dt.datetime, album_ids: Sequence[int], owner: str
) -> Iterator[tuple[type[SqlAlchemyBase], dict[str, Any]]]:
    """Yield the rows of one order, in an order that the foreign keys allow."""
    of_order, dated, email = {"order_id": order_id(number)}, {"created_date": when}, email_of(number)
    is_paid, is_refunded = number % UNPAID_EACH != 0, number % REFUND_EACH == 1
    paid_date, session = when if is_paid else None, f"cs_{number}"
    album_id = album_ids[0 if number % 2 else number % len(album_ids)]
    problem = list(PROBLEMS)[number // PROBLEM_EACH % len(PROBLEMS)] if number % PROBLEM_EACH == 0 else ""
    yield Order, {
        "id": order_id(number), "checkout_key": order_id(number), "email": email, "series": LIVE, "currency": "EUR",
        "total_cents": 900, "refunded_cents": 900 if is_refunded else 0, "paid_date": paid_date,
        "ip_address": "192.0.2.7", "user_agent": "Mozilla/5.0 (X11; Linux x86_64)", **dated,
    }  # fmt: skip
    yield OrderLine, {
        "id": number, "album_id": album_id, "title": f"Album {album_id}", "artist_name": "Ada Sound",
        "amount_cents": 900, **of_order, **dated,
    }  # fmt: skip
    yield Payment, {
        "id": order_id(number), "gateway": "stripe", "parameters": "{}", "session_id": session,
        "charge_id": f"pi_{number}" if is_paid else None, "paid_date": paid_date, "is_delivered": is_paid,
        "received_cents": 900 if is_paid else 0, "received_currency": "EUR" if is_paid else "",
        "refunded_cents": 900 if is_refunded else 0, **of_order, **dated,
    }  # fmt: skip
    event = {"gateway": "stripe", "kind": "checkout.session.completed", "applied_date": when, **dated}
    yield ProviderEvent, {**event, "event_id": f"evt_{number}", "session_id": session, "charge_id": ""}
    yield ProviderEvent, {**event, "event_id": f"evt_c{number}", "session_id": "", "charge_id": f"pi_{number}"}
    mail = {"subject": "Your receipt", "next_attempt_date": None, "sent_date": when, **of_order, **dated}
    yield AuditEntry, {"id": order_id(number), "action": "x", "actor": owner, "target": order_id(number), **dated}
    if problem:
        noted = {"id": order_id(number), "kind": problem, "is_open": True, "done_by": ""}
        yield OrderProblem, {**noted, **of_order, **dated}
        yield OutgoingMail, {**mail, "kind": "order-problem", "recipient": owner}
    if not is_paid:
        return
    yield OutgoingMail, {**mail, "kind": "receipt", "recipient": email}
    yield Receipt, {"series": LIVE, "number": number, **of_order, **dated}
    yield Purchase, {
        "id": number, "order_line_id": number, "owner_key": email_key(email), "album_id": album_id, **dated
    }  # fmt: skip
    yield Download, {
        "purchase_id": number, "audio": "x.wav", "file_name": "x.wav", "token_hash": order_id(number),
        "expires_date": when, **dated,
    }  # fmt: skip
    if is_refunded:
        yield Refund, {
            "id": order_id(number), "payment_id": order_id(number), "provider_id": f"re_{number}",
            "amount_cents": 900, "currency": "EUR", "succeeded_date": when, **dated,
        }  # fmt: skip
        yield CreditNote, {
            "refund_id": order_id(number), "number": number, "series": credit_series(LIVE), **dated
        }  # fmt: skip
