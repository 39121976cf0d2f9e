"""Reads pages as a strict browser and a curious visitor do."""

import html5lib
from webtest import TestApp, TestResponse

HTML = "{http://www.w3.org/1999/xhtml}"


def parse_strictly(markup: str) -> None:
    """Raise html5lib's ParseError for the first thing that is not as the HTML standard wants it."""
    html5lib.HTMLParser(strict=True).parse(markup)


def titles(page: TestResponse) -> list[str]:
    """The titles of the albums in the grid of a page."""
    return [title.text.strip() for title in page.html.select(".album-grid .album-title")]


def link_after(page: TestResponse, rel: str) -> str | None:
    """Where the "Next page" or "Previous page" button of a page leads (`rel` is next or prev)."""
    button = page.html.select_one(f'nav.pages a[rel="{rel}"]')
    return button["href"] if button else None


def leaf(browser: TestApp, path: str, rel: str = "next", *, pages_wanted: int = 1_000) -> list[TestResponse]:
    """The page at a path and those that follow it, button by button: all of them, unless fewer are wanted."""
    pages = [browser.get(path)]
    while len(pages) < pages_wanted and (link := link_after(pages[-1], rel)):
        pages.append(browser.get(link))
        assert len(pages) < 1_000, "the pages go round in circles"
    return pages
