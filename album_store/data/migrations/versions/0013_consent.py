"""Adds consent, withdrawals, the browsers of guests, tests of the payment provider, and search words of order lines."""

import sqlalchemy as sa
from alembic import op

from album_store.data.migrations import steps
from album_store.data.order_line import MAX_SEARCH_WORDS, search_words_of
from album_store.data.types import UtcDateTime

revision = "0013"
down_revision = "0012"

CHUNK = 1_000
LINE = sa.table("OrderLine", *map(sa.column, ("id", "title", "artist_name", "album_title", "search_words")))


def upgrade() -> None:
    """Add the columns and tables, and fill the search words."""
    steps.add_column("Order", sa.Column("consent_date", UtcDateTime(), nullable=True))
    steps.add_column("Order", sa.Column("browser_hash", sa.String(64), nullable=False, server_default=""))
    steps.create_index(
        "ix_Order_account_id_Order_problem_Order_created_date", "Order", ["account_id", "problem", "created_date"]
    )
    steps.add_column(
        "OrderLine", sa.Column("search_words", sa.String(MAX_SEARCH_WORDS), nullable=False, server_default="")
    )
    steps.create_table(
        "Withdrawal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_Withdrawal"),
        sa.ForeignKeyConstraint(["order_id"], ["Order.id"], name="fk_Withdrawal_order_id_Order", ondelete="CASCADE"),
        sa.UniqueConstraint("order_id", name="uq_Withdrawal_order_id"),
    )
    steps.create_index("ix_Withdrawal_created_date", "Withdrawal", ["created_date"])
    steps.create_table(
        "GatewayTest",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("gateway", sa.String(20), nullable=False),
        sa.Column("session_id", sa.String(255), nullable=False),
        sa.Column("clock_difference_s", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(500), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_GatewayTest"),
    )
    steps.create_index("ix_GatewayTest_created_date", "GatewayTest", ["created_date"])
    _fill_search_words()


def _fill_search_words() -> None:
    connection, last = op.get_bind(), 0
    columns = (LINE.c.id, LINE.c.title, LINE.c.artist_name, LINE.c.album_title)
    chunk = sa.select(*columns).order_by(LINE.c.id).limit(CHUNK)
    fill = LINE.update().where(LINE.c.id == sa.bindparam("line_id")).values(search_words=sa.bindparam("words"))
    while lines := connection.execute(chunk.where(LINE.c.id > last)).all():
        connection.execute(fill, [{"line_id": line_id, "words": search_words_of(*names)} for line_id, *names in lines])
        last = lines[-1].id
