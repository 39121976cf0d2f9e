"""Adds refunds, credit notes and disputes, and what is known of the money that came."""

import sqlalchemy as sa
from alembic import op

from album_store.data.migrations import steps
from album_store.data.types import UtcDateTime

revision = "0012"
down_revision = "0011"

ORDER = sa.table("Order", sa.column("id"), *map(sa.column, ("total_cents", "currency", "problem")))
PAYMENT = sa.table(
    "Payment",
    *map(sa.column, ("id", "order_id", "paid_date", "received_cents", "received_currency", "is_delivered")),
)


def upgrade() -> None:
    """Create the tables and columns, and note what came with the payments that were right."""
    _add_columns()
    _create_tables()
    _note_what_came()
    steps.add_check("Order", "refunded_within_total", "refunded_cents >= 0 AND refunded_cents <= total_cents")
    steps.add_check("Payment", "refunded_within_received", "refunded_cents >= 0 AND refunded_cents <= received_cents")


def _add_columns() -> None:
    for table, column in (
        ("Order", sa.Column("refunded_cents", sa.Integer(), nullable=False, server_default="0")),
        ("Payment", sa.Column("charge_id", sa.String(255))),
        ("Payment", sa.Column("received_cents", sa.Integer(), nullable=False, server_default="0")),
        ("Payment", sa.Column("received_currency", sa.String(3), nullable=False, server_default="")),
        ("Payment", sa.Column("refunded_cents", sa.Integer(), nullable=False, server_default="0")),
        ("Payment", sa.Column("fee_cents", sa.Integer())),
        ("Payment", sa.Column("fee_currency", sa.String(3), nullable=False, server_default="")),
        ("Payment", sa.Column("country", sa.String(2), nullable=False, server_default="")),
        ("Payment", sa.Column("is_delivered", sa.Boolean(), nullable=False, server_default=sa.false())),
        ("ProviderEvent", sa.Column("charge_id", sa.String(255), nullable=False, server_default="")),
        ("OutgoingMail", sa.Column("order_id", sa.String(32))),
    ):
        steps.add_column(table, column)
    steps.create_index("ix_Payment_gateway_Payment_charge_id", "Payment", ["gateway", "charge_id"])
    steps.create_index("ix_ProviderEvent_session_id", "ProviderEvent", ["session_id"])
    steps.create_index("ix_ProviderEvent_charge_id", "ProviderEvent", ["charge_id"])
    steps.create_index("ix_OutgoingMail_order_id", "OutgoingMail", ["order_id"])
    steps.create_index("ix_Order_problem_Order_created_date_Order_id", "Order", ["problem", "created_date", "id"])
    steps.drop_index("ix_Order_problem", "Order")
    steps.create_index("ix_Order_paid_date_Order_id", "Order", ["paid_date", "id"])
    steps.drop_index("ix_Order_paid_date", "Order")
    steps.create_index("ix_OrderLine_album_id_OrderLine_id", "OrderLine", ["album_id", "id"])
    steps.drop_index("ix_OrderLine_album_id", "OrderLine")


def _create_tables() -> None:
    steps.create_table(
        "Refund",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("payment_id", sa.String(32), nullable=False),
        sa.Column("provider_id", sa.String(255), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("requested_by", sa.String(254), nullable=False),
        sa.Column("revokes_access", sa.Boolean(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("next_try_date", UtcDateTime(), nullable=True),
        sa.Column("succeeded_date", UtcDateTime(), nullable=True),
        sa.Column("failed_date", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.String(200), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_Refund"),
        sa.CheckConstraint("amount_cents > 0", name="amount_positive"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["Payment.id"], name="fk_Refund_payment_id_Payment", ondelete="RESTRICT"
        ),
    )
    steps.create_index("ix_Refund_created_date", "Refund", ["created_date"])
    steps.create_index("ix_Refund_next_try_date", "Refund", ["next_try_date"])
    steps.create_index("ix_Refund_payment_id_Refund_provider_id", "Refund", ["payment_id", "provider_id"], unique=True)
    steps.create_table(
        "RefundLine",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("refund_id", sa.String(32), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_RefundLine"),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["Refund.id"], name="fk_RefundLine_refund_id_Refund", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["OrderLine.id"], name="fk_RefundLine_order_line_id_OrderLine", ondelete="RESTRICT"
        ),
        sa.UniqueConstraint("refund_id", "order_line_id", name="uq_RefundLine_refund_id_order_line_id"),
    )
    steps.create_index("ix_RefundLine_created_date", "RefundLine", ["created_date"])
    steps.create_index("ix_RefundLine_order_line_id", "RefundLine", ["order_line_id"])
    steps.create_table(
        "CreditNote",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("refund_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(10), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_CreditNote"),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["Refund.id"], name="fk_CreditNote_refund_id_Refund", ondelete="RESTRICT"
        ),
        sa.UniqueConstraint("refund_id", name="uq_CreditNote_refund_id"),
        sa.UniqueConstraint("series", "number", name="uq_CreditNote_series_number"),
    )
    steps.create_index("ix_CreditNote_created_date", "CreditNote", ["created_date"])
    steps.create_table(
        "Dispute",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("payment_id", sa.String(32), nullable=False),
        sa.Column("provider_id", sa.String(255), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.String(100), nullable=False),
        sa.Column("due_date", UtcDateTime(), nullable=True),
        sa.Column("won_date", UtcDateTime(), nullable=True),
        sa.Column("lost_date", UtcDateTime(), nullable=True),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_Dispute"),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["Payment.id"], name="fk_Dispute_payment_id_Payment", ondelete="RESTRICT"
        ),
    )
    steps.create_index("ix_Dispute_created_date", "Dispute", ["created_date"])
    steps.create_index(
        "ix_Dispute_payment_id_Dispute_provider_id", "Dispute", ["payment_id", "provider_id"], unique=True
    )


def _note_what_came() -> None:
    """The first payment of each order was that of its total, unless the order says that it differed."""
    connection = op.get_bind()
    query = (
        sa.select(PAYMENT.c.id, PAYMENT.c.order_id, ORDER.c.total_cents, ORDER.c.currency)
        .join(ORDER, ORDER.c.id == PAYMENT.c.order_id)
        .where(PAYMENT.c.paid_date.is_not(None), PAYMENT.c.received_cents == 0, ORDER.c.problem != "differs")
        .order_by(PAYMENT.c.order_id, PAYMENT.c.paid_date)
    )
    delivered = set()
    for payment_id, order_id, total_cents, currency in connection.execute(query).all():
        is_first = order_id not in delivered
        delivered.add(order_id)
        noted = {"received_cents": total_cents, "received_currency": currency, "is_delivered": is_first}
        connection.execute(PAYMENT.update().where(PAYMENT.c.id == payment_id).values(noted))
