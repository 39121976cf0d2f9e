"""The artist page."""

import datetime as dt

from tests.support.factories import make_album, make_artist
from tests.support.page_reader import follow_pages, parse_strictly, titles


def test_an_artist_has_a_biography_and_albums_newest_first(store, testapp):
    artist = make_artist("The Artist", url="a", biography="Born.\n\nPlayed.")
    store.add(
        make_album("Old", artist, release_date=dt.date(2001, 1, 1)),
        make_album("New", artist, release_date=dt.date(2011, 1, 1)),
        make_album("Hidden", artist, published=False),
        make_album("Of another"),
    )
    page = testapp.get("/artists/a")
    assert page.html.h1.text == "The Artist"
    assert [paragraph.text for paragraph in page.html.select("p.prose")] == ["Born.", "Played."]
    assert titles(page) == ["New", "Old"]


def test_the_albums_of_a_busy_artist_are_paged(store, testapp):
    artist = make_artist(url="busy")
    store.add(*(make_album(f"Album {number:02}", artist) for number in range(60)), make_album("Of another"))
    pages = follow_pages(testapp, "/artists/busy")
    assert [len(titles(page)) for page in pages] == [24, 24, 12]
    assert [title for page in pages for title in titles(page)] == [f"Album {number:02}" for number in range(59, -1, -1)]


def test_a_page_beyond_the_last_album_leads_back_to_the_latest(store, testapp):
    store.add(make_album("Only", make_artist(url="a")))
    page = testapp.get("/artists/a", {"after": "9~1900-01-01"})
    assert titles(page) == []
    assert titles(page.click("Back to the latest albums")) == ["Only"]


def test_an_artist_with_nothing_published_is_not_found(store, testapp):
    store.add(make_album("Hidden", make_artist(url="hidden"), published=False), make_artist(url="without"))
    for url in ("hidden", "without", "nobody"):
        testapp.get(f"/artists/{url}", status=404)


def test_an_artist_name_is_shown_as_written(store, testapp):
    name = "“Señor & Co” <Ñandú> " + "x" * 102
    store.add(make_album(artist=make_artist(name, url="n")))
    page = testapp.get("/artists/n")
    assert page.html.h1.text == name
    assert page.html.title.text == f"{name} · Test Records"


def test_an_artist_has_a_picture_and_links_without_referrer(store, testapp):
    links = "https://www.ada.example/music/\nhttp://b.example/?a=1&b=2\nhttps://c.example/" + "x" * 100
    store.add(make_album(artist=make_artist("Ada", url="ada", picture="0" * 32, links=links)))
    page = testapp.get("/artists/ada")
    parse_strictly(page.text)
    picture = page.html.select_one(".artist-picture img")
    assert (picture["src"], picture["alt"]) == (f"/covers/{'0' * 32}-1200.jpg", "Picture of Ada")
    assert page.html.select_one('meta[property="og:image"]')["content"].startswith("http://localhost/covers/")
    shown = page.html.select(".artist-links a")
    assert [link["href"] for link in shown] == links.splitlines()
    assert [link.text for link in shown] == ["ada.example/music", "b.example", f"c.example/{'x' * 50}…"]
    assert {" ".join(link["rel"]) for link in shown} == {"external noopener noreferrer"}


def test_an_artist_page_leaves_out_missing_details(store, testapp):
    store.add(make_album(artist=make_artist(url="bare")))
    page = testapp.get("/artists/bare")
    assert page.html.select(".artist-picture, .artist-links, .prose, meta[property='og:image']") == []
