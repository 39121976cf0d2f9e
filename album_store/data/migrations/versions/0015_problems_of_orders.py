"""Adds a table for the problems of orders, of which there was one in each order, and an index of audited targets."""

import sqlalchemy as sa
from alembic import op

from album_store.data.migrations import steps
from album_store.data.types import UtcDateTime

revision = "0015"
down_revision = "0014"

ORDER = sa.table("Order", *map(sa.column, ("id", "problem", "is_held", "created_date")))
PROBLEM = sa.table("OrderProblem", *map(sa.column, ("id", "order_id", "kind", "is_open", "done_by", "created_date")))
HELD = ("differs", "unknown")


def upgrade() -> None:
    """Add the table, move the problems there, and keep in the order only whether nothing was delivered."""
    steps.create_index("ix_AuditEntry_target_AuditEntry_created_date", "AuditEntry", ["target", "created_date"])
    steps.create_table(
        "OrderProblem",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("done_date", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.String(254), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.CheckConstraint("is_open = (done_date IS NULL)", name=op.f("ck_OrderProblem_open_until_done")),
        sa.PrimaryKeyConstraint("id", name="pk_OrderProblem"),
        sa.ForeignKeyConstraint(["order_id"], ["Order.id"], name="fk_OrderProblem_order_id_Order", ondelete="CASCADE"),
    )
    steps.create_index("ix_OrderProblem_created_date", "OrderProblem", ["created_date"])
    steps.create_index("ix_OrderProblem_order_id", "OrderProblem", ["order_id"])
    steps.create_index("ix_OrderProblem_open", "OrderProblem", ["is_open", "created_date", "id"])
    steps.create_index("ix_OrderProblem_kind", "OrderProblem", ["kind", "is_open", "created_date", "id"])
    steps.add_column("Order", sa.Column("is_held", sa.Boolean(), nullable=False, server_default=sa.false()))
    steps.create_index(
        "ix_Order_account_id_Order_is_held_Order_created_date", "Order", ["account_id", "is_held", "created_date"]
    )
    if steps.has_column("Order", "problem"):
        _move_problems()
    steps.drop_index("ix_Order_problem_Order_created_date_Order_id", "Order")
    steps.drop_index("ix_Order_account_id_Order_problem_Order_created_date", "Order")
    steps.drop_column("Order", "problem")


def _move_problems() -> None:
    """Write the problem of each order as an open one, with the id of the order, by which a second run knows it."""
    connection = op.get_bind()
    is_left = (ORDER.c.problem != "", ~sa.exists().where(PROBLEM.c.id == ORDER.c.id))
    row = (ORDER.c.id, ORDER.c.id, ORDER.c.problem, sa.true(), sa.literal(""), ORDER.c.created_date)
    connection.execute(PROBLEM.insert().from_select(list(PROBLEM.c.keys()), sa.select(*row).where(*is_left)))
    connection.execute(ORDER.update().where(ORDER.c.problem.in_(HELD)).values(is_held=sa.true()))
