"""Corrects the address of what was bought without an account."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from album_store.data.account import Account, lock_account, lock_account_at
from album_store.data.lock_row import lock_names
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.purchase import Purchase, account_key, email_key
from album_store.data.types import utc_now
from album_store.services.audit_service import Actor, AuditService
from album_store.services.mail_service import MailService
from album_store.services.store.order_access import NothingOwnedError, end_access, is_owned
from album_store.services.store.receipt_service import CORRECTED_ORDER, KINDS_TO_ANYONE, ReceiptService
from album_store.services.store.visitor import Visitor

# How long after paying the browser that paid may correct the address.
LIFETIME = timedelta(hours=24)
MAX_DETAILS = 500

log = logging.getLogger(__name__)


def is_guests(order: Order) -> bool:
    """Return whether an order was bought without an account; one may have it all the same, by its address.

    Nothing was bought yet with money that the owner has to look at first.
    """
    is_bought = order.paid_date is not None and not order.is_held
    return is_bought and order.email != "" and (order.browser_hash != "" or order.account_id is None)


def is_payer(order: Order, visitor: Visitor) -> bool:
    """Return whether an order was bought without an account in the visitor's browser."""
    return is_guests(order) and bool(visitor.browser_hash) and order.browser_hash == visitor.browser_hash


def may_correct(order: Order, visitor: Visitor) -> bool:
    """Return whether the visitor may correct the address: theirs is the browser that paid, and it was not long ago."""
    return is_payer(order, visitor) and order.paid_date > utc_now() - LIFETIME


@dataclass(frozen=True)
class AddressCorrectionService:
    """Moves an order to another address. Nobody but the new address hears of it."""

    _dbsession: Session
    _mail: MailService
    _receipts: ReceiptService
    _audit: AuditService

    def correct(self, order_id: str, email: str, actor: Actor) -> bool:
        """Give the order of a guest to an address, or to the account that has it, and email a receipt there.

        What was mailed before ends, and so does the access of other browsers than the one that paid. Nothing happens
        if the order has this address; returns whether it had another. Raises NothingOwnedError and MailLimitError.
        """
        account = self._lock_owners(order_id, email)
        order = self._dbsession.get_one(Order, order_id, with_for_update=True, populate_existing=True)
        if not is_owned(self._dbsession, order_id):
            raise NothingOwnedError
        if order.email == email:
            return False
        self._mail.check_limit(email, KINDS_TO_ANYONE)
        self._audit.record(actor, "order-address-corrected", order_id, f"{order.email} to {email}"[:MAX_DETAILS])
        order.email = email
        order.account_id = account.id if account else None
        owner_key = account_key(account.id) if account else email_key(email)
        lines = select(OrderLine.id).where(OrderLine.order_id == order_id).scalar_subquery()
        self._dbsession.execute(update(Purchase).where(Purchase.order_line_id.in_(lines)).values(owner_key=owner_key))
        end_access(self._dbsession, select(Order.id).where(Order.id == order_id), except_browser=order.browser_hash)
        self._post_receipt(order)
        log.info("event=order-address-corrected order=%s", order_id)
        return True

    def _lock_owners(self, order_id: str, email: str) -> Account | None:
        """Lock the accounts that have or get the order, then both addresses. Returns the account that gets it.

        Neither address can be claimed while its name is held, and neither account can leave its address.
        """
        owner_id = self._dbsession.scalar(select(Order.account_id).where(Order.id == order_id))
        heir_id = self._dbsession.scalar(select(Account.id).where(Account.email == email))
        for account_id in sorted({owner_id, heir_id} - {None}):
            lock_account(self._dbsession, account_id)
        # Read after that wait: an account that was deleted meanwhile has left the order to its last address.
        old_email = self._dbsession.scalars(select(Order.email).where(Order.id == order_id)).one()
        lock_names(self._dbsession, old_email, email)
        return lock_account_at(self._dbsession, email)

    def _post_receipt(self, order: Order) -> None:
        number, link = self._receipts.number_of(order.id), self._receipts.create_link(order)
        self._receipts.send(order, number, link, CORRECTED_ORDER)
