"""The admin overview: new accounts by day, and the latest actions."""

from datetime import UTC, datetime, timedelta

import pytest

from album_store.data.audit_entry import AuditEntry
from tests.support.clock import NOON
from tests.support.factories import PASSWORD, add_account

MIDNIGHT = NOON - timedelta(hours=12)

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ada(store):
    """The id of Ada's account, created a year ago."""
    account = {"roles": ("admin", "user"), "created_date": NOON - timedelta(days=365)}
    return add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD), "ada@example.org", **account)


def add_registered(store, *moments: datetime):
    for number, moment in enumerate(moments):
        add_account(store.db_sessions, "x", f"{number}-{moment:%m%d}@example.org", created_date=moment)


def sums(page):
    names, numbers = page.html.select(".sums dt"), page.html.select(".sums dd")
    return {name.text: int(number.text) for name, number in zip(names, numbers, strict=True)}


def table(page):
    rows = [[cell.text for cell in row.select("th, td")] for row in page.html.select(".numbers tbody tr")]
    return {day: int(number) for day, number in rows}


@pytest.mark.every_database
def test_new_accounts_are_counted_by_day(store, ada_at):
    second = timedelta(seconds=1)
    add_registered(
        store,
        NOON,
        MIDNIGHT,
        MIDNIGHT - second,
        MIDNIGHT - timedelta(days=6),
        MIDNIGHT - timedelta(days=6) - second,
        MIDNIGHT - timedelta(days=29),
        MIDNIGHT - timedelta(days=29) - second,
    )
    assert sums(ada_at.get("/admin")) == {"Today": 2, "Last 7 days": 4, "Last 30 days": 6}


@pytest.mark.parametrize(
    ("timezone", "midnight"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 3, 30, 11, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 30, 4, tzinfo=UTC)),
    ],
)
def test_days_begin_at_midnight_in_the_time_zone_of_the_store(make_store, ada, timezone, midnight):
    store = make_store(store__timezone=timezone)
    page_for = store.signed_in("ada@example.org").get
    today = "April 1, 2026" if timezone == "Pacific/Auckland" else "March 31, 2026"
    add_registered(store, midnight, midnight - timedelta(seconds=1))
    counted = {day: count for day, count in table(page_for("/admin")).items() if count}
    first, second = ("March 30, 2026", "March 31, 2026") if "April" in today else ("March 29, 2026", "March 30, 2026")
    assert next(iter(table(page_for("/admin")))) == today
    assert counted == {second: 1, first: 1}


def test_the_day_on_which_clocks_change_has_23_hours(make_store, ada):
    store = make_store(store__timezone="Europe/Berlin")
    begin = datetime(2026, 3, 28, 23, tzinfo=UTC)
    second = timedelta(seconds=1)
    add_registered(store, begin - second, begin, begin + timedelta(hours=23) - second, begin + timedelta(hours=23))
    counted = {day: count for day, count in table(store.signed_in("ada@example.org").get("/admin")).items() if count}
    assert counted == {"March 30, 2026": 1, "March 29, 2026": 2, "March 28, 2026": 1}


def test_the_table_lists_every_day_newest_first(store, ada_at):
    add_registered(store, NOON, NOON, MIDNIGHT - timedelta(days=2))
    page = ada_at.get("/admin")
    assert page.html.select_one(".numbers tbody time")["datetime"] == "2026-03-31"
    assert "Days begin at midnight in the store's time zone, UTC." in page
    days = table(page)
    assert len(days) == 30
    assert list(days)[:3] == ["March 31, 2026", "March 30, 2026", "March 29, 2026"]
    assert list(days)[-1] == "March 2, 2026"
    assert {day: count for day, count in days.items() if count} == {"March 31, 2026": 2, "March 29, 2026": 1}


def test_the_chart_has_a_description_and_a_bar_for_each_day(store, ada_at):
    add_registered(store, NOON, NOON, NOON - timedelta(days=1))
    drawing = ada_at.get("/admin").html.svg
    assert drawing["role"] == "img"
    assert {drawing.title["id"], drawing.find("desc")["id"]} == set(drawing["aria-labelledby"].split())
    bars = drawing.find_all("rect")
    heights = [float(bar["height"]) for bar in bars]
    assert len(bars) == 30
    assert heights[-2:] == [75, 150]
    assert set(heights[:-2]) == {0}
    assert [bar.title.text for bar in bars[-2:]] == ["March 30, 2026: 1", "March 31, 2026: 2"]


def test_a_store_without_new_accounts_has_an_empty_chart(ada_at):
    page = ada_at.get("/admin")
    assert sums(page) == {"Today": 0, "Last 7 days": 0, "Last 30 days": 0}
    assert {bar["height"] for bar in page.html.svg.find_all("rect")} == {"0"}


def test_the_latest_actions_are_shown_newest_first(store, ada_at):
    for hours in range(12):
        when = NOON - timedelta(hours=hours)
        store.add(AuditEntry(action="account-enabled", actor="bea@example.org", target=f"{hours}@x", created_date=when))
    lines = [line.text.strip() for line in ada_at.get("/admin").html.select(".records li p:first-child")]
    assert lines == [f"bea@example.org enabled {hours}@x" for hours in range(10)]
