"""A catalogue of hundreds of albums, imported and then paged through."""

import pytest

from album_store.data.album import Album
from album_store.data.track import Track
from album_store.services.catalogue.albums_service import ORDERS
from album_store.services.imports.catalogue_import import CatalogueImport
from tests.support.checkout import CHINOOK
from tests.support.needs import needs_chinook
from tests.support.page_reader import follow_pages, parse_strictly, titles
from tests.support.shared_store import store_in

pytestmark = needs_chinook


@pytest.fixture(scope="module")
def chinook(tmp_path_factory):
    """One store shared by all tests, which only read."""
    with store_in(tmp_path_factory.mktemp("chinook")) as store:
        with store.db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, store.registry.media, store.registry.store_settings.currency)
            service.write(service.read(CHINOOK))
        yield store


@pytest.fixture(scope="module")
def visitor(chinook):
    return chinook.browser()


@pytest.mark.parametrize("sort", [sort for sort in ORDERS if sort != "upcoming"])
def test_paging_reaches_every_album(visitor, sort):
    pages = follow_pages(visitor, f"/albums?sort={sort}")
    links = [link["href"] for page in pages for link in page.html.select("a.album-cover")]
    assert len(links) == len(set(links)) == 347
    back = follow_pages(visitor, pages[-1].request.path_qs, "prev")
    assert [titles(page) for page in back] == [titles(page) for page in pages][::-1]


def test_paging_through_every_genre_reaches_every_album(chinook, visitor):
    genres = [option["value"] for option in visitor.get("/albums").html.select("#filter-genre option")][1:]
    assert len(genres) == 25
    found = set()
    for genre in genres:
        links = [
            link["href"]
            for page in follow_pages(visitor, f"/albums?genre={genre}")
            for link in page.html.select(".album-cover")
        ]
        assert links
        assert len(links) == len(set(links))
        found |= set(links)
    assert len(found) == 347


def test_the_page_of_an_album_has_all_its_tracks(chinook, visitor):
    albums = chinook.rows(Album)
    assert len(albums) == 347
    for album in albums[:: len(albums) // 40]:
        page = visitor.get(f"/albums/{album.url}", status=200)
        parse_strictly(page.text)
        tracks = sorted(chinook.rows(Track, Track.album_id == album.id), key=lambda track: track.display_order)
        assert [title.text for title in page.html.select(".track-title")] == [track.title for track in tracks]
        assert visitor.get(f"/albums/{album.url}/cover.svg").content_type == "image/svg+xml"


def test_two_albums_whose_names_differ_by_an_accent_have_two_addresses(visitor):
    pages = [visitor.get(f"/albums/{url}") for url in ("minha-historia", "minha-historia-2")]
    assert [page.html.h1.text for page in pages] == ["Minha Historia", "Minha História"]
    assert len({page.html.select_one(".album-by a")["href"] for page in pages}) == 2


def test_accents_do_not_matter_in_a_search(visitor):
    assert "Antônio Carlos Jobim" in visitor.get("/search?q=antonio+jobim").html.main.text
