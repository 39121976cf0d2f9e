"""Places orders."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.account import lock_account, lock_account_at
from album_store.data.lock_row import lock_name
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.services.mail_service import MailService
from album_store.services.mail_spacing import next_mail_date
from album_store.services.store.offer_service import Offer
from album_store.services.store.ownership_service import OwnershipService
from album_store.services.store.payment_service import PaymentService
from album_store.services.store.settlement_service import SettlementService
from album_store.services.store.visitor import Visitor

# An email that a visitor can have sent to any address. Its number per address is limited.
FREE_ORDER = "free-order"


class AlreadyOwnedError(Exception):
    """The visitor owns the album already. `order_id` is the order of that purchase."""

    def __init__(self, order_id: str) -> None:
        super().__init__(order_id)
        self.order_id = order_id


class UnfinishedPaymentError(Exception):
    """The visitor has an unpaid order for the album with another address or price."""

    def __init__(self, order_id: str) -> None:
        super().__init__(order_id)
        self.order_id = order_id


class FormUsedError(Exception):
    """The form was sent before, for another order."""


class MailLimitError(Exception):
    """The address has been sent as many emails as strangers may have sent to it. `wait_s` is until the next."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


@dataclass(frozen=True)
class OrderService:
    """Writes orders before anyone pays."""

    _dbsession: Session
    _ownership: OwnershipService
    _payments: PaymentService
    _settlement: SettlementService
    _mail: MailService
    _series: str

    def place(self, offer: Offer, email: str, checkout_key: str, visitor: Visitor, client: Client) -> Order:
        """Write the order of an album that is for sale, and its payment unless it is free. Returns the order.

        The same form makes one order, however often it is sent. A visitor who has an unpaid order for the album gets
        that one. Raises AlreadyOwnedError, UnfinishedPaymentError, FormUsedError and MailLimitError.
        """
        if visitor.account_id:
            lock_account(self._dbsession, visitor.account_id)
        else:
            lock_account_at(self._dbsession, email)
        lock_name(self._dbsession, email)
        found = self._sent_before(checkout_key) or self._unpaid(offer, visitor)
        if found is None:
            found = self._write(offer, email, checkout_key, visitor, client)
        elif not _is_same(found, offer, email):
            raise FormUsedError if found.checkout_key == checkout_key else UnfinishedPaymentError(found.id)
        if visitor.browser_hash:
            self._ownership.give_access(visitor.browser_hash, order_id=found.id)
        return found

    def _sent_before(self, checkout_key: str) -> Order | None:
        return self._dbsession.scalar(select(Order).where(Order.checkout_key == checkout_key))

    def _unpaid(self, offer: Offer, visitor: Visitor) -> Order | None:
        """The visitor's order of an album that can still be paid."""
        query = (
            select(Order)
            .join(OrderLine, OrderLine.order_id == Order.id)
            .join(Payment, Payment.order_id == Order.id)
            .where(OrderLine.album_id == offer.album_id, Order.paid_date.is_(None), self._ownership.may_see(visitor))
            .where(Payment.paid_date.is_(None), Payment.closed_date.is_(None))
        )
        return self._dbsession.scalars(query.limit(1)).first()

    def _write(self, offer: Offer, email: str, checkout_key: str, visitor: Visitor, client: Client) -> Order:
        if owned := self._ownership.order_of(visitor, offer.album_id):
            raise AlreadyOwnedError(owned)
        order = Order(
            checkout_key=checkout_key,
            account_id=visitor.account_id,
            email=email,
            series=self._series,
            currency=offer.currency,
            total_cents=offer.price_cents,
            ip_address=client.ip_address,
            user_agent=client.user_agent,
            lines=[
                OrderLine(
                    album_id=offer.album_id,
                    title=offer.title,
                    artist_name=offer.artist_name,
                    amount_cents=offer.price_cents,
                )
            ],
        )
        try:
            with self._dbsession.begin_nested():
                self._dbsession.add(order)
        except IntegrityError:  # the same form, sent with another address at the same time
            raise FormUsedError from None
        if offer.is_free:
            self._check_mail_limit(email)
            self._settlement.settle_free(order)
        else:
            self._payments.start(order)
        return order

    def _check_mail_limit(self, email: str) -> None:
        # Links to purchases do not count: they are sent only to an address that has bought something, so that a refusal
        # because of them would tell a stranger that it has.
        wait = next_mail_date(self._mail.sent_to(email, (FREE_ORDER,))) - utc_now()
        if wait > timedelta():
            raise MailLimitError(int(wait.total_seconds()) + 1)


def _is_same(order: Order, offer: Offer, email: str) -> bool:
    """Return whether an order is for this album, this price and this address."""
    albums = [line.album_id for line in order.lines]
    return (albums, order.total_cents, order.currency, order.email) == (
        [offer.album_id],
        offer.price_cents,
        offer.currency,
        email,
    )
