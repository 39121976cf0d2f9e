"""The purge rules of the store."""

from datetime import timedelta

from sqlalchemy import exists, or_

from album_store.data.browser_access import BrowserAccess
from album_store.data.cart import Cart
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.provider_event import ProviderEvent
from album_store.data.purchase_link import PurchaseLink
from album_store.services.purge_service import PurgeRule, audit_limit
from album_store.services.store.ownership_service import LIFETIME

# A provider may still tell of a late payment until then, or as long as it has to be asked about one.
UNPAID_LIFETIME = timedelta(days=90)

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
)
