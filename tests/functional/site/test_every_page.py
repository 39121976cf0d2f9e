"""Rules for every HTML page."""

import re
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup
from html5lib.html5parser import ParseError

from tests.support.outage import lost_database
from tests.support.page_reader import parse_strictly
from tests.support.shared_store import store_in
from tests.support.whole_site import WholeSite


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """One site shared by all tests, which only read."""
    folder = tmp_path_factory.mktemp("site")
    with store_in(folder) as store:
        yield WholeSite(store, folder)


@pytest.fixture(scope="module")
def fault(tmp_path_factory):
    """The home page of a store whose database is gone."""
    with store_in(tmp_path_factory.mktemp("broken")) as store, lost_database(store):
        yield store.browser().get("/", status=500)


@pytest.fixture(scope="module")
def pages(site, fault):
    """Every page by name, including the fault page."""
    pages = {name: browser.get(path, expect_errors=True) for name, (browser, path) in site.pages().items()}
    assert len(pages) > 25
    return pages | {"fault": fault}


def without_label(page: BeautifulSoup) -> list[str]:
    """Visible fields without a label."""
    fields = page.select('input:not([type="hidden"], [aria-hidden="true"]), select, textarea')
    named = {label.get("for") for label in page.find_all("label") if label.text.strip()}
    return [str(field) for field in fields if field.get("id") not in named]


def inline(page: BeautifulSoup) -> list[str]:
    """What the Content-Security-Policy would block: inline scripts, styles and event handlers."""
    scripts = [
        tag for tag in page.find_all("script") if not tag.get("src") and tag.get("type") != "application/ld+json"
    ]
    styled = [tag for tag in page.find_all(True) if tag.get("style")]
    handlers = [tag for tag in page.find_all(True) if any(re.match("on[a-z]+$", name) for name in tag.attrs)]
    links = [tag for tag in page.find_all(href=True) if tag["href"].lower().startswith("javascript:")]
    return [str(tag) for tag in (*scripts, *page.find_all("style"), *styled, *handlers, *links)]


def test_every_page_is_valid_html(pages):
    for name, page in pages.items():
        assert page.content_type == "text/html", name
        assert page.charset.lower() == "utf-8", name
        parse_strictly(page.text)


@pytest.mark.parametrize(
    "wrong",
    [
        "<p><div></p>",
        "<b><i></b></i>",
        '<p id="a" id="b">',
        "<table><p></table>",
        "<form><form></form></form>",
        "<h1>a</h2>",
        "<div/>",
        '<a href="?a&copy=1">',
        "&nosuch;",
    ],
)
def test_invalid_html_is_detected(wrong):
    with pytest.raises(ParseError):
        parse_strictly(f"<!DOCTYPE html><title>Wrong</title>{wrong}")


def test_every_page_has_one_heading_a_title_and_a_language(pages):
    for name, page in pages.items():
        assert [heading.text.strip() != "" for heading in page.html.find_all("h1")] == [True], name
        assert re.fullmatch(r"\S.* · Test Records", page.html.title.text), name
        assert page.html.html["lang"] == "en", name
        assert page.html.find("main"), name
        assert page.html.select_one('meta[name="viewport"]'), name


def test_headings_skip_no_level(pages):
    for name, page in pages.items():
        levels = [int(heading.name[1]) for heading in page.html.find_all(re.compile("^h[1-6]$"))]
        assert all(later - earlier <= 1 for earlier, later in pairwise(levels)), (name, levels)


def test_no_page_has_inline_scripts_or_styles(pages):
    for name, page in pages.items():
        assert inline(page.html) == [], name


def test_every_field_has_a_label_and_every_id_is_unique(pages):
    for name, page in pages.items():
        assert without_label(page.html) == [], name
        ids = [tag["id"] for tag in page.html.find_all(id=True)]
        assert len(ids) == len(set(ids)), (name, ids)


def test_every_reference_to_an_id_resolves(pages):
    for name, page in pages.items():
        ids = {tag["id"] for tag in page.html.find_all(id=True)}
        for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            for tag in page.html.find_all(attrs={attribute: True}):
                value = tag[attribute]
                assert set(value if isinstance(value, list) else value.split()) <= ids, (name, str(tag))
        assert {link["href"][1:] for link in page.html.select('a[href^="#"]')} <= ids, name


def test_every_picture_has_alternative_text_and_a_size(pages):
    for name, page in pages.items():
        for picture in page.html.find_all("img"):
            assert picture.get("alt") is not None, name
            assert picture["width"].isdigit(), name
            assert picture["height"].isdigit(), name


# On pages that all visitors share. The browser says where it comes from: see test_cart_forms.py.
FORM_WITHOUT_TOKEN = "/cart"


def test_post_forms_carry_the_token_and_other_forms_do_not(pages):
    for name, page in pages.items():
        for form in page.html.find_all("form"):
            has_token = form.select_one('input[type="hidden"][name="csrf_token"]') is not None
            needs_token = form.get("method", "get").lower() == "post" and form.get("action") != FORM_WITHOUT_TOKEN
            assert has_token is needs_token, (name, form.get("action"))


ALBUM_PAGES = {"album", "bare album", "free album", "owned album", "album in a cart"}


def test_pages_vary_by_cookie_and_only_public_ones_may_be_cached(pages):
    public = {
        "home",
        "albums",
        "genre",
        "second page",
        "empty page",
        "artist",
        "search",
        "found",
        "not found by search",
    }
    for name, page in pages.items():
        assert "Cookie" in page.headers["Vary"], name
        assert page.headers["Cache-Control"] == ("no-cache" if name in public else "no-store"), name


def test_pages_of_albums_may_be_cached_unless_the_visitor_bought_something(site):
    for name, (browser, path) in site.pages().items():
        if name in ALBUM_PAGES:
            assert site.store.browser().get(path).headers["Cache-Control"] == "no-cache"
            assert browser.get(path).headers["Cache-Control"] == "no-store"


PUBLIC = (
    "/",
    "/albums",
    "/albums/album",
    "/artists/artist",
    "/search?q=album",
    "/albums.atom",
    "/nothing",
    "/sitemap.xml",
)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_visitor_who_only_browses_gets_no_cookie(site, path):
    browser = site.store.browser()
    assert "Set-Cookie" not in browser.get(path, expect_errors=True).headers
    assert browser.cookies == {}


def test_strict_transport_security_is_sent_over_https_only(make_app, testapp):
    assert "Strict-Transport-Security" not in testapp.get("/").headers
    secure = make_app(store__site_url="https://music.test").get("/nothing", status=404)
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=63072000")
