"""Upcoming albums, which have a release date in the future."""

import datetime as dt
import json
from xml.etree import ElementTree as ET

import pytest

from album_store.services.catalogue.albums_service import PAGE_SIZE
from tests.support.factories import make_album, make_artist, make_genre
from tests.support.page_reader import follow_pages, titles

ATOM = "{http://www.w3.org/2005/Atom}"
# The test clock starts at noon on 31 March 2026.
TOMORROW = dt.date(2026, 4, 1)


@pytest.fixture
def catalogue(clock, store):
    artist, folk = make_artist("Artist", url="artist"), make_genre("Folk")
    store.add(
        make_album("Old", artist, url="old", release_date=dt.date(2020, 1, 1), genres=[folk]),
        make_album("Today", artist, url="today", release_date=dt.date(2026, 3, 31), genres=[folk]),
        make_album("Tomorrow", artist, url="tomorrow", release_date=TOMORROW, genres=[folk]),
        make_album("Far", artist, url="far", release_date=dt.date(2027, 3, 1), genres=[folk]),
        make_album("Undated", artist, url="undated", genres=[folk]),
        make_album("Hidden", artist, release_date=dt.date(2027, 3, 1), published=False),
    )


def text_of(page):
    return " ".join(page.html.main.text.split())


def feed_of(browser):
    return [entry.findtext(f"{ATOM}title") for entry in entries_of(browser)]


def entries_of(browser):
    return ET.fromstring(browser.get("/albums.atom").body).findall(f"{ATOM}entry")  # noqa: S314  our own document


def json_ld(page):
    return json.loads(page.html.select_one('script[type="application/ld+json"]').string)


@pytest.mark.usefixtures("catalogue")
def test_the_page_of_an_upcoming_album_says_when_it_comes_out(testapp):
    page = testapp.get("/albums/far")
    assert "Out March 1, 2027" in text_of(page)
    assert "Released" not in text_of(page)
    assert "Released March 31, 2026" in text_of(testapp.get("/albums/today"))


@pytest.mark.parametrize(
    ("locale", "said"), [("en_GB", "Out 1 March 2027"), ("de", "Out 1. März 2027"), ("ja", "Out 2027年3月1日")]
)
def test_the_release_date_follows_the_locale_of_the_store(clock, make_store, locale, said):
    store = make_store(store__locale=locale)
    store.add(make_album("Far", url="far", release_date=dt.date(2027, 3, 1)))
    browser = store.browser()
    for path in ("/albums/far", "/", "/albums?sort=title", "/albums?sort=upcoming", "/search?q=far"):
        assert said in text_of(browser.get(path)), path


@pytest.mark.usefixtures("catalogue")
def test_an_upcoming_album_is_not_the_newest_and_not_in_the_feed(testapp):
    front = testapp.get("/")
    assert front.html.select_one(".front-caption strong").text == "Undated"
    assert [section.h2.text for section in front.html.select("main section")] == ["New in the store", "Coming soon"]
    assert titles(front) == ["Today", "Old", "Tomorrow", "Far"]
    assert titles(testapp.get("/albums")) == ["Undated", "Today", "Old"]
    assert feed_of(testapp) == ["Artist: Undated", "Artist: Today", "Artist: Old"]


@pytest.mark.usefixtures("catalogue")
def test_an_upcoming_album_appears_everywhere_else(testapp):
    assert titles(testapp.get("/albums?sort=upcoming")) == ["Tomorrow", "Far"]
    assert titles(testapp.get("/albums?sort=upcoming&genre=folk")) == ["Tomorrow", "Far"]
    assert titles(testapp.get("/albums?sort=title")) == ["Far", "Old", "Today", "Tomorrow", "Undated"]
    assert titles(testapp.get("/artists/artist")) == ["Far", "Tomorrow", "Undated", "Today", "Old"]
    assert titles(testapp.get("/search?q=tomorrow")) == ["Tomorrow"]
    assert "/albums/tomorrow" in testapp.get("/sitemap-1.xml").text


@pytest.mark.usefixtures("catalogue")
def test_search_engines_are_told_when_an_album_becomes_available(testapp):
    upcoming, released = json_ld(testapp.get("/albums/tomorrow")), json_ld(testapp.get("/albums/today"))
    assert upcoming["datePublished"] == upcoming["offers"]["availabilityStarts"] == "2026-04-01"
    assert released["datePublished"] == "2026-03-31"
    assert "availabilityStarts" not in released["offers"]


@pytest.mark.usefixtures("catalogue")
def test_an_album_comes_out_at_midnight_without_a_restart(clock, testapp):
    clock.move_to(dt.datetime(2026, 3, 31, 23, 59, 59, tzinfo=dt.UTC))
    assert titles(testapp.get("/albums?sort=upcoming")) == ["Tomorrow", "Far"]
    clock.move_to(dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
    assert testapp.get("/").html.select_one(".front-caption strong").text == "Tomorrow"
    assert titles(testapp.get("/albums")) == ["Tomorrow", "Undated", "Today", "Old"]
    assert titles(testapp.get("/albums?sort=upcoming")) == ["Far"]
    assert "Released April 1, 2026" in text_of(testapp.get("/albums/tomorrow"))
    assert feed_of(testapp)[0] == "Artist: Tomorrow"
    [entry, *_] = entries_of(testapp)
    dates = [entry.findtext(f"{ATOM}{name}") for name in ("published", "updated")]
    assert dates == ["2026-04-01T00:00:00+00:00"] * 2


@pytest.mark.parametrize(
    ("timezone", "midnight"),
    [
        ("Pacific/Auckland", dt.datetime(2026, 3, 31, 11, tzinfo=dt.UTC)),
        ("Europe/Berlin", dt.datetime(2026, 3, 31, 22, tzinfo=dt.UTC)),
        ("America/New_York", dt.datetime(2026, 4, 1, 4, tzinfo=dt.UTC)),
    ],
)
def test_an_album_is_released_at_midnight_in_the_time_zone_of_the_store(clock, make_store, timezone, midnight):
    store = make_store(store__timezone=timezone)
    clock.move_to(midnight - dt.timedelta(seconds=1))
    store.add(make_album("Old", url="old", release_date=dt.date(1, 1, 1)))
    store.add(make_album("Tomorrow", url="tomorrow", release_date=TOMORROW))
    store.add(make_album("Undated"))
    browser = store.browser()
    assert titles(browser.get("/albums?sort=upcoming")) == ["Tomorrow"]
    assert titles(browser.get("/albums")) == ["Undated", "Old"]
    assert "Out April 1, 2026" in text_of(browser.get("/albums/tomorrow"))
    assert "Out April 1, 2026" in text_of(browser.get("/search?q=tomorrow"))
    assert "availabilityStarts" in json_ld(browser.get("/albums/tomorrow"))["offers"]
    assert len(feed_of(browser)) == 2
    clock.move_to(midnight)
    assert titles(browser.get("/albums?sort=upcoming")) == []
    assert titles(browser.get("/albums")) == ["Tomorrow", "Undated", "Old"]
    assert "Released April 1, 2026" in text_of(browser.get("/albums/tomorrow"))
    assert "Out" not in text_of(browser.get("/search?q=tomorrow"))
    assert "availabilityStarts" not in json_ld(browser.get("/albums/tomorrow"))["offers"]
    dates = [entry.findtext(f"{ATOM}published") for entry in entries_of(browser)]
    added = (midnight - dt.timedelta(seconds=1)).isoformat()
    assert dates == [midnight.isoformat(), added, added]


def test_each_album_is_listed_once_under_newest_or_upcoming(clock, store, testapp):
    days = range(-PAGE_SIZE, 2 * PAGE_SIZE + 1)
    store.add(*(make_album(f"Day {day}", release_date=TOMORROW + dt.timedelta(day)) for day in days))
    newest = [title for page in follow_pages(testapp, "/albums") for title in titles(page)]
    upcoming = [title for page in follow_pages(testapp, "/albums?sort=upcoming") for title in titles(page)]
    assert newest == [f"Day {day}" for day in range(-1, -PAGE_SIZE - 1, -1)]
    assert upcoming == [f"Day {day}" for day in range(2 * PAGE_SIZE + 1)]


def test_paging_past_midnight_skips_and_repeats_no_album(clock, store, testapp):
    store.add(*(make_album(f"Day {day}", release_date=TOMORROW - dt.timedelta(day)) for day in range(3 * PAGE_SIZE)))
    first = testapp.get("/albums")
    clock.move_to(dt.datetime(2026, 4, 1, 8, tzinfo=dt.UTC))
    link = first.html.select_one('a[rel="next"].button')["href"]
    rest = [title for page in follow_pages(testapp, link) for title in titles(page)]
    assert titles(first) + rest == [f"Day {day}" for day in range(1, 3 * PAGE_SIZE)]


def test_an_empty_list_of_upcoming_albums_leads_to_all_albums(store, testapp):
    store.add(make_album("Out"))
    page = testapp.get("/albums?sort=upcoming")
    assert "There are no upcoming albums here." in text_of(page)
    assert "Come back soon." not in text_of(page)
    assert titles(page.click("See all albums")) == ["Out"]


def test_a_store_with_only_upcoming_albums_is_not_called_empty(clock, store, testapp):
    store.add(make_album("Far", release_date=dt.date(2027, 3, 1)))
    front = testapp.get("/")
    assert "There are no albums here yet." not in text_of(front)
    assert front.html.select_one(".front-album") is None
    assert titles(front) == ["Far"]


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("sort=newest&after=9~2999-01-01", ["Undated", "Today", "Old"]),
        ("sort=newest&before=1~2020-01-01", ["Undated", "Today"]),
        ("sort=upcoming&after=1~2020-01-01", ["Tomorrow", "Far"]),
        ("sort=upcoming&before=9~2999-01-01", ["Tomorrow", "Far"]),
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_a_cursor_outside_a_list_shows_no_albums_of_the_other(testapp, query, listed):
    assert titles(testapp.get(f"/albums?{query}")) == listed
