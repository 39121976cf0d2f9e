"""The demo catalogue of a new store."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

import album_store
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.track import Track
from tests.support.factories import make_album
from tests.support.page_reader import follow_pages, parse_strictly
from tests.support.shared_store import store_in

PACKAGE = Path(album_store.__file__).parent
MAX_PACKAGE_BYTES = 5_500_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """One store shared by all tests that only read."""
    with store_in(tmp_path_factory.mktemp("demo"), store__demo_catalogue="true") as store:
        yield store


@pytest.fixture(scope="module")
def visitor(demo):
    return demo.browser()


def count(store, model):
    with store.db_sessions.read() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(model))


def album_paths(visitor):
    links = (link for page in follow_pages(visitor, "/albums") for link in page.html.select("a.album-cover"))
    return [link["href"] for link in links]


def test_the_demo_has_enough_albums_artists_and_tracks(demo):
    assert count(demo, Album) >= 12
    assert count(demo, Artist) >= 6
    assert count(demo, Track) >= 80


def test_the_demo_shows_every_kind_of_price(demo, visitor):
    cards = [card for page in follow_pages(visitor, "/albums") for card in page.html.select(".album-card")]
    prices = {card.select_one(".album-title").text: card.select_one(".album-price").text for card in cards}
    assert {"€9.00", "€3.00 or more", "Name your price", "Free"} <= set(prices.values())
    assert (prices["A Winter Sung at Home"], prices["Night Bus / Day Bus"]) == ("€3.00 or more", "Free")
    of_album: dict[str, set[int | None]] = {}
    for track in demo.rows(Track):
        of_album.setdefault(track.album_id, set()).add(track.price_cents)
    assert sum(prices != {None} for prices in of_album.values()) > len(of_album) / 2
    assert any(None in prices and len(prices) > 1 for prices in of_album.values())


def test_every_album_page_offers_a_clip_of_every_track(demo, visitor):
    paths = album_paths(visitor)
    assert len(paths) == count(demo, Album)
    clips = []
    for path in paths:
        page = visitor.get(path)
        parse_strictly(page.text)
        tracks = page.html.select("li.track")
        assert tracks
        clips += [track.select_one("a.track-play")["href"] for track in tracks]
    assert len(clips) == count(demo, Track)
    for clip in set(clips):
        answer = visitor.get(clip)
        assert (answer.status_int, answer.content_type) == (200, "audio/mpeg")
        assert len(answer.body) > 1_000


def test_part_of_a_clip_can_be_requested(demo, visitor):
    clip = f"/previews/{demo.rows(Track)[0].preview}"
    whole = visitor.get(clip)
    part = visitor.get(clip, headers={"Range": "bytes=100-199"}, status=206)
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole.body)}"
    assert part.body == whole.body[100:200]
    assert visitor.get(clip, headers={"Range": "bytes=-50"}, status=206).body == whole.body[-50:]
    visitor.get(clip, headers={"Range": f"bytes={len(whole.body)}-"}, status=416)
    assert whole.headers["Accept-Ranges"] == "bytes"
    visitor.get(clip, headers={"If-None-Match": whole.headers["ETag"]}, status=304)


def test_every_cover_exists_in_both_sizes(demo, visitor):
    covers = [album.cover for album in demo.rows(Album) if album.cover]
    for cover in covers:
        for size in (480, 1200):
            answer = visitor.get(f"/covers/{cover}-{size}.jpg")
            assert answer.content_type == "image/jpeg"
            assert answer.body.startswith(b"\xff\xd8")


def test_an_album_without_a_cover_shows_a_placeholder(demo, visitor):
    without = [album for album in demo.rows(Album) if not album.cover]
    assert without
    page = visitor.get(f"/albums/{without[0].url}")
    placeholder = page.html.select_one(".album-art img")["src"]
    assert placeholder.partition("?")[0] == f"/albums/{without[0].url}/cover.svg"
    assert visitor.get(placeholder).content_type == "image/svg+xml"


def test_every_picture_on_the_home_page_and_in_lists_loads(visitor):
    for page in (visitor.get("/"), *follow_pages(visitor, "/albums")):
        for picture in page.html.find_all("img"):
            visitor.get(picture["src"], status=200)


def test_every_artist_has_a_page(demo, visitor):
    for artist in demo.rows(Artist):
        assert visitor.get(f"/artists/{artist.url}").html.h1.text == artist.name


def test_the_demo_catalogue_can_be_searched(demo, visitor):
    track = demo.rows(Track)[-1]
    assert track.title in visitor.get("/search", {"q": track.title}).text


def contents(store, folder):
    files = {path: path.stat().st_mtime_ns for path in Path(folder, "media").rglob("*") if path.is_file()}
    with store.db_sessions.read() as dbsession:
        rows = [dbsession.execute(select(model.__table__)).all() for model in (Album, Artist, Track)]
    return files, rows


def test_a_second_start_changes_nothing(tmp_path):
    with store_in(tmp_path, store__demo_catalogue="true") as first:
        before = contents(first, tmp_path)
    with store_in(tmp_path, store__demo_catalogue="true") as second:
        assert contents(second, tmp_path) == before


def test_a_store_with_an_album_gets_no_demo_albums(tmp_path):
    with store_in(tmp_path) as first:
        assert count(first, Album) == 0
        first.add(make_album())
    with store_in(tmp_path, store__demo_catalogue="true") as second:
        assert count(second, Album) == 1


def test_the_package_stays_small():
    files = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < MAX_PACKAGE_BYTES
