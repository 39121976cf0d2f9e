"""From a blocked network everybody may look, but only those who are signed in already may send forms."""

import logging
from collections.abc import Callable
from datetime import datetime

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy import func, select

from album_store.data.address_block import AddressBlock
from album_store.data.dbsession import DbSessionFactory
from album_store.data.types import utc_now
from album_store.infrastructure.networks import blockable_networks

Handler = Callable[[Request], Response]

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


def blocked_addresses_tween_factory(handler: Handler, registry: Registry) -> Handler:
    """Refuse forms before any view sees them."""

    def blocked_addresses_tween(request: Request) -> Response:
        if request.method == "POST":
            ip_address = request.client.ip_address
            until_date = blocked_until(registry.db_sessions, ip_address)
            if until_date and request.signed_in is None:
                log.info("event=blocked-address ip=%s", ip_address)
                raise BlockedAddressError(until_date)
        return handler(request)

    return blocked_addresses_tween


def includeme(config: Configurator) -> None:
    """Put the tween below the one that makes sure that a request can be read."""
    config.add_tween(
        "album_store.infrastructure.blocked_addresses.blocked_addresses_tween_factory",
        under="album_store.infrastructure.bad_requests.bad_requests_tween_factory",
    )
