"""Receipts by email, with a link that opens the purchase."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.order import Order
from album_store.data.purchase_link import PurchaseLink
from album_store.data.receipt import Receipt
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.secret_links import create_link
from album_store.services.mail_service import MailService
from album_store.services.store.seller import Seller
from album_store.services.store.withdrawal_period import WithdrawalPeriod

LINK_LIFETIME = timedelta(days=30)
RECEIPT = "receipt"
# Emails that a visitor can have sent to any address. Their number per address is limited.
KINDS_TO_ANYONE = FREE_ORDER, CORRECTED_ORDER = "free-order", "corrected-order"


@dataclass(frozen=True)
class ReceiptService:
    """Emails receipts."""

    _dbsession: Session
    _mail: MailService
    _site_links: SiteLinks
    seller: Seller
    _withdrawal: WithdrawalPeriod

    def create_link(self, order: Order) -> str:
        """Create a link that opens an order, and return its address."""
        code = create_link(self._dbsession, PurchaseLink, Client(), LINK_LIFETIME, order_id=order.id, email=order.email)
        return self._site_links.to("purchases.open", code=code)

    def send(self, order: Order, number: str, link: str, kind: str = "") -> None:
        """Email the receipt of an order with its number, which a free order does not have.

        `kind` is another email with the same facts.
        """
        self._mail.post(
            kind or (RECEIPT if number else FREE_ORDER),
            order.email,
            order=order,
            number=number,
            seller=self.seller,
            link=link,
            days=LINK_LIFETIME.days,
            withdraw_until=self._withdrawal.last_day(order),
        )

    def number_of(self, order_id: str) -> str:
        """The number of the receipt of an order, as it is printed; "" if it has none."""
        receipt = self._dbsession.scalar(select(Receipt).where(Receipt.order_id == order_id))
        return receipt.label if receipt else ""
