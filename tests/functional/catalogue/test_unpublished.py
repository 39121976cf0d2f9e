"""Unpublished albums are invisible to everyone."""

import datetime as dt

import pytest

from album_store.data.album import Album
from tests.support.factories import make_album, make_artist, make_genre, make_track

PATHS = (
    "/",
    "/albums",
    "/albums?sort=title",
    "/albums?genre=folk",
    "/albums/shown",
    "/artists/both",
    "/search?q=secret",
    "/search?q=shown",
    "/search?q=both",
    "/albums.atom",
    "/sitemap-1.xml",
)


@pytest.fixture(autouse=True)
def catalogue(store):
    """One published album, and two unpublished ones, by the same artist and by another."""
    both, folk = make_artist("Both", url="both"), make_genre("Folk")
    hidden = {"published": False, "tracks": [make_track("Secret track")], "release_date": dt.date(2020, 1, 1)}
    store.add(
        make_album("Shown", both, url="shown", genres=[folk]),
        make_album("Secret one", both, url="secret-one", genres=[folk], **hidden),
        make_album(
            "Secret two",
            make_artist("Secret artist", url="secret-artist"),
            url="secret-two",
            genres=[make_genre("Secret genre")],
            **hidden | {"tracks": []},
        ),
    )


@pytest.mark.parametrize("path", PATHS)
def test_an_unpublished_album_appears_on_no_page(testapp, path):
    text = testapp.get(path).text.replace('value="secret"', "").replace("q%3Dsecret", "")
    assert "secret" not in text.replace("<q><bdi>secret</bdi></q>", "").replace("Search: secret", "").lower()


@pytest.mark.parametrize(
    "path",
    [
        "/albums/secret-one",
        "/albums/secret-one/cover.svg",
        "/albums/secret-two",
        "/artists/secret-artist",
        "/albums?genre=secret-genre",
    ],
)
def test_an_unpublished_album_has_no_page(store, testapp, alice, path):
    testapp.get(path, status=404)
    store.signed_in().get(path, status=404)


def test_publishing_shows_an_album_and_unpublishing_hides_it(store, testapp):
    [secret] = store.rows(Album, Album.url == "secret-one")
    for published, status in ((True, 200), (False, 404)):
        with store.db_sessions.begin() as dbsession:
            dbsession.get_one(Album, secret.id).published = published
        testapp.get("/albums/secret-one", status=status)
        assert ("Secret one" in testapp.get("/albums").text) is published
        assert ("Secret one" in testapp.get("/search?q=secret+track").text) is published
        assert ("secret-one" in testapp.get("/sitemap-1.xml").text) is published
