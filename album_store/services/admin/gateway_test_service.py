"""Tests of the connection to the payment provider, by admins."""

import logging
import time
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from album_store.data.gateway_test import MAX_ERROR, GatewayTest
from album_store.data.provider_event import ProviderEvent
from album_store.data.types import new_id
from album_store.infrastructure.payments.payment_gateway import GatewayError, PaymentGateway, PaymentRequest
from album_store.infrastructure.settings import Settings
from album_store.infrastructure.site_links import SiteLinks
from album_store.services.audit_service import Actor, AuditService

# What the session of a test is for. There is no order with this id, so nothing can come of it.
NO_ORDER = "connection-test"
# More than the smallest amount in every currency, also where 0.50 USD are many thousands, and less than the largest.
AMOUNT_CENTS = 10_000_000
# The event of a session may be stored before its test, and counts if it comes within a day.
EVENT_BEFORE, EVENT_WITHIN = timedelta(minutes=5), timedelta(days=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class GatewayTestService:
    """Opens a session at the provider and closes it at once, which makes the provider send an event."""

    _dbsession: Session
    _gateway: PaymentGateway | None
    _site_links: SiteLinks
    _settings: Settings
    _audit: AuditService

    def run(self, actor: Actor) -> GatewayTest:
        """Test the connection and write what came of it.

        The provider is called first: a session that writes must not hold its lock meanwhile.
        """
        if self._gateway is None:
            raise RuntimeError("no payment gateway is set")
        test = GatewayTest(gateway=self._gateway.name)
        try:
            test.session_id, test.clock_difference_s = self._open_and_close(self._gateway)
        except GatewayError as error:
            test.error = str(error)[:MAX_ERROR]
            log.warning("event=gateway-test-failed error=%s", error)
        self._dbsession.add(test)
        self._audit.record(actor, "connection-tested", self._gateway.name)
        return test

    def last(self) -> GatewayTest | None:
        """The last test of the gateway that is set, or None."""
        name = self._gateway.name if self._gateway else ""
        query = select(GatewayTest).where(GatewayTest.gateway == name)
        return self._dbsession.scalars(query.order_by(GatewayTest.created_date.desc()).limit(1)).first()

    def has_event(self, test: GatewayTest) -> bool:
        """Return whether an event about the session of a test has come."""
        since, until = test.created_date - EVENT_BEFORE, test.created_date + EVENT_WITHIN
        came = exists().where(
            ProviderEvent.created_date.between(since, until),
            ProviderEvent.gateway == test.gateway,
            ProviderEvent.session_id == test.session_id,
        )
        return bool(self._dbsession.scalar(select(came)))

    def _open_and_close(self, gateway: PaymentGateway) -> tuple[str, int]:
        """Return the id of the session, and how many seconds the store's clock is ahead. Raises GatewayError."""
        page = self._site_links.to("admin.selling")
        asked = PaymentRequest(
            order_id=NO_ORDER,
            amount_cents=AMOUNT_CENTS,
            currency=self._settings.currency,
            description="Connection test",
            email=self._settings.mail_sender,
            return_url=page,
            back_url=page,
        )
        before_s = time.time()
        session = gateway.open(new_id(), gateway.parameters(asked))
        after_s = time.time()
        gateway.expire(session.id)
        if session.created_s is None or before_s - 1 <= session.created_s <= after_s:
            return session.id, 0
        return session.id, round((before_s + after_s) / 2 - session.created_s)
