"""The purge rules of the store."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from album_store.data.browser_access import BrowserAccess
from album_store.data.cart import Cart
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.payment import Payment
from album_store.data.provider_event import ProviderEvent
from album_store.data.purchase import NOBODY, Purchase
from album_store.data.purchase_link import PurchaseLink
from album_store.data.withdrawal import Withdrawal
from album_store.services.purge_service import PurgeRule, audit_limit
from album_store.services.store.order_access import end_access
from album_store.services.store.ownership_service import LIFETIME

# A provider may still tell of a late payment until then, or as long as it has to be asked about one.
UNPAID_LIFETIME = timedelta(days=90)
YEAR = timedelta(days=365.25)


def forget_buyers(dbsession: Session, order_ids: Sequence[str]) -> None:
    """Delete who bought these orders. What was sold, for how much, and the numbers of receipts stay.

    Nobody owns what was bought then. The order is changed before its purchases and payments, as everywhere.
    """
    of_order = Order.id.in_(order_ids)
    dbsession.execute(update(Order).where(of_order).values(email="", ip_address="", user_agent="", browser_hash=""))
    end_access(dbsession, select(Order.id).where(of_order))
    lines = select(OrderLine.id).where(OrderLine.order_id.in_(order_ids)).scalar_subquery()
    dbsession.execute(update(Purchase).where(Purchase.order_line_id.in_(lines)).values(owner_key=NOBODY))
    dbsession.execute(update(Payment).where(Payment.order_id.in_(order_ids)).values(parameters="{}", url=""))
    dbsession.execute(delete(OutgoingMail).where(OutgoingMail.order_id.in_(order_ids)))
    dbsession.execute(update(Withdrawal).where(Withdrawal.order_id.in_(order_ids)).values(name="", email=""))


PURGE_RULES = (
    PurgeRule(PurchaseLink, lambda settings, now: PurchaseLink.expires_date < audit_limit(settings, now)),
    PurgeRule(
        ProviderEvent,
        lambda settings, now: (
            (ProviderEvent.created_date < audit_limit(settings, now))
            & or_(ProviderEvent.applied_date.is_not(None), ProviderEvent.created_date < now - UNPAID_LIFETIME)
        ),
    ),
    PurgeRule(Cart, lambda _, now: Cart.expires_date < now),
    PurgeRule(BrowserAccess, lambda _, now: BrowserAccess.created_date < now - LIFETIME),
    PurgeRule(
        Order,
        lambda _, now: (
            Order.paid_date.is_(None)
            & (Order.created_date < now - UNPAID_LIFETIME)
            & ~exists().where(
                Payment.order_id == Order.id,
                or_(Payment.paid_date.is_not(None), Payment.next_check_date.is_not(None)),
            )
        ),
    ),
    # Orders of accounts stay as long as the account: their owners can still download what they bought.
    PurgeRule(
        Order,
        lambda settings, now: (
            (Order.paid_date < now - settings.orders_keep_years * YEAR)
            & Order.account_id.is_(None)
            & (Order.email != "")
        ),
        forget_buyers,
        "BuyersOfOrders",
    ),
)
