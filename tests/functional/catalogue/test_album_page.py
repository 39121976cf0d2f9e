"""The album page."""

import datetime as dt
import json

import pytest

from album_store.data.language import Language
from album_store.data.license import License
from album_store.services.catalogue.albums_service import TRACKS_PER_PAGE
from tests.support.factories import make_album, make_artist, make_genre, make_track
from tests.support.page_reader import follow_pages, parse_strictly


def test_an_album_page_shows_every_detail(store, testapp):
    with store.db_sessions.begin() as dbsession:
        album = make_album(
            "The Title",
            make_artist("The Artist", url="the-artist"),
            url="the-title",
            price_cents=1_250,
            release_date=dt.date(2021, 3, 4),
            description="First paragraph.\n\nSecond one.",
            credits="Voice: Ada\nDrums: Bob",
            genres=[make_genre("Folk"), make_genre("Rock")],
            license=dbsession.get_one(License, "CC BY 4.0"),
            language=dbsession.get_one(Language, "French"),
            tracks=[make_track("One", composer="Somebody", lyrics="La\n\nLa la"), make_track("Two", track_number=2)],
        )
        dbsession.add(album)
    page = testapp.get("/albums/the-title")
    text = " ".join(page.html.main.text.split())
    for said in (
        "by The Artist",
        "€12.50",
        "2 tracks, 6 minutes",
        "Released March 4, 2021",
        "First paragraph.",
        "Voice: Ada",
        "French",
        "CC BY 4.0",
        "Composed by Somebody",
        "Lyrics of One",
        "3:00",
    ):
        assert said in text
    assert page.html.title.text == "The Title by The Artist · Test Records"
    assert [link["href"] for link in page.html.select(".genres a")] == ["/albums?genre=folk", "/albums?genre=rock"]
    assert page.html.select_one('a[rel="license"]')["href"] == "https://creativecommons.org/licenses/by/4.0/"
    assert len(page.html.select(".lyrics p")) == 2
    assert page.html.select_one('meta[name="description"]')["content"] == "First paragraph."


def test_an_album_page_leaves_out_missing_details(store, testapp):
    store.add(make_album("Bare", url="bare", tracks=[]))
    page = testapp.get("/albums/bare")
    text = page.html.main.text
    assert "0 tracks" in text
    assert not any(word in text for word in ("Released", "Credits", "Licence", "Language", "Next album by", "None"))
    assert page.html.select_one("script[src*=player]") is None
    parse_strictly(page.text)


def test_a_licence_without_a_link_is_named(store, testapp):
    with store.db_sessions.begin() as dbsession:
        dbsession.add(make_album(url="mine", license=dbsession.get_one(License, "All rights reserved")))
    page = testapp.get("/albums/mine")
    assert page.html.select_one('a[rel="license"]') is None
    assert "All rights reserved" in page.html.main.text


def test_discs_have_headings_only_when_there_are_several(store, testapp):
    two = [make_track("One"), make_track("Two", disc_number=2), make_track("Three", disc_number=2, track_number=2)]
    store.add(make_album(url="double", tracks=two), make_album(url="single"))
    double = testapp.get("/albums/double").html
    assert [heading.text for heading in double.select(".tracks h3")] == ["Disc 1", "Disc 2"]
    assert [len(disc.select("li.track")) for disc in double.select(".track-list")] == [1, 2]
    assert testapp.get("/albums/single").html.select(".tracks h3") == []


def test_the_price_promises_no_sale(store, testapp):
    store.add(make_album(url="priced"))
    assert "Not yet available to buy or download" in testapp.get("/albums/priced").html.select_one(".album-offer").text


def test_a_free_album_says_so(store, testapp):
    store.add(make_album(url="gift", price_cents=0))
    assert testapp.get("/albums/gift").html.select_one(".price").text == "Free"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"price_cents": 900}, "€9.00"),
        ({"price_cents": 900, "minimum_cents": 500}, "€5.00 or more"),
        ({"price_cents": 900, "minimum_cents": 0}, "Name your price"),
        ({"price_cents": 900, "for_sale": False}, "Not for sale"),
    ],
)
def test_a_price_reads_the_same_everywhere(store, testapp, values, words):
    store.add(make_album("Tide", make_artist("Ada", url="ada"), url="tide", **values))
    assert testapp.get("/albums/tide").html.select_one(".price").text == words
    for path in ("/albums", "/albums?sort=price", "/artists/ada", "/search?q=tide"):
        assert [price.text for price in testapp.get(path).html.select(".album-price")] == [words], path


def test_a_track_with_a_clip_can_be_played(store, testapp):
    clip = "0" * 32 + ".mp3"
    store.add(make_album(url="clip", tracks=[make_track("Heard", preview=clip), make_track("Silent")]))
    page = testapp.get("/albums/clip")
    [play] = page.html.select(".track-play")
    assert play["href"] == f"/previews/{clip}"
    assert play["data-title"] == "Heard"
    assert page.html.select_one("script[src*=player]")


def test_the_full_recording_never_appears_on_the_page(store, testapp):
    recording = "a" * 32 + ".flac"
    store.add(make_album(url="sold", tracks=[make_track(audio=recording)]))
    assert recording not in testapp.get("/albums/sold").text


def test_the_next_album_is_the_previous_release_and_the_first_leads_to_the_newest(store, testapp):
    artist, other = make_artist("Artist"), make_artist("Other")
    years = {"first": 2001, "second": 2002, "third": 2003}
    store.add(
        *(make_album(name, artist, url=name, release_date=dt.date(year, 1, 1)) for name, year in years.items()),
        make_album("hidden", artist, release_date=dt.date(2002, 6, 1), published=False),
        make_album("of another", other, url="alone", release_date=dt.date(2002, 6, 1)),
    )
    following = {
        name: testapp.get(f"/albums/{name}").html.select_one(".next-link")["href"].rpartition("/")[2] for name in years
    }
    assert following == {"third": "second", "second": "first", "first": "third"}
    assert testapp.get("/albums/alone").html.select_one(".next-album") is None


@pytest.mark.parametrize("title", ["Ágætis byrjun — été", 'She said "R&B"', "Bird's <Eye>", "W" * 123, "x " * 61 + "x"])
def test_a_title_is_shown_as_written(store, testapp, title):
    store.add(make_album(title, make_artist("A"), url="t", tracks=[make_track(title)]))
    page = testapp.get("/albums/t")
    parse_strictly(page.text)
    assert page.html.h1.text == title
    assert page.html.title.text == f"{title} by A · Test Records"
    assert page.html.img["alt"] == f"Cover of {title}"
    assert page.html.select_one('meta[property="og:title"]')["content"] == f"{title} by A"
    assert json.loads(page.html.select_one('script[type="application/ld+json"]').string)["name"] == title


def test_canonical_and_image_links_use_the_configured_site(store):
    store.add(make_album(url="t", cover="0" * 32))
    page = store.browser(HTTP_HOST="127.0.0.1:8080").get("/albums/t")
    assert "127.0.0.1" not in page.text
    assert page.html.select_one('link[rel="canonical"]')["href"] == "http://localhost/albums/t"
    assert page.html.select_one('meta[property="og:image"]')["content"].startswith("http://localhost/covers/")


@pytest.mark.parametrize("url", ["nothing", "T", "t-", "..", "%00", "%2e%2e%2ft", "t;x", "t's"])
def test_a_missing_album_is_not_found(store, testapp, url):
    store.add(make_album(url="t"))
    assert testapp.get(f"/albums/{url}", expect_errors=True).status_int in {400, 404}


def test_the_tracks_of_a_very_long_album_are_paged_and_none_is_left_out(store, testapp):
    names = [f"Track {number}" for number in range(2 * TRACKS_PER_PAGE + 5)]
    tracks = [
        make_track(name, disc_number=1 + number // 150, track_number=1 + number % 150, lyrics="La.")
        for number, name in enumerate(names)
    ]
    store.add(make_album("Long", url="long", tracks=tracks))
    pages = follow_pages(testapp, "/albums/long")
    shown = [[title.text for title in page.html.select(".track-title")] for page in pages]
    assert [len(page) for page in shown] == [TRACKS_PER_PAGE, TRACKS_PER_PAGE, 5]
    assert [name for page in shown for name in page] == names
    headings = [[heading.text for heading in page.html.select(".tracks h3")] for page in pages]
    assert headings == [["Disc 1"], ["Disc 1", "Disc 2"], ["Disc 2"]]
    for page in pages:
        assert "205 tracks, 10 hours 15 minutes" in " ".join(page.html.main.text.split())
        found = json.loads(page.html.select_one('script[type="application/ld+json"]').string)
        assert (found["numTracks"], len(found["track"])) == (205, len(page.html.select("li.track")))
    back = follow_pages(testapp, pages[-1].request.path_qs, "prev")
    assert [page.html.select_one(".track-title").text for page in back] == ["Track 200", "Track 100", "Track 0"]
    assert pages[1].click("Back to first tracks").html.select_one(".track-title").text == "Track 0"


def test_an_album_that_fits_on_one_page_has_no_page_links(store, testapp):
    store.add(make_album(url="full", tracks=[make_track() for _ in range(TRACKS_PER_PAGE)]))
    page = testapp.get("/albums/full")
    assert len(page.html.select("li.track")) == TRACKS_PER_PAGE
    assert page.html.select_one("nav.pages") is None


@pytest.mark.parametrize("cursor", ["x", "~", "9~99999", "1~-5", "9" * 30 + "~1"])
def test_a_stale_track_cursor_leads_back_to_the_first_tracks(store, testapp, cursor):
    store.add(make_album(url="t", tracks=[make_track("Only")]))
    page = testapp.get("/albums/t", {"after": cursor}, status=200)
    assert "1 track, 3 minutes" in " ".join(page.html.main.text.split())
    assert page.click("Back to first tracks").html.select_one(".track-title").text == "Only"
