"""Every input in ../shared/cases, used as an owner or a visitor would use it."""

import csv
import io
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup
from PIL import Image

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.track import Track
from album_store.services.imports.catalogue_error import CatalogueError
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.services.imports.import_result import ImportResult
from tests.functional.conftest import MakeStore
from tests.support.checkout import CASES, CHECKOUT
from tests.support.factories import PASSWORD, add_account, make_album
from tests.support.needs import needs_cases
from tests.support.page_reader import titles
from tests.support.store_driver import StoreDriver, form_at, sign_in

pytestmark = needs_cases

HEADER = "artist,album,track_number,title,composer,genre,length_ms,price"
ATOM = "{http://www.w3.org/2005/Atom}"
CLIP = CHECKOUT / "album_store" / "demo" / "clips" / "blue-ferry-late-01.mp3"
# Each of these has a test here.
TESTED = {
    "01a-forwarded-mapped.txt", "02a-elision-french.csv", "02c-names-without-latin-words.csv", "03a-adobe-rgb.jpg",
    "03c-linear-gama.png", "03d-colour-key-16-bit.png", "04a-wav-written-to-a-pipe.wav", "04b-wav-cut-short.wav",
    "04c-vbr-without-a-table.mp3", "05-fragmented.m4a", "06a-id3-before-flac.flac", "07a-long-text-chunk.png",
    "07b-broken-exif.png", "07c-odd-exif-tag.jpg", "08a-invisible-signs.csv", "08b-genres.csv",
    "08c-thin-spaces-in-genre.csv", "09a-excel-block-of-16.csv", "10a-sep-line.csv", "10b-tabs.csv",
    "10c-two-marks.csv", "10d-utf16-no-mark.csv", "11-names.txt", "12-right-to-left.csv", "13-locale.txt",
    "14-cover-name-nfc.csv", "15-range.txt", "16-feed.txt", "17a-alac.m4a", "17b-no-sound.mp4", "18-admin-search.txt",
    "README.md",
}  # fmt: skip

BringIn = Callable[..., ImportResult]


@pytest.fixture
def import_csv(store: StoreDriver, tmp_path: Path) -> BringIn:
    """A function that imports a case file, or a catalogue of one row with the file in the given column."""

    def import_csv(name: str, column: str = "") -> ImportResult:
        shutil.copy(CASES / name, tmp_path)
        if column:
            length = "" if column == "audio" else "1000"
            (tmp_path / "own.csv").write_text(f"{HEADER},{column}\nAda,Salt,1,Tide,,Folk,{length},1,{name}")
        with store.db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, store.registry.media, "EUR")
            catalogue = service.read(tmp_path / ("own.csv" if column else name))
            service.store_media(catalogue)
            return service.write(catalogue)

    return import_csv


def test_every_case_has_a_test():
    assert {file.name for file in CASES.iterdir()} == TESTED


def test_12_visitors_behind_a_proxy_are_12_clients(store):  # 01a
    for number in range(1, 13):
        browser = store.browser(REMOTE_ADDR=f"::ffff:198.51.100.{number}")
        assert sign_in(browser, f"{number}@example.org", "a wrong password").status_int == 400


@pytest.mark.parametrize(
    ("file", "query", "title"),
    [
        ("02a-elision-french.csv", "orage", "Jusqu\u2019à l\u2019orage"),
        ("02a-elision-french.csv", "l'orage", "Jusqu\u2019à l\u2019orage"),
        ("02a-elision-french.csv", "été", "L'été des autres"),
        ("02a-elision-french.csv", "aube", "L'été des autres"),
        ("02c-names-without-latin-words.csv", "!!!", "!!!"),
        ("02c-names-without-latin-words.csv", "÷", "÷"),
        ("02c-names-without-latin-words.csv", "\U0001f30a", "\U0001f30a" * 3),
        ("02c-names-without-latin-words.csv", "プール", "水曜日"),
    ],
)
def test_a_search_finds_the_album(import_csv, testapp, file, query, title):
    import_csv(file)
    assert titles(testapp.get("/search", {"q": query})) == [title]


@pytest.mark.parametrize("query", ["horloger", "l'horloger", "ambry", "d'ambry"])
def test_a_search_of_the_demo_finds_an_album(make_app, query):
    assert titles(make_app(store__demo_catalogue="true").get("/search", {"q": query}))


@pytest.mark.parametrize(
    ("file", "colour"),
    [
        ("03a-adobe-rgb.jpg", (0, 161, 48)),
        ("03c-linear-gama.png", (137, 137, 137)),
        ("03d-colour-key-16-bit.png", (255, 255, 255)),
    ],
)
def test_a_cover_has_the_colour_that_browsers_show(import_csv, testapp, file, colour):
    import_csv(file, "cover")
    picture = cover(testapp)
    found = picture.getpixel((picture.width * 3 // 5, picture.height * 3 // 4))
    assert max(abs(one - other) for one, other in zip(found, colour, strict=True)) <= 4


@pytest.mark.parametrize("file", ["07a-long-text-chunk.png", "07b-broken-exif.png", "07c-odd-exif-tag.jpg"])
def test_a_picture_with_odd_metadata_is_accepted(import_csv, testapp, file):
    import_csv(file, "cover")
    assert cover(testapp).size


@pytest.mark.parametrize(
    ("file", "length_ms", "ending"),
    [
        ("04a-wav-written-to-a-pipe.wav", 500, ".wav"),
        ("04c-vbr-without-a-table.mp3", 4_104, ".mp3"),
        ("05-fragmented.m4a", 1_064, ".m4a"),
        ("06a-id3-before-flac.flac", 300, ".flac"),
    ],
)
def test_a_recording_has_the_length_of_its_sound(import_csv, store, file, length_ms, ending):
    import_csv(file, "audio")
    [track] = store.rows(Track)
    assert (track.length_ms, Path(track.audio).suffix) == (length_ms, ending)


@pytest.mark.parametrize(
    ("file", "column", "reason"),
    [
        ("04b-wav-cut-short.wav", "audio", "cut short"),
        ("17a-alac.m4a", "preview", "do not play ALAC"),
        ("17b-no-sound.mp4", "preview", "no sound"),
    ],
)
def test_a_recording_is_refused_with_the_reason(import_csv, store, file, column, reason):
    with pytest.raises(CatalogueError, match=rf"^Line 2, {column}: [^\n]*{reason}[^\n]*$"):
        import_csv(file, column)
    assert store.rows(Album) == []


def test_invisible_characters_do_not_make_another_artist(import_csv, store, testapp):  # 08a
    result = import_csv("08a-invisible-signs.csv")
    [artist], [album] = store.rows(Artist), store.rows(Album)
    assert (artist.name, album.title, len(store.rows(Track))) == ("Moss Parade", "Low Tide Hotel", 8)
    assert [joined.kind for joined in result.joined] == ["artist", "album"]
    assert titles(testapp.get("/albums")) == ["Low Tide Hotel"]


@pytest.mark.parametrize("file", ["08b-genres.csv", "08c-thin-spaces-in-genre.csv"])
def test_spellings_of_a_genre_are_joined(import_csv, store, file):
    joined = [str(joined) for joined in import_csv(file).joined]
    assert len(store.rows(Genre)) == len(store.rows(Artist)) == len(store.rows(Album)) == 1
    assert any("spellings as one genre" in line for line in joined)


@pytest.mark.parametrize(
    ("file", "tracks"),
    [
        ("09a-excel-block-of-16.csv", None),
        ("10a-sep-line.csv", 1),
        ("10b-tabs.csv", 1),
        ("10c-two-marks.csv", 1),
        ("10d-utf16-no-mark.csv", 1),
    ],
)
def test_a_table_is_read_as_spreadsheets_export_it(import_csv, store, testapp, file, tracks):
    import_csv(file)
    [album] = store.rows(Album)
    assert titles(testapp.get("/albums")) == [album.title]
    assert len(store.rows(Track)) == (tracks or (CASES / file).read_bytes().count(b"\n") - 1)


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    "name", ["\u0645\u06cc\u200c\u0646\u0627", "\u0d9a\u0dca\u200d\u0dc2", "\U0001f469\u200d\U0001f3a4 Mo"]
)
def test_a_name_is_kept_as_typed(store, name):  # 11
    browser = store.signed_in()
    form = form_at(browser.get("/account"), "/account/profile")
    form["display_name"] = name
    form.submit(status=303)
    assert form_at(browser.get("/account"), "/account/profile")["display_name"].value == name


def test_right_to_left_names_have_their_own_direction(import_csv, testapp):  # 12
    import_csv("12-right-to-left.csv")
    rows = list(csv.DictReader(io.StringIO((CASES / "12-right-to-left.csv").read_text("utf-8"))))
    pages = [testapp.get(path) for path in ("/", "/albums", "/search?q=remix")]
    pages += [pages[1].click(href=link["href"]) for link in pages[1].html.select(".album-cover, .album-artist a")]
    names = {row[column] for row in rows for column in ("artist", "album", "title")}
    assert names <= {bdi.text for page in pages for bdi in page.html.select("bdi")}
    for page in pages:
        assert not [text for text in bare_texts(page.html) if any(name in text for name in names)]


def test_pages_stay_english_where_numbers_are_german(make_store: MakeStore):  # 13
    store = make_store(store__locale="de")
    store.add(make_album("Salt", url="salt", price_cents=123_450))
    page = store.browser().get("/albums/salt")
    assert page.html.html["lang"] == "en"
    assert page.html.select_one(".price").text == "1.234,50\u00a0€"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_picture_is_found_by_either_unicode_form_of_its_name(import_csv, testapp, tmp_path, form):  # 14
    Image.new("RGB", (60, 60), "teal").save(tmp_path / unicodedata.normalize(form, "Für Müde.jpg"))
    import_csv("14-cover-name-nfc.csv")
    assert cover(testapp).size


def test_ranges_follow_rfc_9110(store, testapp):  # 15
    name, _ = store.registry.media.check_audio(CLIP, "previews")
    store.registry.media.store_audio(CLIP, "previews")
    size = CLIP.stat().st_size
    answer = testapp.get(f"/previews/{name}", headers={"Range": "bytes=-99999999"}, status=206)
    assert answer.headers["Content-Range"] == f"bytes 0-{size - 1}/{size}"
    answer = testapp.head(f"/previews/{name}", headers={"Range": "bytes=0-1"}, status=200)
    assert answer.headers["Content-Length"] == str(size)


def test_a_feed_entry_is_not_updated_before_it_is_published(import_csv, testapp):  # 16
    import_csv("02c-names-without-latin-words.csv")
    entries = list(ET.fromstring(testapp.get("/albums.atom").body).iter(f"{ATOM}entry"))  # noqa: S314
    assert len(entries) == 4
    for entry in entries:
        assert entry.findtext(f"{ATOM}updated") >= entry.findtext(f"{ATOM}published")


@pytest.mark.parametrize(
    ("name", "query"), [("JOHN REED", "john"), ("mcDonald", "McDonald"), ("e\u0301lan", "\u00e9lan")]
)
def test_an_admin_finds_an_account_by_its_name(store, ada_at, name, query):  # 18
    add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD), display_name=name)
    add_account(store.db_sessions, "", "bob@example.org", display_name="Somebody Else")
    page = ada_at.get("/admin/accounts", {"q": query})
    assert "alice@example.org" in page
    assert "bob@example.org" not in page


def cover(testapp) -> Image.Image:
    """The cover of the only album, as the catalogue page shows it."""
    page = testapp.get("/albums")
    image = page.html.select_one(".album-cover img")["src"]
    return Image.open(io.BytesIO(testapp.get(image).body)).convert("RGB")


def bare_texts(page: BeautifulSoup) -> list[str]:
    """The texts of a page outside elements that isolate their direction."""
    for element in page.select('bdi, [dir="auto"], script, title'):
        element.decompose()
    return [str(text) for text in page.find_all(string=True)]
