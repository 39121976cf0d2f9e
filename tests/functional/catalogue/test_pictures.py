"""Which files of covers the pages offer to browsers, and that each of them is served."""

import pytest
from PIL import Image

from album_store.data.album import Album
from album_store.data.artist import Artist
from tests.support import media_files
from tests.support.factories import make_album, make_artist

FOREVER = "public, max-age=31536000, immutable"


@pytest.fixture
def cover(store, tmp_path):
    """The key of a cover of 1500 x 1000 pixels, without pictures yet."""
    return store.registry.media.store_cover(media_files.save_picture(tmp_path / "a.png", size=(1500, 1000)))


@pytest.fixture
def albums(store, cover):
    """Six albums with the cover, by an artist with the same picture."""
    artist = make_artist("Ada", url="ada", picture=cover)
    store.add(*(make_album(f"Album {number}", artist, url=f"a{number}", cover=cover) for number in range(6)))


def offered(page):
    """The addresses of all pictures of covers on a page."""
    sets = [tag["srcset"] for tag in page.html.select("[srcset]")]
    return {part.split()[0] for one in sets for part in one.split(",")} | {
        tag["src"] for tag in page.html.select("img")
    }


@pytest.mark.parametrize("path", ["/", "/albums", "/albums/a1", "/artists/ada", "/search?q=album"])
def test_every_picture_is_served_before_and_after_the_worker_made_it(store, testapp, albums, cover, path):
    links = offered(testapp.get(path))
    assert {link.rpartition(".")[2] for link in links} == {"avif", "jpg", "webp"}
    for link in links:
        answer = testapp.get(link, status=200)
        is_made = link.endswith("jpg")
        assert answer.content_type == "image/jpeg"
        assert answer.headers["Cache-Control"] == (FOREVER if is_made else "no-cache")
        assert testapp.get(link, headers={"If-None-Match": answer.headers["ETag"]}, status=304).body == b""
    store.registry.media.make_pictures(cover)
    for link in links:
        answer = testapp.get(link, status=200)
        assert answer.content_type == f"image/{link.rpartition('.')[2].replace('jpg', 'jpeg')}"
        assert answer.headers["Cache-Control"] == FOREVER


def test_a_stand_in_is_replaced_once_the_picture_is_made(store, testapp, cover):
    stand_in = testapp.get(f"/covers/{cover}-360.avif")
    store.registry.media.make_pictures(cover)
    answer = testapp.get(f"/covers/{cover}-360.avif", headers={"If-None-Match": stand_in.headers["ETag"]}, status=200)
    assert answer.content_type == "image/avif"


def test_a_picture_of_an_unknown_cover_is_not_found(testapp, cover):
    for name in (f"{'0' * 32}-360.avif", f"{cover}-361.avif", f"{cover}-360.jpg", f"{cover}-360.png"):
        testapp.get(f"/covers/{name}", status=404)


@pytest.mark.parametrize("path", ["/albums", "/search?q=album"])
def test_the_first_row_of_a_list_is_loaded_at_once_and_its_first_cover_first(testapp, albums, path):
    pictures = testapp.get(path).html.select(".album-cover img")
    assert [tag["loading"] for tag in pictures] == ["eager"] * 4 + ["lazy"] * 2
    assert [tag.get("fetchpriority") for tag in pictures] == ["high"] + [None] * 5


@pytest.mark.parametrize(("path", "main"), [("/", ".front-album img"), ("/artists/ada", ".artist-picture img")])
def test_a_large_picture_comes_before_all_cards(testapp, albums, path, main):
    page = testapp.get(path).html
    [picture] = page.select(main)
    assert (picture["fetchpriority"], picture.get("loading")) == ("high", None)
    cards = page.select(".album-cover img")
    assert cards
    assert {(tag["loading"], tag.get("fetchpriority")) for tag in cards} == {("lazy", None)}


def test_large_pictures_have_their_own_width_and_height(testapp, albums):
    album = testapp.get("/albums/a1").html.select_one(".album-art img")
    assert (album["width"], album["height"]) == ("1200", "800")
    artist = testapp.get("/artists/ada").html.select_one(".artist-picture img")
    assert (artist["width"], artist["height"]) == ("480", "320")


@pytest.mark.parametrize("size", [(300, 600), (1, 1), (4000, 3), (1, 4000)])
def test_the_widths_in_a_srcset_are_those_of_the_files(store, testapp, tmp_path, size):
    key = store.registry.media.store_cover(media_files.save_picture(tmp_path / "b.png", size=size))
    store.add(make_album(artist=make_artist(url="b", picture=key), url="tall", cover=key))
    store.registry.media.make_pictures(key)
    for path, place in (("/albums/tall", ".album-art"), ("/artists/b", ".artist-picture")):
        page = testapp.get(path).html
        image = page.select_one(f"{place} img")
        assert min(int(image["width"]), int(image["height"])) > 0
        for tag in page.select(f"{place} [srcset]"):
            parts = [part.split() for part in tag["srcset"].split(", ")]
            assert len({width for _, width in parts}) == len(parts)
            for link, width in parts:
                with Image.open(store.registry.media.path_of("covers", link.rpartition("/")[2])) as picture:
                    assert f"{picture.width}w" == width


def test_a_broken_picture_breaks_no_page(store, testapp, tmp_path, caplog):
    key = store.registry.media.store_cover(media_files.save_picture(tmp_path / "broken.png", size=(1301, 1301)))
    store.add(make_album(artist=make_artist("Ada", url="ada", picture=key), url="a1", cover=key))
    store.registry.media.path_of("covers", f"{key}-1200.jpg").write_bytes(b"no picture")
    for path in ("/", "/albums/a1", "/artists/ada"):
        testapp.get(path, status=200)
        assert caplog.text.count("event=cover-unreadable") == 1
        caplog.clear()


def test_a_page_of_the_catalogue_stays_small(store, testapp, cover):
    store.add(*(make_album(f"Album {number}", cover=cover) for number in range(25)))
    page = testapp.get("/albums")
    assert len(page.html.select(".album-cover source")) == 2 * 24
    assert len(page.body) < 24_000


def test_shared_links_and_placeholder_covers_have_one_format(store, testapp, albums):
    store.add(make_album("None", url="none"))
    assert testapp.get("/albums/a1").html.select_one('meta[property="og:image"]')["content"].endswith("-1200.jpg")
    page = testapp.get("/albums/none").html
    assert page.select_one(".album-art img")["src"].startswith("/albums/none/cover.svg?")
    assert page.select(".album-art [srcset]") == []


def test_pages_offer_only_formats_that_pillow_can_write(testapp, albums, monkeypatch):
    monkeypatch.setattr("PIL.features.check", lambda feature: feature != "avif")
    assert {source["type"] for source in testapp.get("/albums").html.select("source")} == {"image/webp"}


def test_a_placeholder_cover_has_another_address_once_its_words_change(store, testapp):
    store.add(make_album("None", make_artist("Nobody", url="nobody"), url="none"))
    [album] = store.rows(Album)

    def addresses() -> set[str]:
        """The addresses in a list and on the page of the album, which are the same."""
        found = {
            testapp.get(path).html.select_one(place)["src"]
            for path, place in (("/albums", ".album-cover img"), ("/albums/none", ".album-art img"))
        }
        assert all("x=" in address and testapp.get(address, status=200) for address in found)
        return found

    seen = [addresses()]
    for model, row_id, values in ((Album, album.id, {"title": "One"}), (Artist, album.artist_id, {"name": "Two"})):
        store.change(model, row_id, **values)
        seen.append(addresses())
    assert [len(found) for found in seen] == [1, 1, 1]
    assert len(set.union(*seen)) == 3
