"""Two transactions of admins at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from album_store.data.address_block import AddressBlock
from album_store.data.audit_entry import AuditEntry
from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.security.networks import parse_blockable
from album_store.services.admin.mail_check_service import KIND
from album_store.services.audit_service import Actor
from album_store.services.mail_spacing import MailLimitError
from tests.support.clock import NOON
from tests.support.factories import add_account
from tests.support.overlap import overlap

pytestmark = pytest.mark.every_database

ADA, BEA = Actor("ada@example.org"), Actor("bea@example.org")


def block(hours, actor):
    return lambda request: request.block_service.block(parse_blockable("192.0.2.7"), hours, actor)


def rows(registry, model):
    with registry.db_sessions.read() as dbsession:
        return dbsession.scalars(select(model).order_by(model.created_date)).all()


@pytest.fixture
def set_block(clock, registry):
    """The id of a block of one hour that Ada has set."""
    with registry.db_sessions.begin() as dbsession:
        row = AddressBlock(network="192.0.2.7/32", until_date=NOON + timedelta(hours=1), blocked_by=ADA.name)
        dbsession.add(row)
        dbsession.flush()
        return row.id


@pytest.mark.parametrize("hours", [(1, 24), (24, 1)])
def test_the_longer_of_two_simultaneous_blocks_applies(clock, registry, hours):
    overlap(registry, block(hours[0], ADA), block(hours[1], BEA))
    [row] = rows(registry, AddressBlock)
    assert (row.until_date, row.blocked_by) == (NOON + timedelta(hours=24), ADA.name)
    assert [entry.action for entry in rows(registry, AuditEntry)] == ["network-blocked"] * 2


def test_a_block_is_lifted_once(registry, set_block):
    def lift(request) -> bool:
        return request.block_service.lift(set_block, BEA)

    assert overlap(registry, lift, lift) is False
    assert [entry.action for entry in rows(registry, AuditEntry)] == ["block-lifted"]


@pytest.mark.parametrize("early", [True, False])
def test_a_block_that_is_being_lifted_is_set_anew(registry, set_block, early):
    overlap(registry, lambda request: request.block_service.lift(set_block, BEA), block(2, BEA), early=early)
    [row] = rows(registry, AddressBlock)
    assert (row.until_date, row.blocked_by) == (NOON + timedelta(hours=2), BEA.name)


def test_simultaneous_test_emails_keep_to_the_limit(registry):
    ada = add_account(registry.db_sessions, "x", ADA.name)
    with registry.db_sessions.begin() as dbsession:
        dbsession.add_all(OutgoingMail(kind=KIND, recipient=ADA.name, subject="Hello") for _ in range(2))

    def send(request) -> None:
        request.mail_check_service.send(Actor(ADA.name, ada))

    with pytest.raises(MailLimitError):
        overlap(registry, send, send)
    assert len(rows(registry, OutgoingMail)) == 3
