"""Public pages are kept until the catalogue changes, and show each visitor only what is theirs."""

import datetime as dt
import re
from queue import SimpleQueue

import pytest
from sqlalchemy import select

from album_store.data import catalogue_version
from album_store.data.album import Album
from album_store.infrastructure.web import kept_pages
from tests.support.catalogue_changes import CHANGES, album_to_change, portion_of
from tests.support.clock import NOON
from tests.support.factories import make_album
from tests.support.store_driver import form_at, sign_in

# The pages of all views whose pages are kept, as `test_all_kept_views_are_tried` makes sure, and a search.
PAGES = {
    "home.index": ["/"],
    "albums.index": ["/albums", "/albums?sort=title&genre=folk"],
    "albums.details": ["/albums/album"],
    "artists.details": ["/artists/artist"],
    "albums.feed": ["/albums.atom"],
    "site.sitemap": ["/sitemap.xml"],
    "site.sitemap_page": ["/sitemap-1.xml"],
    "search.index": ["/search?q=album"],
}
PATHS = [path for paths in PAGES.values() for path in paths]


@pytest.fixture
def other(make_store):
    """A second process of the store, which keeps pages of its own. The setting shows on none of them."""
    return make_store(audit__days="89")


@pytest.fixture
def album(store):
    """The id of an album with a track, a genre and a licence."""
    store.add(album_to_change())
    return store.rows(Album)[0].id


def text_of(page):
    """The page without its CSRF tokens, which are new for each browser and sign-in."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page.text)


def test_all_kept_views_are_tried(store):
    views = store.registry.introspector.get_category("views")
    kept = {view["introspectable"]["route_name"] for view in views if view["introspectable"].get("kept") is not None}
    assert kept == PAGES.keys() - {"search.index"}


@pytest.mark.every_database
def test_each_change_shows_on_the_next_request_of_every_process(store, other, album):
    browsers = [store.browser(), other.browser()]
    for change, pattern, expected in CHANGES:
        path = pattern.format(portion=portion_of(album))
        for browser in browsers * 2:
            assert expected not in browser.get(path, expect_errors=True).text
        with store.db_sessions.begin() as dbsession:
            change(dbsession)
        assert [expected in browser.get(path, expect_errors=True).text for browser in browsers] == [True, True]


@pytest.mark.every_database
def test_a_change_that_is_rolled_back_drops_no_page(store, testapp, album):
    before = store.db_sessions.catalogue_token()
    with store.db_sessions.begin() as dbsession:
        dbsession.scalars(select(Album)).one().title = "Another Title"
        dbsession.flush()
        dbsession.rollback()
    assert store.db_sessions.catalogue_token() == before


def test_what_is_not_in_the_catalogue_leaves_the_pages_alone(store, testapp, alice, album):
    before = store.db_sessions.catalogue_token()
    browser = store.signed_in()
    browser.get("/account")
    assert store.db_sessions.catalogue_token() == before


@pytest.mark.every_database
def test_no_page_for_one_visitor_reaches_another(store, alice, bob, album):
    everyone = [store.browser(), store.signed_in(), store.browser(), store.browser()]
    sign_in(everyone[2], "bob@example.org", "bob has another one")
    for path in PATHS:
        fresh = []
        for browser in everyone:
            store.forget_pages()
            fresh.append(text_of(browser.get(path)))
        for order in (everyone, everyone[::-1]):
            store.forget_pages()
            kept = {id(browser): text_of(browser.get(path)) for _ in range(2) for browser in order}
            assert [kept[id(browser)] for browser in everyone] == fresh, path


def test_a_signed_in_page_is_private_and_carries_its_own_token(store, alice, bob, testapp, album):
    browsers = [store.signed_in(), store.browser()]
    sign_in(browsers[1], "bob@example.org", "bob has another one")
    for browser in browsers * 2:
        page = browser.get("/albums")
        assert page.headers["Cache-Control"] == "no-store"
        assert form_at(page, "/account/signout")["csrf_token"].value == browser.cookies["csrf"]
    assert browsers[0].cookies["csrf"] != browsers[1].cookies["csrf"]
    assert "csrf_token" not in testapp.get("/albums").text


def test_a_message_is_shown_once_on_a_kept_page(store, alice, album):
    browser = store.signed_in()
    browser.get("/")
    form = form_at(browser.get("/"), "/account/signout")
    message = "You are signed out."
    told = form.submit().follow()
    assert message in told.text
    assert told.headers["Cache-Control"] == "no-store"
    assert message not in browser.get("/").text
    assert message not in store.browser().get("/").text


def test_an_unchanged_page_is_not_sent_again(store, other, testapp, album):
    for path in PATHS:
        first, kept = testapp.get(path), testapp.get(path)
        assert first.headers["ETag"] == kept.headers["ETag"] == other.browser().get(path).headers["ETag"]
        assert not kept.headers["ETag"].startswith("W/")
        for etag in (kept.headers["ETag"], f'"x", W/{kept.headers["ETag"]}'):
            answer = testapp.get(path, headers={"If-None-Match": etag}, status=304)
            assert answer.body == b""
            assert set(kept.headerlist) - set(answer.headerlist) <= {
                ("Content-Length", kept.headers["Content-Length"]),
                ("Content-Type", kept.headers["Content-Type"]),
            }
        for etag in ('"x"', f"x,{kept.headers['ETag']}", f'"W/{kept.headers["ETag"][1:]}'):
            testapp.get(path, headers={"If-None-Match": etag}, status=200)


def test_a_kept_page_has_the_headers_of_a_new_one(testapp, album):
    for path in PATHS:
        first, kept, head = testapp.get(path), testapp.get(path), testapp.head(path)
        assert sorted(first.headerlist) == sorted(kept.headerlist) == sorted(head.headerlist)
        assert first.body == kept.body
        assert head.body == b""


def test_upcoming_albums_come_out_at_midnight(store, testapp, clock):
    tomorrow = NOON.date() + dt.timedelta(1)
    store.add(make_album("Album", url="album", release_date=tomorrow))
    assert "Coming soon" in testapp.get("/").text
    clock.shift(24 * 3600)
    assert "Coming soon" not in testapp.get("/").text.partition("<main")[2]
    clock.shift(-24 * 3600)  # a clock that was wrong
    assert "Coming soon" in testapp.get("/").text


def test_pages_are_made_while_the_version_cannot_be_read(store, testapp, album, monkeypatch, caplog):
    testapp.get("/albums")
    monkeypatch.setattr(store.registry.db_sessions, "catalogue_token", lambda: 1 / 0)
    monkeypatch.setattr(store.registry.catalogue_versions, "_next_log", 0)
    for _ in range(3):
        assert "Album" in testapp.get("/albums").text
    assert caplog.text.count("event=version-unread error=ZeroDivisionError") == 1


def test_pages_are_made_while_every_connection_for_the_version_is_taken(store, testapp, album, monkeypatch):
    testapp.get("/albums")
    monkeypatch.setattr(catalogue_version, "MAX_WAIT_S", 0.01)
    monkeypatch.setattr(store.db_sessions._version_reader, "_places", SimpleQueue())
    assert "Album" in testapp.get("/albums").text


def test_the_kept_pages_have_a_limit(store, testapp, album, monkeypatch):
    monkeypatch.setattr(kept_pages, "KEPT_BYTES", 200_000)
    store.forget_pages()
    for number in range(60):
        testapp.get(f"/albums?after={number}~2020-01-01")
    for pages in (store.registry.open_pages, store.registry.whole_pages):
        assert 0 < pages._pages.currsize <= 200_000


def test_links_that_only_a_visitor_made_are_not_kept_whole(store, testapp, album):
    testapp.get("/albums?utm_source=mail")
    assert len(store.registry.whole_pages._pages) == 0
    assert "next=/albums%3Futm_source%3Dmail" in testapp.get("/albums?utm_source=mail").text.replace("%2F", "/")


def test_no_page_with_a_long_query_is_kept(store, testapp, album):
    for name in ("after", "utm_source"):
        for signed_out in (testapp, store.browser(HTTP_COOKIE="session=x")):
            assert "Album" in signed_out.get(f"/albums?{name}={'1' * 600}").text
    assert not store.registry.open_pages._pages
    assert not store.registry.whole_pages._pages


def test_no_page_is_kept_while_templates_are_read_again(make_store):
    store = make_store(pyramid__reload_templates="true")
    store.browser().get("/albums", status=200)
    assert not store.registry.open_pages._pages
    assert not store.registry.whole_pages._pages
