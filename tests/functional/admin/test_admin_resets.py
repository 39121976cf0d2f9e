"""The audit of password resets: by day, by IP address and by request."""

from datetime import timedelta
from typing import Any

import pytest

from album_store.data.password_reset import PasswordReset
from tests.support.clock import NOON
from tests.support.factories import make_link
from tests.support.page_reader import follow_pages
from tests.support.store_driver import ask_for_reset, set_new_password

FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"

pytestmark = pytest.mark.usefixtures("clock")


def add_resets(store, account_id, count=1, *, ago=timedelta(0), address="192.0.2.7", **values: Any):
    store.add(
        *(
            make_link(
                PasswordReset,
                account_id=account_id,
                created_date=NOON - ago - timedelta(seconds=number),
                created_ip_address=address,
                **values,
            )
            for number in range(count)
        )
    )


def words(element):
    return " ".join(element.get_text().split())


def by_day(page):
    rows = [[cell.text.strip() for cell in row.select("th, td")] for row in page.html.select(".numbers tbody tr")]
    return {day: tuple(map(int, counts)) for day, *counts in rows}


def section(page, name):
    return page.html.select_one(f'section[aria-labelledby="{name}"]')


def addresses(page):
    """The text for each of the busiest addresses."""
    return [words(line.select("p")[0]) + ": " + words(line.select("p")[1]) for line in
            section(page, "by-address").select(".records > li")]  # fmt: skip


def requests(page):
    """The text for each request."""
    return [words(line) for line in section(page, "requests").select(".records > li")]


@pytest.mark.every_database
def test_each_day_shows_how_many_resets_were_requested_used_and_open(store, alice, bob, ada_at):
    day = timedelta(days=1)
    add_resets(store, alice, 2)
    add_resets(store, bob, superseded_date=NOON)
    add_resets(store, bob, 3, ago=day, was_used=True, used_date=NOON)
    add_resets(store, bob, ago=day)
    add_resets(store, alice, ago=29 * day)
    add_resets(store, alice, ago=31 * day)
    assert by_day(ada_at.get("/admin/resets")) == {
        "Mar 31": (3, 0, 2),
        "Mar 30": (4, 3, 0),
        "Mar 2": (1, 0, 0),
    }


def test_days_follow_the_time_zone_of_the_store(make_store, alice, ada):
    store = make_store(store__timezone="America/New_York")  # where it is 8:00
    ada_at = store.signed_in("ada@example.org")
    hour = timedelta(hours=1)
    add_resets(store, alice, ago=8 * hour, address="192.0.2.1")
    add_resets(store, alice, 2, ago=9 * hour, address="192.0.2.2")
    # The first of the 30 days begins an hour later, at 5:00 UTC: clocks changed on 8 March.
    add_resets(store, alice, ago=7 * hour + timedelta(days=29), address="192.0.2.3")
    add_resets(store, alice, ago=8 * hour + timedelta(days=29), address="192.0.2.4")
    page = ada_at.get("/admin/resets")
    assert by_day(page) == {"Mar 31": (1, 0, 0), "Mar 30": (2, 0, 0), "Mar 2": (1, 0, 0)}
    assert [line.partition(":")[0] for line in addresses(page.click("Mar 30"))] == ["192.0.2.2"]
    assert [line.partition(":")[0] for line in addresses(page.click("Mar 31"))] == ["192.0.2.1"]


@pytest.mark.parametrize("timezone", ["Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "UTC"])
@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "9999-12-30", "9999-12-31"])
def test_the_first_and_the_last_days_are_no_error(make_store, ada, timezone, day):
    store = make_store(store__timezone=timezone)
    assert requests(store.signed_in("ada@example.org").get(f"/admin/resets?day={day}")) == []


def test_a_day_links_to_its_addresses_and_requests(store, alice, ada_at):
    add_resets(store, alice, 2, address="192.0.2.1")
    add_resets(store, alice, ago=timedelta(days=1), address="192.0.2.2")
    page = ada_at.get("/admin/resets")
    assert len(requests(page)) == 3
    page = page.click("Mar 30")
    assert [line.partition(":")[0] for line in addresses(page)] == ["192.0.2.2"]
    assert len(requests(page)) == 1
    assert "Requests on March 30, 2026." in words(page.html.main)
    assert len(by_day(page)) == 2


def test_an_address_links_to_its_requests(store, alice, bob, ada_at):
    add_resets(store, alice, 3, address="192.0.2.1")
    add_resets(store, bob, address="192.0.2.2")
    page = ada_at.get("/admin/resets")
    assert page.html.select_one("#by-address").text == "Busiest IP addresses"
    page = page.click("192.0.2.2")
    assert [line.partition(":")[0] for line in addresses(page)] == ["192.0.2.2"]
    assert ["bob@example.org" in line for line in requests(page)] == [True]


@pytest.mark.every_database
def test_at_most_fifty_addresses_are_listed_busiest_first(store, alice, ada_at):
    for number in range(60):
        add_resets(store, alice, 1 + number // 30, address=f"192.0.2.{number}", ago=timedelta(minutes=number))
    add_resets(store, alice, 5, address="198.51.100.1", was_used=True, used_date=NOON)
    page = ada_at.get("/admin/resets")
    assert page.html.select_one("#by-address").text == "50 busiest IP addresses"
    lines = addresses(page)
    assert len(lines) == 50
    assert lines[0] == "198.51.100.1: 5 requested, 5 used, 0 open. Last request: March 31, 2026, 12:00 PM UTC."
    assert [line.split(": ")[1][0] for line in lines[1:]] == ["2"] * 30 + ["1"] * 19


def test_each_request_shows_its_outcome(store, alice, ada_at, clock):
    phone = store.browser(REMOTE_ADDR="192.0.2.9", HTTP_USER_AGENT=FIREFOX)
    ask_for_reset(phone)
    clock.shift(timedelta(minutes=10))
    ask_for_reset(phone)
    page = ada_at.get("/admin/resets")
    assert [line.split()[1] for line in requests(page)] == ["open", "open"]
    assert "from 192.0.2.9 with Firefox on Android" in requests(page)[0]
    phone.get(store.mailed_link()).follow()
    set_new_password(phone, "seventeen grey herons")
    newest, older = requests(ada_at.get("/admin/resets"))
    assert newest.startswith("alice@example.org used Requested")
    assert older.split()[1] == "cancelled"
    assert "different IP address" not in newest
    clock.shift(timedelta(minutes=10))
    ask_for_reset(phone)
    clock.shift(timedelta(hours=2))
    assert requests(ada_at.get("/admin/resets"))[0].split()[1] == "expired"


def test_a_link_used_from_another_address_is_marked(store, alice, ada_at):
    ask_for_reset(store.browser(REMOTE_ADDR="192.0.2.9"))
    elsewhere = store.browser(REMOTE_ADDR="198.51.100.9", HTTP_USER_AGENT=FIREFOX)
    elsewhere.get(store.mailed_link()).follow()
    set_new_password(elsewhere, "seventeen grey herons")
    [line] = requests(ada_at.get("/admin/resets"))
    assert "from 198.51.100.9 with Firefox on Android. Requested from a different IP address." in line
    assert "Requested from a different IP address." in ada_at.get(f"/admin/accounts/{alice}")


@pytest.mark.every_database
def test_filtered_requests_are_paged(store, alice, bob, ada_at):
    add_resets(store, alice, 120, address="192.0.2.1")
    add_resets(store, bob, 30, address="192.0.2.2")
    add_resets(store, alice, 30, ago=timedelta(days=2), address="192.0.2.1")
    pages = follow_pages(ada_at, "/admin/resets?day=2026-03-31&address=192.0.2.1")
    lines = [line for page in pages for line in requests(page)]
    assert [len(requests(page)) for page in pages] == [50, 50, 20]
    times = [time["datetime"] for page in pages for time in section(page, "requests").select("time")]
    assert len(set(times)) == 120
    assert all(line.startswith("alice@example.org") for line in lines)


def test_an_address_can_be_blocked_alone_or_with_its_network(store, alice, ada_at):
    for address in ("192.0.2.7", "2001:db8::7", "203.0.113.9", "", "no address"):
        add_resets(store, alice, address=address)
    lines = section(ada_at.get("/admin/resets"), "by-address").select(".records > li")
    offered = {line.p.text.strip(): [option["value"] for option in line.select('[name="network"] option')] for line in
               lines}  # fmt: skip
    assert offered == {
        "192.0.2.7": ["192.0.2.7/32", "192.0.2.0/24"],
        "2001:db8::7": ["2001:db8::/64", "2001:db8::7/128"],
        "203.0.113.9": ["203.0.113.9/32"],  # Ada is in the surrounding network
        "no address": [],
    }


@pytest.mark.parametrize("query", ["day=x", "day=2026-02-30", "day=9999-12-31", "day=0001-01-01", "address=%3Cb%3E",
                                   "after=x", "day=&address=&after=", f"address={'x' * 500}"])  # fmt: skip
def test_an_invalid_filter_is_no_error(store, alice, ada_at, query):
    add_resets(store, alice)
    page = ada_at.get(f"/admin/resets?{query}")
    assert len(by_day(page)) == 1
    assert len(requests(page)) in (0, 1)
    assert page.html.find("b") is None


def test_a_store_without_reset_requests_says_so(ada_at):
    page = ada_at.get("/admin/resets")
    assert "No password resets in the last 30 days." in page
    assert page.html.select(".records") == []
