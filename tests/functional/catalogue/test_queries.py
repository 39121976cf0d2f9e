"""The number of queries of each page, and their plans in a large catalogue."""

import datetime as dt
import re

import pytest

from album_store.data.album import Album
from album_store.services.catalogue.albums_service import MAX_GENRES, ORDERS
from tests.support.factories import make_album, make_artist, make_genre, make_track
from tests.support.page_reader import link_after
from tests.support.shared_store import store_in
from tests.support.statement_log import plan_of, statements_of

# Path -> number of queries for a visitor, on a page that is not kept. A signed-in customer costs two more, for the
# session and the cart, and one that finds what they own of an album.
QUERIES = {
    "/": 3,
    "/albums": 4,
    "/albums?sort=title&genre=folk": 5,
    "/albums?sort=title&after=1~album+1": 5,
    "/albums?sort=title&before=1~album+1": 5,
    "/albums/album": 6,  # one says whether it can be delivered
    "/albums/album?after=1~0": 9,
    "/artists/artist": 4,
    "/search": 0,
    "/search?q=alb": 6,  # one tells whether its row of words is common
    "/search?q=nothing": 5,
    "/nothing": 0,
    "/account/signin": 0,
    "/account/register": 0,
    "/account/register_sent": 0,
    "/account/forgot_password": 0,
    "/account/reset_sent": 0,
}
MACHINE_QUERIES = {
    "/albums/album/cover.svg": 1,
    "/albums.atom": 3,
    "/sitemap.xml": 3,
    "/sitemap-1.xml": 5,
    "/robots.txt": 0,
    "/styles.css": 0,
    "/health": 2,
    "/covers/nothing.jpg": 0,
    "/previews/nothing.mp3": 0,
}
# A cursor near the end of each order.
FAR = {
    "newest": "1~1970-01-05",
    "title": "1~album 999",
    "artist": "1~artist 99",
    "price": "1~1990",
    "upcoming": "1~2050-01-05",
}
LARGE = 3_000
GENRES = 4


def add_albums(store, count):
    """Albums with several tracks and genres; two thirds are by one artist."""
    artist, genres = make_artist("Artist", url="artist"), [make_genre("Folk"), make_genre("Rock")]
    others = [make_artist() for _ in range(3)]
    store.add(
        *(
            make_album(
                f"Album {number}",
                others[number % 9 // 3] if number % 3 == 2 else artist,
                url="album" if number == 1 else f"a-{number}",
                release_date=dt.date(2000, 1, 1) + dt.timedelta(number),
                genres=list(genres),
                tracks=[make_track(f"Track {track}") for track in range(5)],
            )
            for number in range(count)
        )
    )


def queries_of(store, browser, path):
    """The queries of a page that is not kept."""
    store.forget_pages()
    with statements_of(store.db_sessions.engine) as statements:
        browser.get(path, expect_errors=True)
    return [statement for statement, _ in statements]


@pytest.mark.parametrize("albums", [3, 60])
def test_a_page_needs_a_constant_number_of_queries_for_a_visitor(store, testapp, albums):
    add_albums(store, albums)
    counted = {path: len(queries_of(store, testapp, path)) for path in QUERIES | MACHINE_QUERIES}
    assert counted == QUERIES | MACHINE_QUERIES


@pytest.mark.parametrize("albums", [3, 60])
def test_a_page_needs_two_more_queries_for_a_signed_in_customer(store, alice, albums):
    add_albums(store, albums)
    browser = store.signed_in()
    pages = {path: count for path, count in QUERIES.items() if path != "/account/signin"}
    counted = {path: len(queries_of(store, browser, path)) for path in pages}
    assert counted == {path: count + 2 + path.startswith("/albums/") for path, count in pages.items()}


def test_a_kept_page_needs_no_query_for_a_visitor_and_three_for_a_signed_in_customer(store, testapp, alice):
    add_albums(store, 3)
    customer = store.signed_in()
    for path in ("/", "/albums", "/albums/album", "/artists/artist"):
        testapp.get(path)
        with statements_of(store.db_sessions.engine) as for_a_visitor:
            testapp.get(path)
        with statements_of(store.db_sessions.engine) as for_a_customer:
            customer.get(path)
        finds_out_what_is_owned = path == "/albums/album"
        assert (len(for_a_visitor), len(for_a_customer)) == (0, 3 + finds_out_what_is_owned), path


def test_machine_readable_documents_do_not_look_up_the_session(store, alice):
    add_albums(store, 3)
    browser = store.signed_in()
    assert {path: len(queries_of(store, browser, path)) for path in MACHINE_QUERIES if "nothing" not in path} == {
        path: count for path, count in MACHINE_QUERIES.items() if "nothing" not in path
    }


def test_the_account_page_needs_seven_queries_for_any_number_of_sessions(store, alice):
    for _ in range(4):
        browser = store.signed_in()
    assert len(queries_of(store, browser, "/account")) == 7


@pytest.fixture(scope="module")
def large_store(tmp_path_factory):
    """A few thousand albums by many artists, some of them unpublished."""
    with store_in(tmp_path_factory.mktemp("large")) as store:
        fill_with_many_albums(store)
        yield store


def fill_with_many_albums(store):
    genres = [make_genre(f"Genre {number}") for number in range(GENRES)]
    artists = [make_artist(url=f"artist-of-{number}") for number in range(LARGE // 10)]
    for number in range(LARGE):
        make_album(
            f"Album {number}",
            artists[number % len(artists)],
            url="album" if number == LARGE // 2 + 1 else f"a-{number}",
            price_cents=number * 7 % 2_000,
            release_date=dt.date(1970, 1, 1) + dt.timedelta(number * 11 % 30_000),
            published=number % 10 != 0,
            genres=genres[number % GENRES :][:2],
            tracks=[],
        )
    store.add(*artists)


def plans_of(store, path):
    store.forget_pages()
    with statements_of(store.db_sessions.engine) as statements:
        store.browser().get(path, status=200)
    assert statements
    return [plan_of(store.db_sessions.engine, statement) for statement in statements]


def test_no_page_sorts_or_reads_all_albums(large_store):
    assert bad_plans(large_store) == []
    with large_store.db_sessions.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    assert bad_plans(large_store) == []  # the planner may think otherwise once it has statistics


def bad_plans(store):
    """The paths and query plans that read a whole table or sort albums; sorting tracks and genres is allowed."""
    plans = [(path, plan) for path in sorted(visited_paths(store)) for plan in plans_of(store, path)]
    return [(path, plan) for path, plan in plans if reads_all(plan) or sorts_albums(plan)]


def reads_all(plan):
    return re.search(r"SCAN (Album|Artist|AlbumGenre|Track)\b", plan)


def sorts_albums(plan):
    return "USE TEMP B-TREE" in plan and re.search(r"(SEARCH|SCAN) Album(Search)?\b", plan)


def test_a_long_list_of_genres_is_shortened_but_each_genre_has_a_page(store, testapp):
    store.add(make_album(url="all", genres=[make_genre(f"Genre {number:03}") for number in range(MAX_GENRES + 2)]))
    page = testapp.get("/albums")
    assert len(page.html.select("#filter-genre option")) == MAX_GENRES + 1
    last = testapp.get(f"/albums?genre=genre-{MAX_GENRES + 1:03}")
    assert last.html.select_one("#filter-genre option[selected]").text == f"Genre {MAX_GENRES + 1:03}"
    testapp.get("/albums?genre=nothing", status=404)


@pytest.mark.parametrize("sort", ORDERS)
def test_a_rare_genre_is_found_without_scanning_the_catalogue(large_store, sort):
    rare = make_genre(f"Rare {sort}")
    rare.albums = large_store.rows(Album, Album.published.is_(True))[:3]
    with large_store.db_sessions.begin() as dbsession:
        dbsession.merge(rare)
    plans = plans_of(large_store, f"/albums?sort={sort}&genre={rare.url}")
    assert not [plan for plan in plans if "ix_Album_published" in plan]


@pytest.mark.parametrize(
    ("sort", "cursor", "place"),
    [
        ("newest", "1~1990-01-01", "sort_date=? AND id<?"),
        ("title", "1~album 7", "sort_title=? AND id>?"),
        ("artist", "1~artist 7", "sort_artist=? AND id>?"),
        ("price", "1~800", "price_cents=? AND id>?"),
    ],
)
def test_a_cursor_among_equal_sort_keys_uses_the_index(large_store, sort, cursor, place):
    _version, _genres, ties, *_ = plans_of(large_store, f"/albums?sort={sort}&after={cursor}")
    assert f"(published=? AND {place})" in ties


def visited_paths(store):
    """The first, second and last page of each sort, with and without a genre, and the other lists."""
    browser = store.browser()
    paths = {
        "/",
        "/albums/album",
        "/artists/artist-of-1",
        "/search?q=album",
        "/search?q=album&after=500~2",
        "/albums.atom",
    }
    for sort in ORDERS:
        for genre in ("", "genre-1"):
            first = f"/albums?sort={sort}&genre={genre}"
            second = link_after(browser.get(first), "next")
            far = FAR[sort]
            paths |= {first, second, f"{first}&after={far}", f"{first}&before={far}"}
    return paths
