"""Blocks: networks that may look at the store but send no form for a time."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.address_block import AddressBlock
from album_store.data.types import utc_now
from album_store.infrastructure.security.networks import Network
from album_store.services.audit_service import AuditService
from album_store.services.newest_first import newest_first
from album_store.services.paging import Page


class BlockService:
    """Blocks networks and lifts the blocks; every deed is audited. What a block does, `blocked_addresses` says."""

    def __init__(self, dbsession: Session, audit: AuditService) -> None:
        self._dbsession = dbsession
        self._audit = audit

    def active(self, *, after: str = "") -> Page[AddressBlock]:
        """A page of the blocks that are not over yet, the newest first."""
        query = select(AddressBlock).where(AddressBlock.until_date > utc_now())
        return newest_first(self._dbsession, query, AddressBlock, after=after)

    def block(self, network: Network, hours: int) -> None:
        """Block a network for so many hours from now. A block that there is gets longer, never shorter."""
        until_date = utc_now() + timedelta(hours=hours)
        self._dbsession.execute(delete(AddressBlock).where(AddressBlock.until_date <= utc_now()))
        existing = select(AddressBlock).where(AddressBlock.network == str(network)).with_for_update()
        block = self._dbsession.scalars(existing).first()
        if block:
            until_date = block.until_date = max(block.until_date, until_date)
        else:
            self._add(str(network), until_date=until_date)
        self._audit.record("network-blocked", str(network), f"until {until_date:%Y-%m-%d %H:%M} UTC")

    def _add(self, network: str, **values: object) -> None:
        try:
            with self._dbsession.begin_nested():
                self._dbsession.add(AddressBlock(network=network, blocked_by=self._audit.actor.name, **values))
        except IntegrityError:  # somebody else blocked it at the same moment
            pass

    def lift(self, block_id: str) -> bool:
        """End a block; false if there is none with this id."""
        block = self._dbsession.get(AddressBlock, block_id)
        if block is None:
            return False
        self._dbsession.delete(block)
        self._audit.record("block-lifted", block.network)
        return True
