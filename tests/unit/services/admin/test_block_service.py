"""The block service, without its pages."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from album_store.data.address_block import AddressBlock
from album_store.data.audit_entry import AuditEntry
from album_store.infrastructure.security.networks import parse_blockable
from album_store.services.audit_service import Actor
from album_store.worker.service_request import service_request
from tests.support.clock import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def block(clock, registry):
    """Blocks a network for some hours, in its own transaction."""

    def block_network(text, hours) -> None:
        with service_request(registry, writes=True) as request:
            request.block_service.block(parse_blockable(text), hours, Actor("Ada"))

    return block_network


@pytest.fixture
def blocked_until(registry):
    """Returns until when an address is blocked, or None."""

    def blocked_until(address: str) -> datetime | None:
        with service_request(registry) as request:
            return request.block_service.blocked_until(address)

    return blocked_until


def rows(db_sessions, model):
    with db_sessions.read() as dbsession:
        return list(dbsession.scalars(select(model).order_by(model.created_date)))


def test_a_network_is_blocked_for_the_given_hours(db_sessions, block, blocked_until):
    block("192.0.2.7", 24)
    assert blocked_until("192.0.2.7") == NOON + 24 * HOUR
    assert blocked_until("192.0.2.8") is None
    [row] = rows(db_sessions, AddressBlock)
    assert (row.network, row.blocked_by) == ("192.0.2.7/32", "Ada")


def test_the_longest_of_several_blocks_applies(block, blocked_until):
    block("192.0.2.7", 24)
    block("192.0.2.7/24", 1)
    assert blocked_until("192.0.2.7") == NOON + 24 * HOUR
    assert blocked_until("192.0.2.8") == NOON + HOUR


def test_an_expired_block_can_be_renewed(db_sessions, block, blocked_until, clock):
    block("192.0.2.7", 24)
    clock.shift(25 * HOUR)
    assert blocked_until("192.0.2.7") is None
    block("192.0.2.7", 1)
    [row] = rows(db_sessions, AddressBlock)
    assert (row.created_date, row.until_date) == (NOON + 25 * HOUR, NOON + 26 * HOUR)


def test_lifting_a_missing_block_changes_nothing(db_sessions, registry):
    with service_request(registry, writes=True) as request:
        assert request.block_service.lift("x", Actor("Ada")) is False
    assert rows(db_sessions, AuditEntry) == []


@pytest.mark.parametrize("address", ["", "unknown", "192.0.2", "1" * 64])
def test_an_invalid_address_is_never_blocked(block, blocked_until, address):
    block("192.0.2.7", 1)
    assert blocked_until(address) is None
