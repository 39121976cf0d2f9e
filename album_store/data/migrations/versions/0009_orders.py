"""Adds orders, payments, purchases, receipts and downloads."""

import sqlalchemy as sa

from album_store.data.migrations import steps
from album_store.data.types import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables; the counters of receipts and the id of the store come with the other reference rows."""
    steps.create_table(
        "ReceiptCounter",
        sa.Column("series", sa.String(10), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_ReceiptCounter"),
    )
    steps.create_index("ix_ReceiptCounter_created_date", "ReceiptCounter", ["created_date"])
    steps.create_table(
        "StoreIdentity",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("store_id", sa.String(32), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_StoreIdentity"),
    )
    steps.create_index("ix_StoreIdentity_created_date", "StoreIdentity", ["created_date"])
    steps.create_table(
        "ProviderEvent",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("gateway", sa.String(20), nullable=False),
        sa.Column("event_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(100), nullable=False),
        sa.Column("session_id", sa.String(255), nullable=False),
        sa.Column("applied_date", UtcDateTime(), nullable=True),
        sa.Column("next_try_date", UtcDateTime(), nullable=True),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ProviderEvent"),
    )
    steps.create_index(
        "ix_ProviderEvent_applied_date_ProviderEvent_created_date", "ProviderEvent", ["applied_date", "created_date"]
    )
    steps.create_index("ix_ProviderEvent_created_date", "ProviderEvent", ["created_date"])
    steps.create_index(
        "ix_ProviderEvent_gateway_ProviderEvent_event_id", "ProviderEvent", ["gateway", "event_id"], unique=True
    )
    steps.create_table(
        "Order",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("checkout_key", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("series", sa.String(10), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("paid_date", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(20), nullable=False),
        sa.Column("ip_address", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(500), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_Order"),
        sa.CheckConstraint("total_cents >= 0", name="total_not_negative"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["Account.id"], name="fk_Order_account_id_Account", ondelete="SET NULL"
        ),
        sa.UniqueConstraint("checkout_key", name="uq_Order_checkout_key"),
    )
    steps.create_index("ix_Order_account_id_Order_created_date", "Order", ["account_id", "created_date"])
    steps.create_index("ix_Order_created_date", "Order", ["created_date"])
    steps.create_index("ix_Order_email_Order_created_date", "Order", ["email", "created_date"])
    steps.create_index("ix_Order_paid_date", "Order", ["paid_date"])
    steps.create_index("ix_Order_problem", "Order", ["problem"])
    steps.create_table(
        "OrderLine",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("album_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("artist_name", sa.String(200), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_OrderLine"),
        sa.CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        sa.ForeignKeyConstraint(["album_id"], ["Album.id"], name="fk_OrderLine_album_id_Album", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["order_id"], ["Order.id"], name="fk_OrderLine_order_id_Order", ondelete="CASCADE"),
    )
    steps.create_index("ix_OrderLine_album_id", "OrderLine", ["album_id"])
    steps.create_index("ix_OrderLine_created_date", "OrderLine", ["created_date"])
    steps.create_index("ix_OrderLine_order_id", "OrderLine", ["order_id"])
    steps.create_table(
        "Payment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("gateway", sa.String(20), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("session_id", sa.String(255), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("next_check_date", UtcDateTime(), nullable=True),
        sa.Column("paid_date", UtcDateTime(), nullable=True),
        sa.Column("closed_date", UtcDateTime(), nullable=True),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_Payment"),
        sa.ForeignKeyConstraint(["order_id"], ["Order.id"], name="fk_Payment_order_id_Order", ondelete="CASCADE"),
    )
    steps.create_index("ix_Payment_created_date", "Payment", ["created_date"])
    steps.create_index("ix_Payment_gateway_Payment_session_id", "Payment", ["gateway", "session_id"], unique=True)
    steps.create_index("ix_Payment_next_check_date", "Payment", ["next_check_date"])
    steps.create_index("ix_Payment_order_id", "Payment", ["order_id"])
    steps.create_table(
        "Purchase",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("owner_key", sa.String(300), nullable=False),
        sa.Column("album_id", sa.Integer(), nullable=False),
        sa.Column("revoked_date", UtcDateTime(), nullable=True),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_Purchase"),
        sa.ForeignKeyConstraint(["album_id"], ["Album.id"], name="fk_Purchase_album_id_Album", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["OrderLine.id"], name="fk_Purchase_order_line_id_OrderLine", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("order_line_id", name="uq_Purchase_order_line_id"),
    )
    steps.create_index("ix_Purchase_album_id", "Purchase", ["album_id"])
    steps.create_index("ix_Purchase_created_date", "Purchase", ["created_date"])
    steps.create_index("ix_Purchase_owner_key_Purchase_album_id", "Purchase", ["owner_key", "album_id"])
    steps.create_index(
        "ix_Purchase_owner_key_Purchase_created_date_Purchase_id", "Purchase", ["owner_key", "created_date", "id"]
    )
    steps.create_table(
        "Receipt",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.String(32), nullable=False),
        sa.Column("series", sa.String(10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_Receipt"),
        sa.ForeignKeyConstraint(["order_id"], ["Order.id"], name="fk_Receipt_order_id_Order", ondelete="RESTRICT"),
        sa.UniqueConstraint("order_id", name="uq_Receipt_order_id"),
        sa.UniqueConstraint("series", "number", name="uq_Receipt_series_number"),
    )
    steps.create_index("ix_Receipt_created_date", "Receipt", ["created_date"])
    steps.create_table(
        "PurchaseLink",
        sa.Column("order_id", sa.String(32), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_ip_address", sa.String(64), nullable=False),
        sa.Column("created_user_agent", sa.String(500), nullable=False),
        sa.Column("expires_date", UtcDateTime(), nullable=False),
        sa.Column("used_date", UtcDateTime(), nullable=True),
        sa.Column("was_used", sa.Boolean(), nullable=False),
        sa.Column("used_ip_address", sa.String(64), nullable=False),
        sa.Column("used_user_agent", sa.String(500), nullable=False),
        sa.Column("superseded_date", UtcDateTime(), nullable=True),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_PurchaseLink"),
        sa.ForeignKeyConstraint(["order_id"], ["Order.id"], name="fk_PurchaseLink_order_id_Order", ondelete="CASCADE"),
    )
    steps.create_index("ix_PurchaseLink_created_date", "PurchaseLink", ["created_date"])
    steps.create_index("ix_PurchaseLink_email", "PurchaseLink", ["email"])
    steps.create_index("ix_PurchaseLink_expires_date", "PurchaseLink", ["expires_date"])
    steps.create_index("ix_PurchaseLink_order_id", "PurchaseLink", ["order_id"])
    steps.create_table(
        "BrowserAccess",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("order_id", sa.String(32), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_BrowserAccess"),
        sa.ForeignKeyConstraint(["order_id"], ["Order.id"], name="fk_BrowserAccess_order_id_Order", ondelete="CASCADE"),
    )
    steps.create_index(
        "ix_BrowserAccess_browser_hash_BrowserAccess_order_id", "BrowserAccess", ["browser_hash", "order_id"]
    )
    steps.create_index("ix_BrowserAccess_created_date", "BrowserAccess", ["created_date"])
    steps.create_index("ix_BrowserAccess_order_id", "BrowserAccess", ["order_id"])
    steps.create_table(
        "Download",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("purchase_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("audio", sa.String(200), nullable=False),
        sa.Column("file_name", sa.String(300), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_date", UtcDateTime(), nullable=False),
        sa.Column("ip_address", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(500), nullable=False),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_Download"),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["Purchase.id"], name="fk_Download_purchase_id_Purchase", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["track_id"], ["Track.id"], name="fk_Download_track_id_Track", ondelete="SET NULL"),
        sa.UniqueConstraint("token_hash", name="uq_Download_token_hash"),
    )
    steps.create_index("ix_Download_created_date", "Download", ["created_date"])
    steps.create_index("ix_Download_purchase_id", "Download", ["purchase_id"])
    steps.create_index("ix_Download_track_id", "Download", ["track_id"])
