"""Places orders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Session, selectinload

from album_store.data.account import hold_account_at, lock_account
from album_store.data.dbsession import Reading
from album_store.data.lock_row import lock_names
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.payment import Payment
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.security.client import Client
from album_store.services.mail_service import MailService
from album_store.services.store.cart_contents import CartContents, fingerprint_of
from album_store.services.store.cart_reader import CartReader
from album_store.services.store.cart_service import CartService
from album_store.services.store.item_key import ItemKey
from album_store.services.store.ownership_service import OwnershipService
from album_store.services.store.payment_service import PaymentService
from album_store.services.store.receipt_service import KINDS_TO_ANYONE
from album_store.services.store.settlement_service import SettlementService
from album_store.services.store.visible_orders import VisibleOrders
from album_store.services.store.visitor import Visitor

# Of the orders that a buyer has begun with the same items, as many are looked at. There is rarely more than one.
MAX_UNPAID = 5
_ID_WITH_KEY = select(Order.id).where(Order.checkout_key == bindparam("checkout_key"))
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


@dataclass(frozen=True)
class Wanted:
    """What a checkout form asks for: the cart as the visitor saw it, the receipt's address, and the form's key."""

    fingerprint: str
    email: str
    checkout_key: str


@dataclass(frozen=True)
class BeforeOrder:
    """What there is before an order is placed.

    `sent` is the order that the same form has made already; `is_form_used` says that it made another than it asks for.
    `unfinished` are the unpaid orders that have to be cancelled before these items are ordered again.
    """

    contents: CartContents
    sent: Order | None
    is_form_used: bool
    unfinished: Sequence[str]


@dataclass(frozen=True)
class OrderService:
    """Writes orders before anyone pays."""

    _dbsession: Session
    _reading: Reading
    _cart_reader: CartReader
    _carts: CartService
    _ownership: OwnershipService
    _payments: PaymentService
    _settlement: SettlementService
    _mail: MailService
    _series: str

    def look(self, wanted: Wanted, visitor: Visitor) -> BeforeOrder:
        """Look at the cart and the visitor's orders, without locking anything.

        An unpaid order of the same items and amounts with the same address is not unfinished: it is gone on with. One
        that was begun before signing in is.
        """
        with self._reading() as reading:
            visible = self._ownership.visible(visitor, reading)
            contents = self._cart_reader.contents_in(reading, visitor, visible)
            unpaid = self._unpaid(contents, visible, reading)
            unfinished = [order.id for order in unpaid if not _goes_on(order, wanted, visitor)]
            try:
                return BeforeOrder(contents, self._sent(wanted, visible, reading), False, unfinished)
            except FormUsedError:
                return BeforeOrder(contents, None, True, unfinished)

    def place(self, wanted: Wanted, visitor: Visitor, client: Client, *, consents: bool = False) -> Order:
        """Write the order of what is in the cart, and its payment unless it is free. Returns the order.

        The same form makes one order, however often it is sent. A visitor who has the same order unpaid gets that one.
        The order of an account has the address that the account has by then. With `consents`, the buyer agrees to lose
        the right of withdrawal. Raises CartChangedError, UnfinishedPaymentError, FormUsedError and MailLimitError.
        """
        if visitor.account_id:
            if account := lock_account(self._dbsession, visitor.account_id):
                # Its address may have changed since the request began.
                wanted = replace(wanted, email=account.email)
        else:
            hold_account_at(self._dbsession, wanted.email)
        lock_names(self._dbsession, wanted.email, wanted.checkout_key)
        self._carts.lock(visitor)
        # Looked up now that no other tab of the browser can order what is in the cart.
        visible = self._ownership.visible(visitor)
        if found := self._sent(wanted, visible, self._dbsession):
            self.note_consent(found.id, consents=consents)
            return found
        contents = self._cart_reader.contents_in(self._dbsession, visitor, visible)
        if not contents.lines or contents.fingerprint != wanted.fingerprint:
            raise CartChangedError
        order = None
        for unpaid in self._unpaid(contents, visible, self._dbsession):
            if not _goes_on(unpaid, wanted, visitor):
                raise UnfinishedPaymentError(unpaid.id)
            order = unpaid
        if order is None:
            return self._write(contents, wanted, visitor, client, consents=consents)
        self.note_consent(order.id, consents=consents)
        if visitor.browser_hash and visitor.account_id is None:
            self._ownership.give_access(visitor.browser_hash, order_id=order.id)
        return order

    def note_consent(self, order_id: str, *, consents: bool) -> None:
        """Write whether the buyer agrees to lose the right of withdrawal, as long as the order is not paid."""
        has_changed = Order.consent_date.is_(None) if consents else Order.consent_date.is_not(None)
        is_unpaid = (Order.id == order_id, Order.paid_date.is_(None), has_changed)
        self._dbsession.execute(update(Order).where(*is_unpaid).values(consent_date=utc_now() if consents else None))

    def _sent(self, wanted: Wanted, visible: VisibleOrders, dbsession: Session) -> Order | None:
        """The order that the form has made already, or None. Raises FormUsedError if it is another."""
        values = {"checkout_key": wanted.checkout_key}
        order_id = dbsession.connection().execute(_ID_WITH_KEY, values).scalar()
        if order_id is None:
            return None
        order = dbsession.get_one(Order, order_id)
        can_be_paid = exists().where(Payment.order_id == Order.id, *_IS_OPEN)
        is_alive = (Order.id == order.id, visible.condition, or_(Order.paid_date.is_not(None), can_be_paid))
        if not (_is_same(order, wanted) and dbsession.scalar(select(exists().where(*is_alive)))):
            raise FormUsedError
        return order

    def _unpaid(self, contents: CartContents, visible: VisibleOrders, dbsession: Session) -> Sequence[Order]:
        """The visitor's orders with one of these items, or the album of one, that can still be paid.

        At most MAX_UNPAID of them.
        """
        if not visible:
            return []
        albums = {line.offer.album_id for line in contents.lines}
        tracks = [line.offer.track_id for line in contents.lines if line.offer.track_id is not None]
        is_album = and_(OrderLine.track_id.is_(None), OrderLine.album_id.in_(albums))
        query = (
            select(Order.id)
            .join(OrderLine, OrderLine.order_id == Order.id)
            .join(Payment, Payment.order_id == Order.id)
            .where(or_(is_album, OrderLine.track_id.in_(tracks)), *_IS_OPEN)
            .where(Order.paid_date.is_(None), Payment.gateway == self._payments.gateway_name)
            .where(visible.condition)
            .distinct()
            .limit(MAX_UNPAID)
        )
        ids = dbsession.scalars(query).all()
        if not ids:
            return []
        return dbsession.scalars(select(Order).where(Order.id.in_(ids)).options(selectinload(Order.lines))).all()

    def _write(
        self, contents: CartContents, wanted: Wanted, visitor: Visitor, client: Client, *, consents: bool
    ) -> Order:
        is_free = contents.total_cents == 0
        if is_free:
            # Links to purchases do not count: they are sent only to an address that has bought something, so that a
            # refusal because of them would tell a stranger that it has.
            self._mail.check_limit(wanted.email, KINDS_TO_ANYONE)
        order = Order(
            id=new_id(),
            checkout_key=wanted.checkout_key,
            account_id=visitor.account_id,
            email=wanted.email,
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
        self._dbsession.add(order)
        if not is_free:
            self._payments.start(order)
        self._dbsession.flush()
        self._carts.note_order(contents, order.id)
        if order.browser_hash:
            self._ownership.open_new(order.browser_hash, order.id)
        if is_free:
            self._settlement.settle_free(order)
        return order


def _goes_on(order: Order, wanted: Wanted, visitor: Visitor) -> bool:
    """Return whether the visitor can pay an unpaid order in place of a new one."""
    return order.account_id == visitor.account_id and _is_same(order, wanted)


def _is_same(order: Order, wanted: Wanted) -> bool:
    """Return whether an order is for these items and amounts, and this address."""
    lines = (
        (
            ItemKey(track_id=line.track_id) if line.track_id else ItemKey(line.album_id),
            line.amount_cents,
            order.currency,
        )
        for line in order.lines
    )
    return (fingerprint_of(lines), order.email) == (wanted.fingerprint, wanted.email)
