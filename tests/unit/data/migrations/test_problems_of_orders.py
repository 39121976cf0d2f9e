"""The problem of each order becomes a row of its own, and what was held stays held."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import String, column, insert, select, table, true

from album_store.data.migrations import schema
from album_store.data.order import Order
from album_store.data.order_problem import OrderProblem
from album_store.data.types import UtcDateTime
from tests.support.interruption import InterruptionError, interrupted

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
PROBLEMS = ("", "differs", "unknown", "disputed", "withdrawn", "")
ORDER = table(
    "Order",
    column("created_date", UtcDateTime()),
    *(column(name, String()) for name in ("id", "checkout_key", "email", "series", "currency", "problem")),
    *map(column, ("total_cents", "ip_address", "user_agent")),
)


@pytest.fixture
def with_orders(old, tmp_path, monkeypatch):
    """A database of the version before, with an order for each problem."""
    versions = tmp_path / "before"
    shutil.copytree(schema.VERSIONS, versions, ignore=shutil.ignore_patterns("__pycache__", "0015_*"))
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSIONS", versions)
        old.migrate()
    shared = {"email": "", "series": "live", "currency": "EUR", "total_cents": 900, "ip_address": "", "user_agent": ""}
    with old.engine.begin() as connection:
        for number, problem in enumerate(PROBLEMS):
            values = {"id": str(number), "checkout_key": str(number), "created_date": FIRST + timedelta(days=number)}
            connection.execute(insert(ORDER).values(problem=problem, **values, **shared))
    return old


@pytest.mark.every_database
def test_problems_are_moved_once_even_if_the_migration_is_interrupted(with_orders, monkeypatch):
    engine = with_orders.database.create_migration_engine()
    monkeypatch.setattr(with_orders.database, "create_migration_engine", lambda: engine)
    for due in ("INSERT", "UPDATE", "DROP INDEX"):
        with interrupted(engine, lambda text, due=due: text.startswith(due)), pytest.raises(InterruptionError):
            with_orders.migrate()
    assert with_orders.migrate() == ["0015"]
    with with_orders.read() as dbsession:
        assert dbsession.scalars(select(Order.id).where(Order.is_held == true()).order_by(Order.id)).all() == ["1", "2"]
        found = select(OrderProblem.order_id, OrderProblem.kind, OrderProblem.created_date)
        is_open = (OrderProblem.is_open == true(), OrderProblem.done_date.is_(None))
        assert dbsession.execute(found.where(*is_open).order_by(OrderProblem.order_id)).all() == [
            (str(number), problem, FIRST + timedelta(days=number)) for number, problem in enumerate(PROBLEMS) if problem
        ]
