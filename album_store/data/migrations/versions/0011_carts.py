"""Adds carts."""

import sqlalchemy as sa

from album_store.data.migrations import steps
from album_store.data.types import UtcDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the tables."""
    steps.create_table(
        "Cart",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("secret_hash", sa.String(64), nullable=True),
        sa.Column("expires_date", UtcDateTime(), nullable=True),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_Cart"),
        sa.CheckConstraint("(account_id IS NULL) <> (secret_hash IS NULL)", name="one_owner"),
        sa.ForeignKeyConstraint(["account_id"], ["Account.id"], name="fk_Cart_account_id_Account", ondelete="CASCADE"),
        sa.UniqueConstraint("account_id", name="uq_Cart_account_id"),
        sa.UniqueConstraint("secret_hash", name="uq_Cart_secret_hash"),
    )
    steps.create_index("ix_Cart_created_date", "Cart", ["created_date"])
    steps.create_index("ix_Cart_expires_date", "Cart", ["expires_date"])
    steps.create_table(
        "CartItem",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("cart_id", sa.String(32), nullable=False),
        sa.Column("album_id", sa.Integer(), nullable=True),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("order_id", sa.String(32), nullable=True),
        sa.Column("created_date", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_CartItem"),
        sa.CheckConstraint("(album_id IS NULL) <> (track_id IS NULL)", name="one_item"),
        sa.CheckConstraint("amount_cents >= 0", name="amount_not_negative"),
        sa.ForeignKeyConstraint(["cart_id"], ["Cart.id"], name="fk_CartItem_cart_id_Cart", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["album_id"], ["Album.id"], name="fk_CartItem_album_id_Album", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["track_id"], ["Track.id"], name="fk_CartItem_track_id_Track", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["order_id"], ["Order.id"], name="fk_CartItem_order_id_Order", ondelete="SET NULL"),
    )
    steps.create_index("ix_CartItem_created_date", "CartItem", ["created_date"])
    for column in ("album_id", "track_id", "order_id"):
        steps.create_index(f"ix_CartItem_{column}", "CartItem", [column])
    for column in ("album_id", "track_id"):
        steps.create_index(f"ix_CartItem_cart_id_CartItem_{column}", "CartItem", ["cart_id", column], unique=True)
