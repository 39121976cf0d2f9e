"""Parses pages and follows their links."""

import html5lib
from webtest import TestApp, TestResponse

HTML = "{http://www.w3.org/1999/xhtml}"


def parse_strictly(markup: str) -> None:
    """Raise html5lib's ParseError at the first violation of the HTML standard."""
    html5lib.HTMLParser(strict=True).parse(markup)


def titles(page: TestResponse) -> list[str]:
    """Return the titles of the albums in the grid of a page."""
    return [title.text.strip() for title in page.html.select(".album-grid .album-title")]


def link_after(page: TestResponse, rel: str) -> str | None:
    """Return the URL of the "Next page" or "Previous page" button of a page (`rel` is next or prev), or None."""
    button = page.html.select_one(f'nav.pages a[rel="{rel}"]')
    return button["href"] if button else None


def follow_pages(browser: TestApp, path: str, rel: str = "next", *, pages_wanted: int = 1_000) -> list[TestResponse]:
    """Return the page at a path and those after it, following the buttons: all pages, or at most `pages_wanted`."""
    pages = [browser.get(path)]
    while len(pages) < pages_wanted and (link := link_after(pages[-1], rel)):
        pages.append(browser.get(link))
        assert len(pages) < 1_000, "The pages form a loop."
    return pages
