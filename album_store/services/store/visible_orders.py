"""The orders that a visitor may see."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, false, or_, select

from album_store.data.account import Account
from album_store.data.order import Order


@dataclass(frozen=True)
class VisibleOrders:
    """The orders of an account, and those that a browser opened: each by itself, or all that an address bought.

    They are looked up once, by `OwnershipService.visible`, and handed on. `counts` is the condition for orders that
    count at all.
    """

    counts: ColumnElement[bool]
    account_id: str | None = None
    order_ids: Collection[str] = ()
    emails: Collection[str] = ()

    def __bool__(self) -> bool:
        """Whether there can be any."""
        return bool(self.account_id or self.order_ids or self.emails)

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition for an order to be one of these."""
        if not self:
            return false()
        seen = [Order.account_id == self.account_id] if self.account_id else []
        seen += [Order.id.in_(self.order_ids)] if self.order_ids else []
        seen += [bought_with(self.emails)] if self.emails else []
        return and_(self.counts, or_(*seen))

    @property
    def of_buyer(self) -> "VisibleOrders":
        """Those that prove what the visitor owns: while an account is signed in, only its own.

        On a shared computer, it may buy what a guest has bought there.
        """
        return replace(self, order_ids=(), emails=()) if self.account_id else self


def bought_with(emails: Collection[str]) -> ColumnElement[bool]:
    """Return the condition for the paid orders of some addresses.

    For those of an account its present address counts: the owner may have lost the mailbox of an earlier one.
    """
    has_account = Order.account_id.in_(select(Account.id).where(Account.email.in_(emails)))
    return and_(
        Order.paid_date.is_not(None), or_(has_account, and_(Order.account_id.is_(None), Order.email.in_(emails)))
    )
