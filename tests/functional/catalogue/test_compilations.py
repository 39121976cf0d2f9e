"""Compilations: albums with an artist for each track, on pages, in feeds and for search engines."""

import json
from xml.etree import ElementTree as ET

import pytest

from album_store.infrastructure.wording import isolated
from tests.support.factories import make_album, make_artist, make_track
from tests.support.page_reader import parse_strictly, titles

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def compilation(store):
    """An album by various artists, with a clip of the first track."""
    tracks = [
        make_track("One", artist_name="Äda", preview="0" * 32 + ".mp3"),
        make_track("Two", artist_name="<Bo> & Co", track_number=2),
        make_track("Three", track_number=3),
    ]
    store.add(make_album("Salt", make_artist("Various Artists"), url="salt", tracks=tracks), make_album("Noise"))


@pytest.mark.usefixtures("compilation")
def test_the_page_names_the_artist_of_each_track(testapp):
    page = testapp.get("/albums/salt")
    parse_strictly(page.text)
    assert [" ".join(artist.text.split()) for artist in page.html.select(".track-artist")] == ["by Äda", "by <Bo> & Co"]
    assert page.html.select_one(".track-play")["data-by"] == "Äda"
    assert page.html.select_one(".album-by").text.split() == ["by", "Various", "Artists"]


@pytest.mark.usefixtures("compilation")
def test_search_engines_are_told_the_artist_of_each_track(testapp):
    data = json.loads(testapp.get("/albums/salt").html.select_one('script[type="application/ld+json"]').string)
    assert data["byArtist"]["name"] == "Various Artists"
    assert [track.get("byArtist", {}).get("name") for track in data["track"]] == ["Äda", "<Bo> & Co", None]


@pytest.mark.usefixtures("compilation")
def test_the_feed_names_track_artists_as_contributors(testapp):
    feed = ET.fromstring(testapp.get("/albums.atom").body)  # noqa: S314
    named = {
        entry.findtext(f"{ATOM}title"): [name.text for name in entry.iterfind(f"{ATOM}contributor/{ATOM}name")]
        for entry in feed.iterfind(f"{ATOM}entry")
    }
    assert named.pop("Various Artists: Salt") == ["Äda", "<Bo> & Co"]
    assert list(named.values()) == [[]]


@pytest.mark.usefixtures("compilation")
@pytest.mark.parametrize("words", ["ada", "Äda", "bo", "various artists", "salt ada"])
def test_the_search_finds_a_compilation_by_a_track_artist(testapp, words):
    assert titles(testapp.get("/search", {"q": words})) == ["Salt"]


@pytest.mark.usefixtures("compilation")
def test_a_search_result_names_the_artist_of_the_track(testapp):
    [card] = testapp.get("/search", {"q": "bo"}).html.select(".album-card")
    assert card.select_one(".album-tracks bdi").text == f"{isolated('Two')} by {isolated('<Bo> & Co')}"
    [card] = testapp.get("/search", {"q": "three"}).html.select(".album-card")
    assert card.select_one(".album-tracks bdi").text == "Three"


def test_track_artists_keep_their_text_direction(testapp, store):
    tracks = [make_track("\u05d0", artist_name="\u05d1\u05d2", preview="0" * 32 + ".mp3")]
    store.add(make_album("Salt", make_artist("Various Artists"), url="salt", tracks=tracks))
    assert testapp.get("/albums/salt").html.select_one(".track-artist bdi").text == "\u05d1\u05d2"


def test_the_second_page_of_a_long_compilation_names_its_artists_too(testapp, store):
    tracks = [make_track(f"T{number}", artist_name=f"A{number}", track_number=number) for number in range(1, 103)]
    store.add(make_album("Salt", make_artist("Various Artists"), url="salt", tracks=tracks))
    page = testapp.get("/albums/salt").click("Next tracks")
    assert [artist.text for artist in page.html.select(".track-artist bdi")] == ["A101", "A102"]
