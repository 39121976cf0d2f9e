"""From a blocked network everybody may look, but only those who are signed in may send forms, and none of visitors."""

import logging
from datetime import datetime

from pyramid.config import Configurator
from pyramid.events import ContextFound
from pyramid.request import Request
from sqlalchemy import func, select

from album_store.data.address_block import AddressBlock
from album_store.data.dbsession import DbSessionFactory
from album_store.data.types import utc_now
from album_store.infrastructure.security.networks import blockable_networks

FORMS_OF_VISITORS = frozenset(
    {
        "account.confirm",
        "account.forgot_password",
        "account.register",
        "account.reset_password",
        "account.signin",
    }
)

log = logging.getLogger(__name__)


class BlockedAddressError(Exception):
    """Forms from this address are refused until a date."""

    def __init__(self, until_date: datetime) -> None:
        super().__init__(until_date)
        self.until_date = until_date


def blocked_until(db_sessions: DbSessionFactory, ip_address: str) -> datetime | None:
    """Until when a network around this address is blocked; None if none is. In a short session of its own."""
    networks = [str(network) for network in blockable_networks(ip_address)]
    until_date = func.max(AddressBlock.until_date, type_=AddressBlock.until_date.type)
    query = select(until_date).where(AddressBlock.network.in_(networks), AddressBlock.until_date > utc_now())
    with db_sessions.read() as reading:
        return reading.scalar(query)


def _refuse_forms(event: ContextFound) -> None:
    """Refuse a form before its view sees it."""
    request = event.request
    if request.method != "POST":
        return
    until_date = blocked_until(request.registry.db_sessions, request.client.ip_address)
    if until_date and (request.signed_in is None or _is_for_visitors(request)):
        log.info("event=blocked-address ip=%s", request.client.ip_address)
        raise BlockedAddressError(until_date)


def _is_for_visitors(request: Request) -> bool:
    """Whether the form is one that needs no session, so that having one does not help with it."""
    return request.matched_route is not None and request.matched_route.name in FORMS_OF_VISITORS


def includeme(config: Configurator) -> None:
    """Look as soon as it is known which form it is."""
    config.add_subscriber(_refuse_forms, ContextFound)
