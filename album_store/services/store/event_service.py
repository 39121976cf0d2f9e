"""Events of the payment provider: stored once when they come, applied later by the worker."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.provider_event import ProviderEvent
from album_store.data.types import utc_now
from album_store.infrastructure.payments.payment_gateway import GatewayEvent

BATCH = 50
# Between two attempts to apply an event.
MIN_PAUSE, MAX_PAUSE = timedelta(minutes=1), timedelta(hours=6)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EventService:
    """Stores events. Only ids are read from them: what became of a payment, the provider is asked."""

    _dbsession: Session

    def store(self, gateway: str, event: GatewayEvent) -> None:
        """Store an event, unless it came before. One about neither a session nor money has no effect."""
        row = ProviderEvent(
            gateway=gateway,
            event_id=event.id,
            kind=event.kind,
            session_id=event.session_id,
            charge_id=event.charge_id,
        )
        if not (event.session_id or event.charge_id):
            row.applied_date = utc_now()
        try:
            with self._dbsession.begin_nested():
                self._dbsession.add(row)
        except IntegrityError:
            return
        log.info("event=provider-event kind=%s", event.kind)

    def waiting(self, gateway: str) -> Sequence[ProviderEvent]:
        """The oldest events of a gateway that should be applied now, at most BATCH."""
        is_due = or_(ProviderEvent.next_try_date.is_(None), ProviderEvent.next_try_date <= utc_now())
        query = select(ProviderEvent).where(
            ProviderEvent.applied_date.is_(None), ProviderEvent.gateway == gateway, is_due
        )
        return self._dbsession.scalars(query.order_by(ProviderEvent.created_date).limit(BATCH)).all()

    def postpone(self, event_id: int) -> None:
        """Try to apply an event again later: the pauses grow with its age."""
        event = self._dbsession.get_one(ProviderEvent, event_id)
        now = utc_now()
        event.next_try_date = now + min(max(now - event.created_date, MIN_PAUSE), MAX_PAUSE)

    def note_applied(self, event_id: int) -> None:
        """Write that an event has been applied."""
        self._dbsession.execute(
            update(ProviderEvent).where(ProviderEvent.id == event_id).values(applied_date=utc_now())
        )
