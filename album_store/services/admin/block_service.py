"""Blocks: networks whose visitors can browse the store but not submit forms for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from album_store.data.address_block import AddressBlock
from album_store.data.dbsession import Reading
from album_store.data.lock_row import lock_name
from album_store.data.types import utc_now
from album_store.infrastructure.security.networks import Network, blockable_networks
from album_store.services.audit_service import Actor, AuditService
from album_store.services.paging import Page, newest_first


@dataclass(frozen=True)
class BlockService:
    """Blocks networks and lifts blocks; every action is audited. `blocked_networks` in infrastructure enforces them."""

    _dbsession: Session
    _reading: Reading
    _audit: AuditService

    def blocked_until(self, ip_address: str) -> datetime | None:
        """The end of the longest block of a network that contains this address, or None."""
        networks = [str(network) for network in blockable_networks(ip_address)]
        until_date = func.max(AddressBlock.until_date, type_=AddressBlock.until_date.type)
        query = select(until_date).where(AddressBlock.network.in_(networks), AddressBlock.until_date > utc_now())
        with self._reading() as reading:
            return reading.scalar(query)

    def active(self, *, after: str = "") -> Page[AddressBlock]:
        """A page of the active blocks, newest first."""
        query = select(AddressBlock).where(AddressBlock.until_date > utc_now())
        return newest_first(self._dbsession, query, AddressBlock, after=after)

    def block(self, network: Network, hours: int, actor: Actor) -> None:
        """Block a network for `hours` from now. An existing block can get longer, never shorter.

        The details of the audit row are the end of the block in ISO 8601.
        """
        lock_name(self._dbsession, str(network))
        until_date = utc_now() + timedelta(hours=hours)
        block = self._lock(self._dbsession.scalar(select(AddressBlock.id).where(AddressBlock.network == str(network))))
        if block and block.until_date <= utc_now():
            self._dbsession.delete(block)
            self._dbsession.flush()  # before another row of the network
            block = None
        if block:
            until_date = block.until_date = max(block.until_date, until_date)
        else:
            self._dbsession.add(AddressBlock(network=str(network), until_date=until_date, blocked_by=actor.name))
        self._audit.record(actor, "network-blocked", str(network), until_date.isoformat(timespec="seconds"))

    def lift(self, block_id: str, actor: Actor) -> bool:
        """End a block; False if no block has this id."""
        block = self._lock(block_id)
        if block is None:
            return False
        self._dbsession.delete(block)
        self._audit.record(actor, "block-lifted", block.network)
        return True

    def _lock(self, block_id: str | None) -> AddressBlock | None:
        return self._dbsession.get(AddressBlock, block_id or "", with_for_update=True, populate_existing=True)
