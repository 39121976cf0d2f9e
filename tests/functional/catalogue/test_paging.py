"""Paging through the catalogue, forwards and backwards."""

import datetime as dt

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.services.catalogue.albums_service import ORDERS, PAGE_SIZE
from tests.support.factories import make_album, make_artist, make_genre
from tests.support.page_reader import follow_pages, link_after, titles

COUNT = 2 * PAGE_SIZE + 13


@pytest.fixture
def catalogue(store):
    """Albums with repeating titles, artists, prices and dates, mixed with unpublished ones.

    Half of them are folk, half are upcoming. Titles differ in their number of exclamation marks, which the sort key
    ignores.
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
    store.add(*artists)  # cascades to their albums


def in_order(store, sort, genre_url=""):
    """The titles in the expected order, sorted in memory by sort key and id."""
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
def test_paging_visits_every_album_once_in_order_and_back(store, testapp, sort, genre_url):
    pages = follow_pages(testapp, f"/albums?sort={sort}&genre={genre_url}")
    forwards = [titles(page) for page in pages]
    visited = [title for page in forwards for title in page]
    assert len(visited) == len(set(visited)) >= (COUNT if not genre_url else COUNT // 2)
    assert visited == in_order(store, sort, genre_url)
    backwards = follow_pages(testapp, pages[-1].request.path_qs, "prev")
    assert [titles(page) for page in backwards] == forwards[::-1]
    assert link_after(pages[0], "prev") is None
    assert link_after(backwards[-1], "prev") is None


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.usefixtures("catalogue")
def test_next_works_on_a_page_reached_with_previous(testapp, sort):
    first, second = follow_pages(testapp, f"/albums?sort={sort}")[:2]
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
def test_an_invalid_cursor_shows_the_first_page(testapp, sort, direction):
    first = titles(testapp.get("/albums", {"sort": sort}))
    for nonsense in NONSENSE:
        page = testapp.get("/albums", {"sort": sort, direction: nonsense})
        assert titles(page) == first, nonsense
        assert page.html.select_one('nav.pages a[href="/albums"]')


@pytest.mark.parametrize("sort", ["title", "artist"])
@pytest.mark.usefixtures("catalogue")
def test_any_text_is_a_valid_cursor_among_names(testapp, sort):
    for nonsense in NONSENSE:
        for direction in ("after", "before"):
            testapp.get("/albums", {"sort": sort, direction: nonsense}, status=200)


LARGE = "9" * 18


@pytest.mark.every_database
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/albums?sort=price&after={LARGE}~3", ["Only"]),
        (f"/albums?sort=price&before={LARGE}~800", ["Only"]),
        (f"/albums?sort=price&after=1~{LARGE}", []),
        (f"/albums?sort=price&after=1~-{LARGE[1:]}", ["Only"]),
        (f"/albums?sort=title&after={LARGE}~only", []),
        (f"/search?q=only&after={LARGE}~0", ["Only"]),
        (f"/search?q=only&after=1~{LARGE}", []),
    ],
)
def test_a_number_beyond_the_integers_of_the_database_is_beyond_every_row(store, testapp, path, expected):
    store.add(make_album("Only"))
    assert titles(testapp.get(path)) == expected


def test_a_page_beyond_the_end_offers_the_way_back(store, testapp):
    store.add(make_album("Only"))
    page = testapp.get("/albums", {"sort": "title", "after": "9~zzz"})
    assert titles(page) == []
    assert titles(page.click("See all albums")) == ["Only"]
    assert titles(page.click("Back to first page")) == ["Only"]


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.usefixtures("catalogue")
def test_adding_albums_while_paging_repeats_and_skips_no_other(store, testapp, sort):
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


@pytest.mark.every_database
@pytest.mark.usefixtures("catalogue")
def test_deleting_an_album_while_paging_skips_no_other(store, testapp):
    expected = in_order(store, "newest")
    page = testapp.get("/albums")
    visited = titles(page)
    with store.db_sessions.begin() as dbsession:
        dbsession.delete(dbsession.scalars(select(Album).where(Album.title == visited[-1])).one())
    assert titles(testapp.get(link_after(page, "next"))) == expected[PAGE_SIZE : 2 * PAGE_SIZE]
