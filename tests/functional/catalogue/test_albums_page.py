"""The catalogue page."""

import datetime as dt

import pytest

from tests.support.factories import make_album, make_artist, make_genre
from tests.support.page_reader import link_after, titles

EARLY, LATE = dt.date(1999, 1, 1), dt.date(2020, 1, 1)


@pytest.fixture
def catalogue(store):
    """Two albums by two artists, and an unpublished one that must never appear."""
    store.add(
        make_album("Brass", make_artist("Zoë"), release_date=LATE, price_cents=500),
        make_album("Ähren", make_artist("Bob"), release_date=EARLY, price_cents=900),
        make_album("Hidden", make_artist("Nobody"), release_date=LATE, published=False),
    )


def test_an_empty_store_says_so(testapp):
    page = testapp.get("/albums")
    assert "There are no albums here yet." in page.html.main.text
    assert titles(page) == []


def test_an_album_shows_its_title_artist_price_and_cover(store, testapp):
    store.add(make_album("Títle", make_artist("Ärtist", url="a"), url="t", price_cents=1_250))
    card = testapp.get("/albums").html.select_one(".album-card")
    assert card.select_one(".album-title").text == "Títle"
    assert card.select_one(".album-artist").text == "Ärtist"
    assert card.select_one(".album-price").text == "€12.50"
    assert card.img["src"].partition("?")[0] == "/albums/t/cover.svg"
    assert [link["href"] for link in card.find_all("a")] == ["/albums/t", "/artists/a"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("newest", ["Brass", "Ähren"]),
        ("title", ["Ähren", "Brass"]),
        ("artist", ["Ähren", "Brass"]),
        ("price", ["Brass", "Ähren"]),
        ("nonsense", ["Brass", "Ähren"]),
        ("", ["Brass", "Ähren"]),
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_albums_are_sorted_as_requested(testapp, sort, expected):
    assert titles(testapp.get("/albums", {"sort": sort})) == expected


@pytest.mark.usefixtures("catalogue")
def test_the_filter_shows_the_current_choice_and_can_be_sent_again(testapp):
    page = testapp.get("/albums?sort=title")
    form = page.html.select_one("form.filter")
    assert form.select_one("#filter-sort option[selected]")["value"] == "title"
    sort = next(form for form in page.forms.values() if form.action == "/albums")
    sort["sort"] = "price"
    assert titles(sort.submit("")) == ["Brass", "Ähren"]


def test_an_album_with_two_genres_appears_under_both(store, testapp):
    rock, folk, jazz = (make_genre(name) for name in ("Rock", "Folk", "Jazz"))
    store.add(
        make_album("Both", genres=[rock, folk]),
        make_album("Rock only", genres=[rock]),
        make_album("None"),
        make_album("Hidden jazz", genres=[jazz], published=False),
    )
    assert titles(testapp.get("/albums?genre=folk")) == ["Both"]
    assert titles(testapp.get("/albums?genre=folk).")) == ["Both"]  # as copied from a sentence
    assert sorted(titles(testapp.get("/albums?genre=rock"))) == ["Both", "Rock only"]
    page = testapp.get("/albums?genre=rock")
    assert page.html.h1.text == "Rock"
    assert [option.text for option in page.html.select("#filter-genre option")] == ["All genres", "Folk", "Rock"]


@pytest.mark.parametrize("genre", ["jazz", "no-such-genre", "' OR 1=1 --"])
@pytest.mark.usefixtures("catalogue")
def test_a_genre_without_published_albums_is_not_found(testapp, genre):
    assert "Browse all albums" in testapp.get("/albums", {"genre": genre}, status=404)


@pytest.mark.usefixtures("catalogue")
def test_an_empty_genre_shows_all_albums(testapp):
    assert titles(testapp.get("/albums?genre=")) == ["Brass", "Ähren"]


def test_paging_keeps_the_sort_and_the_genre(store, testapp):
    folk = make_genre("Folk")
    store.add(*(make_album(f"Title {number:02}", genres=[folk]) for number in range(30)), make_album("Title 00b"))
    first = testapp.get("/albums?sort=title&genre=folk")
    link = link_after(first, "next")
    assert "sort=title" in link
    assert "genre=folk" in link
    assert titles(testapp.get(link)) == [f"Title {number:02}" for number in range(24, 30)]
    assert first.html.head.select_one('link[rel="next"]')["href"] == link


def test_exactly_one_full_page_has_no_next_page(store, testapp):
    store.add(*(make_album() for _ in range(24)), make_album("Hidden", published=False))
    page = testapp.get("/albums")
    assert len(titles(page)) == 24
    assert page.html.select_one("nav.pages") is None
