"""The structured data of an album page."""

import datetime as dt
import json
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from album_store.data.license import License
from album_store.infrastructure.calendar import Calendar
from album_store.infrastructure.site_links import SiteLinks
from album_store.viewmodels.albums.album_json_ld import album_json_ld, json_for_html
from tests.support.factories import make_album, make_artist, make_genre, make_track

NASTY = [
    "</script>",
    "</SCRIPT >",
    "<!-- ",
    "<script>alert(1)",
    "-->",
    "]]>",
    "&lt;",
    "a\u2028b\u2029c",
    '"\\',
    "日本 🎸",
]


def route_path(name, **values: str):
    return "/" + "/".join([name, *values.values()])


@pytest.fixture
def request_at_a_store():
    links, calendar = SiteLinks("https://store.test", route_path), Calendar(ZoneInfo("UTC"))
    return SimpleNamespace(route_path=route_path, site_links=links, calendar=calendar)


@pytest.mark.parametrize("text", NASTY)
def test_json_is_read_back_unchanged_and_cannot_end_the_script(text):
    written = json_for_html({"name": text})
    assert json.loads(written) == {"name": text}
    assert not set("<>&\u2028\u2029") & set(written)


def test_no_album_text_can_end_the_script(request_at_a_store):
    evil = " ".join(NASTY)
    album = make_album(evil, make_artist(evil, url="a"), tracks=[make_track(evil)], genres=[make_genre(evil)])
    written = album_json_ld(request_at_a_store, album, album.tracks, len(album.tracks))
    assert not set("<>&") & set(written)
    said = json.loads(written)
    assert {said["name"], said["byArtist"]["name"], said["track"][0]["name"], said["genre"][0]} == {evil}


def test_an_album_is_described_in_full(request_at_a_store):
    album = make_album(
        "Title",
        make_artist("Artist", url="artist"),
        url="title",
        price_cents=1_200,
        currency="JPY",
        release_date=dt.date(2020, 2, 29),
        license=License(name="CC0", link="https://creativecommons.org/publicdomain/zero/1.0/"),
        tracks=[make_track("One", isrc="GBAYE0601498", length_ms=61_000), make_track("Two")],
    )
    said = json.loads(album_json_ld(request_at_a_store, album, album.tracks, len(album.tracks)))
    assert said["@type"] == "MusicAlbum"
    assert said["url"] == "https://store.test/albums.details/title"
    assert said["image"].partition("?")[0] == "https://store.test/albums.placeholder_cover/title"
    assert said["offers"]["price"] == "1200"
    assert said["datePublished"] == "2020-02-29"
    assert said["license"].startswith("https://creativecommons.org/")
    assert said["numTracks"] == 2
    assert said["track"][0] == {
        "@type": "MusicRecording",
        "name": "One",
        "duration": "PT1M1S",
        "isrcCode": "GBAYE0601498",
    }
    assert "isrcCode" not in said["track"][1]


def test_missing_album_details_are_left_out(request_at_a_store):
    said = json.loads(album_json_ld(request_at_a_store, make_album(), [], 1))
    assert {"datePublished", "license"} & set(said) == set()
    assert "availabilityStarts" not in said["offers"]


def test_an_upcoming_album_has_its_release_date_and_the_number_of_all_tracks(request_at_a_store):
    day = dt.date(2999, 3, 1)
    album = make_album(release_date=day, tracks=[make_track("One"), make_track("Two")])
    said = json.loads(album_json_ld(request_at_a_store, album, album.tracks[1:], 2))
    assert said["offers"]["availabilityStarts"] == "2999-03-01"
    assert (said["numTracks"], [track["name"] for track in said["track"]]) == (2, ["Two"])


def test_a_compilation_track_names_its_artist(request_at_a_store):
    album = make_album(tracks=[make_track("One", artist_name="Bo"), make_track("Two")])
    said = json.loads(album_json_ld(request_at_a_store, album, album.tracks, 2))
    assert said["track"][0]["byArtist"] == {"@type": "MusicGroup", "name": "Bo"}
    assert "byArtist" not in said["track"][1]
