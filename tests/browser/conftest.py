"""A real server, a real browser, and visitors with a browser profile each."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from ipaddress import IPv4Address
from itertools import count

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.pages import ADA, PAGES
from tests.browser.survey import Source, Survey, survey_page
from tests.browser.visitor import Visitor
from tests.support.checkout import CHECKOUT
from tests.support.running_store import RunningStore, ini_without_albums, running_store

# The headless shell takes half the processor time of Chromium.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NO_BROWSER = "Chromium is missing: install it (apt-get install chromium) or set ALBUM_STORE_CHROMIUM to its path"
# Chromium has no sandbox when run as root. The other arguments stop its own network requests.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

LIMIT_MS = 15_000
WINDOW = {"width": 1280, "height": 720}

# All visitors come from this machine and register more often than one client may in an hour, so the store trusts their
# X-Forwarded-For header as if it came from a proxy.
TRUST = "[server:main]\ntrusted_proxy = *\ntrusted_proxy_headers = x-forwarded-for\n"
_addresses = map(IPv4Address("10.0.0.0").__add__, count(1))

MakeVisitor = Callable[..., Visitor]


def skip_or_fail(reason: str) -> None:
    """Skip the test, or fail it if ALBUM_STORE_REQUIRE_BROWSER is 1."""
    if os.environ.get("ALBUM_STORE_REQUIRE_BROWSER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


# Package scope, because Playwright keeps an event loop running that other tests must not see.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    named = os.environ.get("ALBUM_STORE_CHROMIUM")
    found = next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)
    if found is None:
        skip_or_fail(NO_BROWSER)
    expect.set_options(timeout=LIMIT_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="package")
def store(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """The store of development.ini with its demo catalogue and the admin Ada.

    It depends on the browser fixture so that it does not start when there is no browser.
    """
    ini = (CHECKOUT / "development.ini").read_text("utf-8").replace("[server:main]\n", TRUST)
    with running_store(tmp_path_factory.mktemp("store"), ini=ini) as started:
        started.add_account(ADA, roles=("admin", "user"))
        yield started


@pytest.fixture(scope="package")
def broken_store(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """A store without the album table, so that pages with albums answer 500."""
    with running_store(tmp_path_factory.mktemp("broken_store"), ini=ini_without_albums()) as started:
        with closing(sqlite3.connect(started.folder / "album_store.sqlite")) as database:
            database.execute('ALTER TABLE "Album" RENAME TO "Lost"')
        yield started


@pytest.fixture
def make_visitor(browser: Browser, store: RunningStore) -> Iterator[MakeVisitor]:
    """Create visitors, each with an IP address of its own; fails if one met an error that the test did not allow.

    Keyword arguments are those of Playwright's `new_context`, such as `color_scheme="dark"`.
    """
    visitors: list[Visitor] = []

    def make(visited: RunningStore = store, **profile: object) -> Visitor:
        headers = {"X-Forwarded-For": str(next(_addresses))}
        context = browser.new_context(base_url=visited.url, extra_http_headers=headers, **profile)
        context.set_default_timeout(LIMIT_MS)
        visitors.append(Visitor(context.new_page(), visited))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.page.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.watch.complaints] == []


@pytest.fixture
def visitor(make_visitor: MakeVisitor) -> Visitor:
    """A visitor with default browser settings."""
    return make_visitor()


@pytest.fixture(scope="package")
def survey(browser: Browser, store: RunningStore, broken_store: RunningStore) -> Callable[[str], Survey]:
    """Survey one of PAGES by name, once; the fault page comes from the broken store.

    The pages of a store share a window, because opening a page in a new one takes three times the processor time. No
    cookie outlasts a survey, and each has an IP address of its own.
    """

    @cache
    def open_window(address: str) -> tuple[Page, Source]:
        context = browser.new_context(base_url=address, reduced_motion="reduce")
        context.set_default_timeout(LIMIT_MS)
        page = context.new_page()
        return page, Source(page)

    @cache
    def survey_named(name: str) -> Survey:
        page, source = open_window(broken_store.url if name == "fault" else store.url)
        page.context.clear_cookies()
        # The store limits how many forms an address sends.
        page.context.set_extra_http_headers({"X-Forwarded-For": str(next(_addresses))})
        page.set_viewport_size(WINDOW)
        page.emulate_media(color_scheme="light")
        visitor = Visitor(page, store)
        try:
            PAGES[name](visitor)
            return survey_page(visitor, source)
        finally:
            visitor.watch.stop()

    return survey_named
