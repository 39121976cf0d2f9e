"""Leafing through the catalogue, forwards and backwards."""

import datetime as dt

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.services.catalogue.albums_service import ORDERS, PAGE_SIZE
from tests.support.factories import make_album, make_artist, make_genre
from tests.support.page_reader import leaf, link_after, titles

COUNT = 2 * PAGE_SIZE + 13


@pytest.fixture
def catalogue(store):
    """Albums whose titles, artists, prices and dates repeat; every second is folk, and hidden ones stand between.

    As many are upcoming as are out.

    What tells them apart is a number of exclamation marks, which the sort key of the title does not have.
    """
    folk, artists = make_genre("Folk"), [make_artist(f"Artist {number}") for number in range(3)]
    for number in range(2 * COUNT):
        year = 2000 if number < COUNT else 2090
        make_album(f"Hidden {number}", artists[0], genres=[folk], published=False)
        make_album(
            f"Same {number % 2}{'!' * (number + 1)}",
            artists[number % 3],
            price_cents=100 * (number % 4),
            release_date=dt.date(year, 1, 1 + number % 5) if number % 6 or year == 2090 else None,
            genres=[folk] if number % 2 else [],
        )
    store.add(*artists)  # and with them their albums


def in_order(store, sort, genre_url=""):
    """The titles as they should come, sorted in memory by the key of the sort and then by the id."""
    order = ORDERS[sort]
    with store.db_sessions.read() as dbsession:
        albums = list(dbsession.scalars(select(Album).where(Album.published.is_(True))))
        albums = [album for album in albums if not genre_url or genre_url in {genre.url for genre in album.genres}]
        if sort in {"newest", "upcoming"}:
            albums = [album for album in albums if album.is_upcoming(dt.date(2026, 3, 31)) is (sort == "upcoming")]
        albums.sort(key=lambda album: (getattr(album, order.column.key), album.id), reverse=order.descending)
        return [album.title for album in albums]


@pytest.mark.parametrize("genre_url", ["", "folk"])
@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.usefixtures("catalogue")
def test_leafing_visits_every_album_once_in_order_and_back_over_the_same_pages(store, testapp, sort, genre_url):
    pages = leaf(testapp, f"/albums?sort={sort}&genre={genre_url}")
    forwards = [titles(page) for page in pages]
    visited = [title for page in forwards for title in page]
    assert len(visited) == len(set(visited)) >= (COUNT if not genre_url else COUNT // 2)
    assert visited == in_order(store, sort, genre_url)
    backwards = leaf(testapp, pages[-1].request.path_qs, "prev")
    assert [titles(page) for page in backwards] == forwards[::-1]
    assert link_after(pages[0], "prev") is None
    assert link_after(backwards[-1], "prev") is None


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.usefixtures("catalogue")
def test_forward_again_from_a_page_reached_backwards(testapp, sort):
    first, second = leaf(testapp, f"/albums?sort={sort}")[:2]
    back = testapp.get(link_after(second, "prev"))
    assert titles(testapp.get(link_after(back, "next"))) == titles(second)
    assert titles(back) == titles(first)


NONSENSE = [
    "x", "~", "1", "1~", "~~~", "-1~2000-01-01", "1~2000-13-45", "99999999999999999999~1", "1~99999999999999999999999",
    "\u0661~1", "1~\u0661x", "' OR 1=1 --", "1~' OR 1=1 --", "\U0001f3b8", "1~" + "9" * 5_000,
]  # fmt: skip


@pytest.mark.parametrize("direction", ["after", "before"])
@pytest.mark.parametrize("sort", ["newest", "price"])
@pytest.mark.usefixtures("catalogue")
def test_a_cursor_that_makes_no_sense_shows_the_first_page(testapp, sort, direction):
    first = titles(testapp.get("/albums", {"sort": sort}))
    for nonsense in NONSENSE:
        page = testapp.get("/albums", {"sort": sort, direction: nonsense})
        assert titles(page) == first, nonsense
        assert page.html.select_one('nav.pages a[href="/albums"]')


@pytest.mark.parametrize("sort", ["title", "artist"])
@pytest.mark.usefixtures("catalogue")
def test_any_text_is_a_place_between_names_and_never_an_error(testapp, sort):
    for nonsense in NONSENSE:
        for direction in ("after", "before"):
            testapp.get("/albums", {"sort": sort, direction: nonsense}, status=200)


def test_a_page_beyond_the_end_offers_the_way_back(store, testapp):
    store.add(make_album("Only"))
    page = testapp.get("/albums", {"sort": "title", "after": "9~zzz"})
    assert titles(page) == []
    assert titles(page.click("See all albums")) == ["Only"]
    assert titles(page.click("Back to first page")) == ["Only"]


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.usefixtures("catalogue")
def test_an_album_that_is_added_while_leafing_doubles_and_loses_no_other(store, testapp, sort):
    expected = in_order(store, sort)
    page = testapp.get(f"/albums?sort={sort}")
    visited = titles(page)
    while link := link_after(page, "next"):
        store.add(
            make_album("Added", make_artist(f"Aaa {link}"), release_date=dt.date(2090, 1, 1), price_cents=0),
            make_album("Added", make_artist(f"Zzz {link}"), release_date=dt.date(1970, 1, 1), price_cents=9_999),
        )
        page = testapp.get(link)
        visited += titles(page)
    assert [title for title in visited if title != "Added"] == expected


@pytest.mark.usefixtures("catalogue")
def test_an_album_that_is_deleted_while_leafing_loses_no_other(store, testapp):
    expected = in_order(store, "newest")
    page = testapp.get("/albums")
    visited = titles(page)
    with store.db_sessions.begin() as dbsession:
        dbsession.delete(dbsession.scalars(select(Album).where(Album.title == visited[-1])).one())
    assert titles(testapp.get(link_after(page, "next"))) == expected[PAGE_SIZE : 2 * PAGE_SIZE]
