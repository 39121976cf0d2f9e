"""Creating, finding and redeeming secret links."""

from datetime import timedelta

import pytest

from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import LinkCode, hash_secret, new_secret
from album_store.services.account.secret_links import DeadLinkError, create_link, find_link, redeem_link
from tests.support.clock import NOON

HOUR = timedelta(hours=1)
ASKER, USER = Client("192.0.2.1", "Asker"), Client("192.0.2.2", "User")


@pytest.fixture
def dbsession(db_sessions):
    """A session that is rolled back after the test."""
    with db_sessions._writing() as dbsession:
        yield dbsession


@pytest.fixture
def code(clock, dbsession):
    """The code of a valid link."""
    code = create_link(dbsession, PendingRegistration, ASKER, HOUR, email="carol@example.org", password_hash="")
    dbsession.flush()
    return code


def find(dbsession, code):
    return find_link(dbsession, PendingRegistration, code)


def redeem(dbsession, code):
    redeem_link(dbsession, PendingRegistration, code.id, USER)


def test_a_valid_link_is_found_by_its_code_and_stays_valid(dbsession, code):
    for _ in range(3):
        link = find(dbsession, code)
    assert (link.email, link.created_ip_address, link.created_user_agent) == ("carol@example.org", "192.0.2.1", "Asker")
    assert (link.was_used, link.used_date) == (False, None)
    assert link.secret_hash == hash_secret(code.secret)


def test_a_link_is_redeemed_once(dbsession, code, clock):
    clock.shift(timedelta(minutes=5))
    link = find(dbsession, code)
    redeem(dbsession, code)
    dbsession.refresh(link)
    assert (link.was_used, link.used_date) == (True, NOON + timedelta(minutes=5))
    assert (link.used_ip_address, link.used_user_agent) == ("192.0.2.2", "User")
    for again in (find, redeem):
        with pytest.raises(DeadLinkError):
            again(dbsession, code)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda _code: None,
        lambda code: LinkCode(code.id, new_secret()),
        lambda code: LinkCode("0" * 32, code.secret),
        lambda code: LinkCode(code.id, hash_secret(code.secret)[:43]),
        lambda code: LinkCode(code.id, ""),
    ],
)
def test_a_wrong_code_finds_no_link(dbsession, code, wrong):
    with pytest.raises(DeadLinkError):
        find(dbsession, wrong(code))
    assert find(dbsession, code)


@pytest.mark.parametrize("how", [find, redeem])
@pytest.mark.parametrize(("age_s", "works"), [(0, True), (3_599, True), (3_600, False), (3_601, False)])
def test_a_link_expires_at_the_end_of_its_lifetime(dbsession, code, clock, how, age_s, works):
    clock.shift(timedelta(seconds=age_s))
    if works:
        how(dbsession, code)
    else:
        with pytest.raises(DeadLinkError):
            how(dbsession, code)


@pytest.mark.parametrize("how", [find, redeem])
def test_a_superseded_link_is_invalid_but_not_marked_as_used(dbsession, code, how):
    link = find(dbsession, code)
    link.superseded_date = NOON
    with pytest.raises(DeadLinkError):
        how(dbsession, code)
    assert not link.was_used


def test_a_link_redeemed_by_another_session_cannot_be_redeemed_again(dbsession, code):
    link = find(dbsession, code)
    table = PendingRegistration.__table__
    dbsession.execute(table.update().where(table.c.id == code.id).values(was_used=True, used_ip_address="203.0.113.5"))
    assert not link.was_used  # this session read the link before it was redeemed elsewhere
    with pytest.raises(DeadLinkError):
        redeem(dbsession, code)
    dbsession.refresh(link)
    assert link.used_ip_address == "203.0.113.5"


def supersede(dbsession, code, _clock):
    table = PendingRegistration.__table__
    dbsession.execute(table.update().where(table.c.id == code.id).values(superseded_date=NOON))


def expire(_dbsession, _code, clock):
    clock.shift(HOUR)


@pytest.mark.parametrize("happens", [supersede, expire])
def test_a_link_that_becomes_invalid_after_it_was_read_cannot_be_redeemed(dbsession, code, clock, happens):
    link = find(dbsession, code)
    happens(dbsession, code, clock)
    with pytest.raises(DeadLinkError):
        redeem(dbsession, code)
    dbsession.refresh(link)
    assert (link.was_used, link.used_date, link.used_ip_address) == (False, None, "")
