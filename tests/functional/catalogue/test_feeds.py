"""Documents for machines: the feed, the sitemap and robots.txt."""

import datetime as dt
from xml.etree import ElementTree as ET

import pytest

from album_store.data.album import Album
from album_store.services.catalogue.sitemap_service import IDS_PER_PORTION
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.viewmodels.site import sitemap_viewmodel
from album_store.viewmodels.site.xml_writer import document
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
def test_the_feed_has_everything_that_rfc_4287_requires(store, testapp, albums):
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


def test_characters_that_xml_forbids_do_not_break_the_feed(store, testapp):
    store.add(make_album("A\x01\x0b]]>", make_artist("B\uffff"), description="C\x08"))
    assert read(testapp, "/albums.atom").findtext(f"{ATOM}entry/{ATOM}title") == "B: A]]>"


@pytest.mark.usefixtures("catalogue")
def test_the_sitemap_lists_every_public_page_once(testapp):
    assert places(testapp, "/sitemap.xml") == ["http://localhost/sitemap-1.xml"]
    found = places(testapp, "/sitemap-1.xml")
    assert found == [
        f"http://localhost{path}" for path in ("/", "/albums", "/albums/old", "/albums/new", "/artists/a", "/artists/b")
    ]
    for place in found:
        testapp.get(place.removeprefix("http://localhost"), status=200)


def test_the_sitemap_of_an_empty_store_has_the_home_page(testapp):
    assert places(testapp, "/sitemap-1.xml") == ["http://localhost/", "http://localhost/albums"]


def test_a_large_catalogue_has_several_sitemaps(store, testapp):
    ids = (1, IDS_PER_PORTION, IDS_PER_PORTION + 1, 3 * IDS_PER_PORTION)
    store.add(*(make_album(id=album_id, url=f"mapped-{album_id:05}") for album_id in ids))
    portions = places(testapp, "/sitemap.xml")
    assert len(portions) == 3
    albums = [place for url in portions for place in places(testapp, url.removeprefix("http://localhost"))]
    assert [place[-12:] for place in albums if "/albums/" in place] == [f"mapped-{album_id:05}" for album_id in ids]


def test_the_feed_of_an_empty_store_stays_the_same_for_a_day(testapp, clock):
    first = testapp.get("/albums.atom")
    clock.shift(3_600)
    testapp.get("/albums.atom", headers={"If-None-Match": first.headers["ETag"]}, status=304)


@pytest.mark.parametrize("page", ["0", "01", "2", "999999999", f"{'0' * 8}1", f"{'0' * 8}12", "9" * 40])
def test_a_missing_sitemap_is_not_found(testapp, page):
    testapp.get(f"/sitemap-{page}.xml", status=404)


def test_robots_txt_excludes_private_pages_and_search_and_names_the_sitemap(testapp):
    lines = testapp.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    private = ("/account", "/admin", "/checkout", "/downloads", "/library", "/purchases", "/search")
    assert {f"Disallow: {path}" for path in private} <= set(lines)
    assert "Sitemap: http://localhost/sitemap.xml" in lines


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.usefixtures("catalogue")
def test_links_use_the_configured_site_whatever_the_host_header(store, path):
    answer = store.browser(HTTP_HOST="127.0.0.1:8080", HTTP_X_FORWARDED_HOST="evil.example").get(path)
    assert "evil" not in answer.text
    assert "127.0.0.1" not in answer.text
    assert "http://localhost/" in answer.text


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.usefixtures("catalogue")
def test_an_unchanged_document_is_not_sent_again(testapp, path):
    first = testapp.get(path)
    assert first.headers["Cache-Control"] == ("public, max-age=3600" if path == "/robots.txt" else "no-cache")
    assert "Set-Cookie" not in first.headers
    assert testapp.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_int == 304


@pytest.mark.parametrize(
    ("path", "content_type"),
    list(zip(PATHS, ("application/atom+xml", "application/xml", "application/xml", "text/plain"), strict=True)),
)
def test_each_document_has_its_content_type(testapp, path, content_type):
    assert testapp.get(path).content_type == content_type


def test_an_album_is_never_updated_before_it_was_created(store, testapp, tmp_path):
    file = tmp_path / "new.csv"
    header, row = "artist,album,track_number,title,composer,genre,length_ms,price", "A,{},1,Song,,Folk,181000,0.99"
    file.write_text("\n".join([header, *(row.format(number) for number in range(5))]), "utf-8")
    with store.db_sessions.begin() as dbsession:
        catalogue_import = CatalogueImport(dbsession, store.registry.media, "EUR")
        catalogue_import.write(catalogue_import.read(file))
    store.add(make_album("By hand"))
    for album in store.rows(Album):
        assert album.updated_date == album.created_date
        assert album.sort_date == album.created_date.date()
    for entry in read(testapp, "/albums.atom").iter(f"{ATOM}entry"):
        assert entry.findtext(f"{ATOM}updated") == entry.findtext(f"{ATOM}published")


def test_rows_of_an_older_version_show_no_update_before_their_creation(store, testapp):
    created = dt.datetime(2026, 1, 2, 3, 4, 5, 6_000, dt.UTC)
    store.add(make_album(created_date=created, updated_date=created - dt.timedelta(milliseconds=3)))
    feed = read(testapp, "/albums.atom")
    dates = [feed.findtext(f"{ATOM}entry/{ATOM}{name}") for name in ("published", "updated")]
    assert dates == [created.isoformat()] * 2
    assert feed.findtext(f"{ATOM}updated") == created.isoformat()


def test_a_later_change_moves_updated_and_leaves_published(clock, store, testapp):
    store.add(make_album("First", url="a"))
    clock.shift(3_600)
    [album] = store.rows(Album)
    store.change(Album, album.id, title="Second")
    entry = read(testapp, "/albums.atom").find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}published") == album.created_date.isoformat()
    assert entry.findtext(f"{ATOM}updated") == (album.created_date + dt.timedelta(hours=1)).isoformat()


def test_a_long_description_is_shortened_in_the_feed(store, testapp):
    store.add(make_album(description="word " * 20_000))
    assert len(testapp.get("/albums.atom").body) < 3_000


def test_a_sitemap_is_built_once_until_it_changes(store, testapp, monkeypatch):
    store.add(*(make_album(url=f"a-{number}") for number in range(3)))
    written = []
    monkeypatch.setattr(sitemap_viewmodel, "document", lambda root: written.append(root) or document(root))
    first = testapp.get("/sitemap-1.xml")
    assert testapp.get("/sitemap-1.xml").body == first.body
    assert len(written) == 1
    [album, *_] = store.rows(Album)
    store.change(Album, album.id, published=False)
    assert album.url not in testapp.get("/sitemap-1.xml").text
    assert len(written) == 2


def test_a_sitemap_has_a_maximum_size(store, testapp):
    store.add(*(make_album(id=number + 1, url=f"a-{number}") for number in range(IDS_PER_PORTION + 1)))
    assert len(places(testapp, "/sitemap-1.xml")) <= 2 * IDS_PER_PORTION + 2
    assert len(places(testapp, "/sitemap.xml")) == 2
