"""The one stylesheet of the public pages."""

import re

import pytest

from album_store.infrastructure.web.stylesheet import PARTS, STATIC
from tests.support.factories import make_album

YEAR = "public, max-age=31536000, immutable"


def stylesheets(page):
    return [link["href"] for link in page.html.select('link[rel="stylesheet"]')]


@pytest.mark.parametrize("path", ["/", "/albums", "/albums/a", "/artists/artist", "/search", "/nothing"])
def test_a_public_page_loads_one_stylesheet_that_is_cached_for_a_year(store, testapp, path):
    store.add(make_album(url="a"))
    [link] = stylesheets(testapp.get(path, expect_errors=True))
    answer = testapp.get(link, status=200)
    assert (answer.content_type, answer.headers["Cache-Control"]) == ("text/css", YEAR)
    testapp.get(link, headers={"If-None-Match": answer.headers["ETag"]}, status=304)


def test_another_address_gets_the_stylesheet_too_but_is_not_kept(testapp):
    for path in ("/styles.css", "/styles.css?x=000000000000"):
        assert testapp.get(path, status=200).headers["Cache-Control"] == "public, no-cache"


def test_the_address_changes_with_the_accent_colour(make_store):
    links = set()
    for accent in ("#aa2200", "#0022aa"):
        visitor = make_store(store__accent=accent).browser()
        [link] = stylesheets(visitor.get("/"))
        links.add(link)
        assert f"--accent: {accent};" in visitor.get(link).text
    assert len(links) == 2


def test_the_stylesheet_has_all_parts_in_order(testapp):
    text = testapp.get("/styles.css").text
    first_lines = [(STATIC / "css" / f"{name}.css").read_text("utf-8").splitlines()[0] for name in PARTS]
    places = [text.find(line) for line in first_lines]
    assert -1 not in places
    assert places == sorted(places)


def test_the_font_that_is_preloaded_is_the_one_of_the_stylesheet(testapp):
    preload = testapp.get("/").html.select_one('link[rel="preload"]')
    assert (preload["as"], preload["type"], preload.has_attr("crossorigin")) == ("font", "font/woff2", True)
    fonts = re.findall(r'url\("([^"]+)"\)', testapp.get("/styles.css").text)
    assert preload["href"] in [f"/{font}" for font in fonts]
    for font in fonts:
        assert testapp.get(f"/{font}", status=200).headers["Cache-Control"] == "max-age=31536000"
