"""Links by email that open purchases without an account."""

import logging
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from album_store.data.dbsession import Reading
from album_store.data.lock_row import lock_name
from album_store.data.purchase_link import PurchaseLink
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.account.attempt_service import PURCHASE_LINK, AttemptService
from album_store.services.account.secret_links import create_link, find_link
from album_store.services.mail_service import NO_RECIPIENT, MailService
from album_store.services.mail_spacing import next_mail_date
from album_store.services.store.receipt_service import KINDS_TO_ANYONE, LINK_LIFETIME
from album_store.services.store.visible_orders import bought_with

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OpenedLink:
    """What a link opens: an order, or without one all purchases of an address."""

    order_id: str | None
    email: str


@dataclass(frozen=True)
class PurchaseLinkService:
    """Sends and finds the links."""

    _dbsession: Session
    _reading: Reading
    _attempts: AttemptService
    _mail: MailService
    _site_links: SiteLinks

    def send(self, email: str, client: Client) -> None:
        """Email a link to all purchases of an address, if there are any. Raises TooManyAttemptsError.

        Every case does the same work, also that of the worker afterwards, so that no answer and no time tells anything
        about the address.
        """
        self._attempts.begin(PURCHASE_LINK, client)
        lock_name(self._dbsession, email)
        is_due = bool(self._dbsession.scalar(select(exists().where(bought_with([email])))))
        may_mail = next_mail_date(self._mail.sent_to(email, (*KINDS_TO_ANYONE, "purchase-link"))) <= utc_now()
        code = create_link(self._dbsession, PurchaseLink, client, LINK_LIFETIME, email=email)
        link = self._site_links.to("purchases.open", code=code)
        recipient = email if is_due and may_mail else NO_RECIPIENT
        self._mail.post("purchase-link", recipient, link=link, days=LINK_LIFETIME.days)
        log.info("event=purchase-link-asked")

    def find(self, code: LinkCode | None) -> OpenedLink:
        """Return what a link opens. It works as often as needed until it expires. Raises DeadLinkError."""
        with self._reading() as reading:
            link = find_link(reading, PurchaseLink, code)
            return OpenedLink(link.order_id, link.email)
