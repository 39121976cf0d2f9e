"""What machines read: the feed, the site map and robots.txt."""

import datetime as dt
from xml.etree import ElementTree as ET

import pytest

from album_store.services.catalogue.sitemap_service import IDS_PER_PORTION
from tests.support.factories import make_album, make_artist

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
PATHS = ("/albums.atom", "/sitemap.xml", "/sitemap-1.xml", "/robots.txt")


def read(testapp, path):
    return ET.fromstring(testapp.get(path).body)  # noqa: S314  our own document


def places(testapp, path):
    return [element.text for element in read(testapp, path).iter(f"{MAP}loc")]


@pytest.fixture
def catalogue(store):
    store.add(
        make_album("Old & <Gold>", make_artist("Ärtist", url="a"), url="old", release_date=dt.date(1999, 1, 1)),
        make_album("New", make_artist("B", url="b"), url="new", description="About it.\n\nMore."),
        make_album("Hidden", make_artist("C", url="hidden-artist"), url="hidden", published=False),
    )


@pytest.mark.usefixtures("catalogue")
def test_the_feed_lists_the_newest_albums(testapp):
    feed = read(testapp, "/albums.atom")
    assert feed.findtext(f"{ATOM}title") == "Test Records"
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["B: New", "Ärtist: Old & <Gold>"]
    assert [entry.findtext(f"{ATOM}summary") for entry in entries] == ["About it.", "Old & <Gold>"]
    assert [entry.find(f"{ATOM}link").get("href") for entry in entries] == [
        "http://localhost/albums/new",
        "http://localhost/albums/old",
    ]


@pytest.mark.parametrize("albums", [0, 2])
def test_the_feed_has_all_that_rfc_4287_asks_for(store, testapp, albums):
    store.add(*(make_album() for _ in range(albums)))
    feed = read(testapp, "/albums.atom")
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        assert element.findtext(f"{ATOM}id").startswith("http://localhost/")
        assert element.findtext(f"{ATOM}title")
        assert dt.datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
    assert all(entry.findtext(f"{ATOM}author/{ATOM}name") for entry in feed.findall(f"{ATOM}entry"))
    ids = [element.text for element in feed.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids)) == albums + 1


def test_the_feed_ends_after_thirty_albums(store, testapp):
    store.add(*(make_album() for _ in range(33)))
    assert len(read(testapp, "/albums.atom").findall(f"{ATOM}entry")) == 30


def test_characters_that_xml_does_not_know_spoil_no_feed(store, testapp):
    store.add(make_album("A\x01\x0b]]>", make_artist("B\uffff"), description="C\x08"))
    assert read(testapp, "/albums.atom").findtext(f"{ATOM}entry/{ATOM}title") == "B: A]]>"


@pytest.mark.usefixtures("catalogue")
def test_the_site_map_names_every_public_page_once(testapp):
    assert places(testapp, "/sitemap.xml") == ["http://localhost/sitemap-1.xml"]
    found = places(testapp, "/sitemap-1.xml")
    assert found == [
        f"http://localhost{path}" for path in ("/", "/albums", "/albums/old", "/albums/new", "/artists/a", "/artists/b")
    ]
    for place in found:
        testapp.get(place.removeprefix("http://localhost"), status=200)


def test_the_site_map_of_an_empty_store_has_the_front_page(testapp):
    assert places(testapp, "/sitemap-1.xml") == ["http://localhost/", "http://localhost/albums"]


def test_a_large_catalogue_is_mapped_in_portions(store, testapp):
    ids = (1, IDS_PER_PORTION, IDS_PER_PORTION + 1, 3 * IDS_PER_PORTION)
    store.add(*(make_album(id=album_id, url=f"mapped-{album_id:05}") for album_id in ids))
    portions = places(testapp, "/sitemap.xml")
    assert len(portions) == 3
    albums = [place for url in portions for place in places(testapp, url.removeprefix("http://localhost"))]
    assert [place[-12:] for place in albums if "/albums/" in place] == [f"mapped-{album_id:05}" for album_id in ids]


@pytest.mark.parametrize("page", ["0", "2", "999999999", "9" * 40])
def test_a_portion_that_there_is_not_is_not_found(testapp, page):
    testapp.get(f"/sitemap-{page}.xml", status=404)


def test_robots_keep_out_of_accounts_admin_pages_and_search_and_find_the_site_map(testapp):
    lines = testapp.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /account", "Disallow: /admin", "Disallow: /search"} <= set(lines)
    assert "Sitemap: http://localhost/sitemap.xml" in lines


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.usefixtures("catalogue")
def test_links_are_of_the_configured_site_whatever_host_was_asked(store, path):
    answer = store.browser(HTTP_HOST="127.0.0.1:8080", HTTP_X_FORWARDED_HOST="evil.example").get(path)
    assert "evil" not in answer.text
    assert "127.0.0.1" not in answer.text
    assert "http://localhost/" in answer.text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.usefixtures("catalogue")
def test_an_answer_that_the_reader_has_already_is_not_sent_again(testapp, path):
    first = testapp.get(path)
    assert "max-age=3600" in first.headers["Cache-Control"]
    assert "Set-Cookie" not in first.headers
    assert testapp.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_int == 304


@pytest.mark.parametrize(
    ("path", "content_type"),
    list(zip(PATHS, ("application/atom+xml", "application/xml", "application/xml", "text/plain"), strict=True)),
)
def test_each_document_says_what_it_is(testapp, path, content_type):
    assert testapp.get(path).content_type == content_type
