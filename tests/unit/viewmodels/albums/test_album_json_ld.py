"""The structured data of an album page."""

import datetime as dt
import json
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from album_store.data.album import Album
from album_store.data.license import License
from album_store.data.track import Track
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


PRICE = ("price_cents", "minimum_cents", "currency", "for_sale")
COLUMNS = ("url", "title", "artist_name", "cover", "release_date", *PRICE)


def route_path(name, **values: str):
    return "/" + "/".join([name, *values.values()])


@pytest.fixture
def described():
    """A function that returns the structured data of an album, by default with all its tracks on the page."""
    links, calendar = SiteLinks("https://store.test", route_path), Calendar(ZoneInfo("UTC"))
    request = SimpleNamespace(route_path=route_path, site_links=links, calendar=calendar)

    def write(album: Album, tracks: list[Track] | None = None, track_count: int = 2) -> str:
        row = {name: getattr(album, name) for name in COLUMNS}
        row |= {"artist_url": album.artist.url, "license_link": album.license and album.license.link}
        tracks = album.tracks if tracks is None else tracks
        return album_json_ld(request, SimpleNamespace(**row), album.genres, tracks, track_count)

    return write


@pytest.mark.parametrize("text", NASTY)
def test_json_is_read_back_unchanged_and_cannot_end_the_script(text):
    written = json_for_html({"name": text})
    assert json.loads(written) == {"name": text}
    assert not set("<>&\u2028\u2029") & set(written)


def test_no_album_text_can_end_the_script(described):
    evil = " ".join(NASTY)
    album = make_album(evil, make_artist(evil, url="a"), tracks=[make_track(evil)], genres=[make_genre(evil)])
    written = described(album)
    assert not set("<>&") & set(written)
    said = json.loads(written)
    assert {said["name"], said["byArtist"]["name"], said["track"][0]["name"], said["genre"][0]} == {evil}


def test_an_album_is_described_in_full(described):
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
    said = json.loads(described(album))
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


def test_missing_album_details_are_left_out(described):
    said = json.loads(described(make_album()))
    assert {"datePublished", "license"} & set(said) == set()
    assert "availabilityStarts" not in said["offers"]


@pytest.mark.parametrize("minimum_cents", [0, 500])
def test_the_least_price_is_given_where_buyers_name_it(described, minimum_cents):
    offer = json.loads(described(make_album(price_cents=900, minimum_cents=minimum_cents)))["offers"]
    least = f"{minimum_cents / 100:.2f}"
    assert (offer["price"], offer["priceSpecification"]["minPrice"], offer["priceCurrency"]) == (least, least, "EUR")


def test_an_album_that_is_not_for_sale_offers_nothing(described):
    album = make_album(for_sale=False, release_date=dt.date(2999, 3, 1))
    assert "offers" not in json.loads(described(album))


def test_an_upcoming_album_has_its_release_date_and_the_number_of_all_tracks(described):
    day = dt.date(2999, 3, 1)
    album = make_album(release_date=day, tracks=[make_track("One"), make_track("Two")])
    said = json.loads(described(album, album.tracks[1:]))
    assert said["offers"]["availabilityStarts"] == "2999-03-01"
    assert (said["numTracks"], [track["name"] for track in said["track"]]) == (2, ["Two"])


def test_a_compilation_track_names_its_artist(described):
    album = make_album(tracks=[make_track("One", artist_name="Bo"), make_track("Two")])
    said = json.loads(described(album))
    assert said["track"][0]["byArtist"] == {"@type": "MusicGroup", "name": "Bo"}
    assert "byArtist" not in said["track"][1]
