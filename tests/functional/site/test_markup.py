"""Values from the database are shown as text, never as markup."""

from xml.etree import ElementTree as ET

import pytest

from album_store.data.account import Account
from album_store.data.language import Language
from album_store.data.license import License
from tests.support.factories import make_album, make_artist, make_genre, make_track
from tests.support.page_reader import parse_strictly

EVIL = '"\'><evil-tag onclick="x">&amp;</title></script><!-- ${1/0} $${x} <?python 1?>'
PATHS = ("/", "/albums", "/albums?genre=evil", "/albums/evil", "/albums/other", "/artists/evil", "/search?q=evil")
# How often each page shows the text, so that no page passes because it shows nothing.
MIN_SHOWN = dict(zip(PATHS, (2, 4, 4, 10, 2, 2, 4), strict=True))


@pytest.fixture(autouse=True)
def catalogue(store):
    artist = make_artist(EVIL, url="evil", biography=EVIL)
    genre = make_genre("evil")
    genre.name = EVIL[:100]
    track = make_track(EVIL, composer=EVIL, lyrics=EVIL)
    album = make_album(
        EVIL, artist, url="evil", description=EVIL, credits=EVIL, genres=[genre], tracks=[track],
        license=License(name=EVIL[:100], description=EVIL, link="https://example.org/?a=1&b=\"'<evil-tag>"),
        language=Language(name=EVIL[:99]),
    )  # fmt: skip
    store.add(album, make_album("Other", artist, url="other"))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_a_page_shows_stored_markup_as_text(store, alice, path, is_signed_in):
    with store.db_sessions.begin() as dbsession:
        dbsession.get_one(Account, alice).display_name = EVIL[:100]
    page = (store.signed_in() if is_signed_in else store.browser()).get(path)
    parse_strictly(page.text)
    assert page.html.find("evil-tag") is None
    assert "<evil-tag" not in page.text
    shown = page.html.get_text().count("<evil-tag onclick")
    assert shown >= MIN_SHOWN[path]
    if is_signed_in:
        assert page.html.select_one('.site-nav a[href="/account"]')["title"] == EVIL[:100].strip()


def test_the_account_page_shows_a_display_name_as_written(store, alice):
    with store.db_sessions.begin() as dbsession:
        dbsession.get_one(Account, alice).display_name = EVIL[:100]
    page = store.signed_in().get("/account")
    parse_strictly(page.text)
    assert page.html.select_one('input[name="display_name"]')["value"] == EVIL[:100]
    assert "<evil-tag" not in page.text


def test_the_feed_carries_stored_markup_as_text(testapp):
    feed = ET.fromstring(testapp.get("/albums.atom").body)  # noqa: S314  our own document
    atom = "{http://www.w3.org/2005/Atom}"
    assert f"{EVIL}: {EVIL}" in [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")]


def test_the_placeholder_cover_carries_stored_markup_as_text(testapp):
    drawing = ET.fromstring(testapp.get("/albums/evil/cover.svg").body)  # noqa: S314  our own document
    assert EVIL in drawing.findtext("{http://www.w3.org/2000/svg}title")
    assert not [element for element in drawing.iter() if "evil" in element.tag or "onclick" in element.attrib]


def test_a_search_shows_the_query_as_written(testapp):
    page = testapp.get("/search", {"q": EVIL})
    parse_strictly(page.text)
    assert page.html.h1.q.text == EVIL
    assert page.html.find("evil-tag") is None


def test_an_odd_store_name_and_tagline_are_shown_as_written(make_app):
    browser = make_app(store__name='R&B <evil-tag> "Records"', store__words="Words & <evil-tag> 'more'")
    for path in ("/", "/albums", "/nothing"):
        page = browser.get(path, expect_errors=True)
        parse_strictly(page.text)
        assert page.html.find("evil-tag") is None
        assert page.html.title.text.endswith('R&B <evil-tag> "Records"')
