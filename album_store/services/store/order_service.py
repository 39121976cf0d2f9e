"""Places orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from album_store.data.account import lock_account, lock_account_at
from album_store.data.dbsession import Reading
from album_store.data.lock_row import lock_name
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.wording import spoken_length
from album_store.services.mail_service import MailService
from album_store.services.mail_spacing import next_mail_date
from album_store.services.store.cart_contents import CartContents, fingerprint_of
from album_store.services.store.cart_service import CartService
from album_store.services.store.item_key import ItemKey
from album_store.services.store.ownership_service import OwnershipService
from album_store.services.store.payment_service import PaymentService
from album_store.services.store.receipt_service import KINDS_TO_ANYONE
from album_store.services.store.settlement_service import SettlementService
from album_store.services.store.visitor import Visitor

# Of the orders that a buyer has begun with the same items, as many are looked at. There is rarely more than one.
MAX_UNPAID = 5
_IS_OPEN = (Payment.paid_date.is_(None), Payment.closed_date.is_(None))


class UnfinishedPaymentError(Exception):
    """The visitor has an unpaid order with one of the items, which may still be paid. `order_id` is that order."""

    def __init__(self, order_id: str) -> None:
        super().__init__(order_id)
        self.order_id = order_id


class CartChangedError(Exception):
    """The cart, or a price in it, is not as the visitor saw it any more."""


class FormUsedError(Exception):
    """The form was sent before, for another order."""


class MailLimitError(Exception):
    """The address has been sent as many emails as strangers may have sent to it. `wait_s` is until the next."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s

    @property
    def sentence(self) -> str:
        """What to tell the visitor."""
        wait = spoken_length(self.wait_s * 1000)
        return f"We have just sent several emails to this address. Try again in {wait}."


@dataclass(frozen=True)
class OrderService:
    """Writes orders before anyone pays."""

    _dbsession: Session
    _reading: Reading
    _carts: CartService
    _ownership: OwnershipService
    _payments: PaymentService
    _settlement: SettlementService
    _mail: MailService
    _series: str

    def find_sent(self, fingerprint: str, email: str, checkout_key: str, visitor: Visitor) -> Order | None:
        """The order that a form has made already, or None. Raises FormUsedError if it is another than it asks for."""
        with self._reading() as reading:
            return self._sent(fingerprint, email, checkout_key, visitor, reading)

    def unfinished(self, contents: CartContents, email: str, visitor: Visitor) -> Sequence[str]:
        """The unpaid orders of the visitor that have to be cancelled before these items are ordered again.

        An order of the same items and amounts with the same address is not among them: it is gone on with. One that was
        begun before signing in is cancelled.
        """
        with self._reading() as reading:
            orders = self._unpaid(contents, visitor, reading)
            return [order.id for order in orders if not _goes_on(order, contents.fingerprint, email, visitor)]

    def place(
        self,
        fingerprint: str,
        email: str,
        checkout_key: str,
        visitor: Visitor,
        client: Client,
        *,
        consents: bool = False,
    ) -> Order:
        """Write the order of what is in the cart, and its payment unless it is free. Returns the order.

        The same form makes one order, however often it is sent. A visitor who has the same order unpaid gets that one.
        With `consents`, the buyer agrees to lose the right of withdrawal. Raises CartChangedError,
        UnfinishedPaymentError, FormUsedError and MailLimitError.
        """
        if visitor.account_id:
            lock_account(self._dbsession, visitor.account_id)
        else:
            lock_account_at(self._dbsession, email)
        lock_name(self._dbsession, email)
        if found := self._sent(fingerprint, email, checkout_key, visitor, self._dbsession):
            return found
        contents = self._carts.locked_contents(visitor)
        if not contents.lines or contents.fingerprint != fingerprint:
            raise CartChangedError
        order = None
        for unpaid in self._unpaid(contents, visitor, self._dbsession):
            if not _goes_on(unpaid, fingerprint, email, visitor):
                raise UnfinishedPaymentError(unpaid.id)
            order = unpaid
        if order is None:
            order = self._write(contents, email, checkout_key, visitor, client, consents=consents)
        elif consents != (order.consent_date is not None):
            order.consent_date = utc_now() if consents else None
        if visitor.browser_hash and visitor.account_id is None:
            self._ownership.give_access(visitor.browser_hash, order_id=order.id)
        return order

    def _sent(
        self, fingerprint: str, email: str, checkout_key: str, visitor: Visitor, dbsession: Session
    ) -> Order | None:
        can_be_paid = exists().where(Payment.order_id == Order.id, *_IS_OPEN)
        is_alive = and_(or_(Order.paid_date.is_not(None), can_be_paid), self._ownership.may_see(visitor, dbsession))
        found = dbsession.execute(select(Order, is_alive).where(Order.checkout_key == checkout_key)).first()
        if found is None:
            return None
        order, may_go_on = found
        if not (may_go_on and _is_same(order, fingerprint, email)):
            raise FormUsedError
        return order

    def _unpaid(self, contents: CartContents, visitor: Visitor, dbsession: Session) -> Sequence[Order]:
        """The visitor's orders with one of these items, or the album of one, that can still be paid.

        At most MAX_UNPAID of them.
        """
        albums = {line.offer.album_id for line in contents.lines}
        tracks = [line.offer.track_id for line in contents.lines if line.offer.track_id is not None]
        is_album = and_(OrderLine.track_id.is_(None), OrderLine.album_id.in_(albums))
        query = (
            select(Order.id)
            .join(OrderLine, OrderLine.order_id == Order.id)
            .join(Payment, Payment.order_id == Order.id)
            .where(or_(is_album, OrderLine.track_id.in_(tracks)), *_IS_OPEN)
            .where(Order.paid_date.is_(None), Payment.gateway == self._payments.gateway_name)
            .where(self._ownership.may_see(visitor, dbsession))
            .distinct()
            .limit(MAX_UNPAID)
        )
        ids = dbsession.scalars(query).all()
        return dbsession.scalars(select(Order).where(Order.id.in_(ids)).options(selectinload(Order.lines))).all()

    def _write(
        self,
        contents: CartContents,
        email: str,
        checkout_key: str,
        visitor: Visitor,
        client: Client,
        *,
        consents: bool,
    ) -> Order:
        if contents.total_cents == 0:
            self._check_mail_limit(email)
        order = Order(
            checkout_key=checkout_key,
            account_id=visitor.account_id,
            email=email,
            series=self._series,
            currency=contents.currency,
            total_cents=contents.total_cents,
            ip_address=client.ip_address,
            user_agent=client.user_agent,
            consent_date=utc_now() if consents else None,
            browser_hash="" if visitor.account_id else visitor.browser_hash,
            lines=[
                OrderLine(
                    album_id=line.offer.album_id,
                    track_id=line.offer.track_id,
                    title=line.offer.title,
                    artist_name=line.offer.artist_name,
                    album_title=line.offer.album_title,
                    amount_cents=line.amount_cents,
                )
                for line in contents.lines
            ],
        )
        try:
            with self._dbsession.begin_nested():
                self._dbsession.add(order)
        except IntegrityError:  # the same form, sent with another address at the same time
            raise FormUsedError from None
        self._carts.note_order(contents, order.id)
        if contents.total_cents == 0:
            self._settlement.settle_free(order)
        else:
            self._payments.start(order)
        return order

    def _check_mail_limit(self, email: str) -> None:
        # Links to purchases do not count: they are sent only to an address that has bought something, so that a refusal
        # because of them would tell a stranger that it has.
        wait = next_mail_date(self._mail.sent_to(email, KINDS_TO_ANYONE)) - utc_now()
        if wait > timedelta():
            raise MailLimitError(int(wait.total_seconds()) + 1)


def _goes_on(order: Order, fingerprint: str, email: str, visitor: Visitor) -> bool:
    """Return whether the visitor can pay an unpaid order in place of a new one."""
    return order.account_id == visitor.account_id and _is_same(order, fingerprint, email)


def _is_same(order: Order, fingerprint: str, email: str) -> bool:
    """Return whether an order is for these items and amounts, and this address."""
    lines = (
        (
            ItemKey(track_id=line.track_id) if line.track_id else ItemKey(line.album_id),
            line.amount_cents,
            order.currency,
        )
        for line in order.lines
    )
    return (fingerprint_of(lines), order.email) == (fingerprint, email)
