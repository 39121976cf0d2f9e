"""One visitor counts as one client, however a proxy writes the address."""

import pytest

from album_store.data.address_block import AddressBlock
from tests.support.clock import NOON
from tests.support.store_driver import sign_in

pytestmark = pytest.mark.usefixtures("clock")


def statuses(browsers):
    """The status that each browser gets for one wrong password, each with another email address."""
    return [
        sign_in(browser, f"{number}@example.org", "a wrong password").status_int
        for number, browser in enumerate(browsers)
    ]


def mapped(store, number):
    """A visitor as waitress passes on `X-Forwarded-For: ::ffff:198.51.100.1`."""
    return store.browser(REMOTE_ADDR="::ffff", REMOTE_PORT=f"198.51.100.{number}")


def test_twelve_visitors_with_mapped_addresses_are_twelve_clients(store):
    assert statuses(mapped(store, number) for number in range(12)) == [400] * 12


def test_one_address_written_in_many_ways_is_one_client(store):
    ways = ["198.51.100.1", "::ffff:198.51.100.1", "::FFFF:C633:6401", "[::ffff:198.51.100.1]:443", "198.51.100.1:80"]
    browsers = [store.browser(REMOTE_ADDR=way) for way in ways for _ in range(2)] + [mapped(store, 1)]
    assert statuses(browsers) == [400] * 10 + [429]


def test_unreadable_addresses_count_as_one_client(store):
    assert statuses(store.browser(REMOTE_ADDR=f"garbage {number}") for number in range(11)) == [400] * 10 + [429]


def test_the_logged_address_is_the_one_to_block(store, alice, caplog):
    sign_in(mapped(store, 1))
    assert "event=signin account=" in caplog.text
    assert "ip=198.51.100.1" in caplog.text
    assert "::ffff" not in caplog.text
    store.add(AddressBlock(network="198.51.100.1/32", until_date=NOON.replace(hour=13), blocked_by="Ada"))
    assert [sign_in(mapped(store, number)).status_int for number in (1, 2)] == [403, 303]


def test_an_unreadable_address_is_logged_as_unknown(store, caplog):
    sign_in(store.browser(REMOTE_ADDR="x event=signin account=1"), password="a wrong password")
    assert "account=unknown reason=credentials ip=unknown" in caplog.text
