"""A store upgraded from version 0.1.0, then copied to a server."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine
from webtest import TestApp

from album_store.bin.main import main
from album_store.data.dbsession import DbSessionFactory
from album_store.services.catalogue.albums_service import ORDERS
from tests.support.databases import SERVERS
from tests.support.factories import make_album, make_artist, make_genre, make_track
from tests.support.old_store import make_old_database
from tests.support.shared_store import store_in
from tests.support.store_settings import settings_in

# Within the day in which the sessions and links of the old store are alive.
NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
LINK = re.compile(r'(?:href|src)="(?:http://localhost)?(/[^"#]*)')
# Where each visitor begins, and the part of the site that is looked at as they see it.
PARTS = {"stranger": "/", "Alice": "/account", "Ada": "/admin"}
# Pages that no link leads to.
ALSO = {
    "stranger": ["/health", "/robots.txt", "/sitemap.xml", "/sitemap-1.xml", "/nothing"],
    "Alice": ["/account/export.json"],
    "Ada": ["/admin/accounts?q=a"],
}
SEARCHES = ("album 07", "07", "d", "über", "uber den", "straße", "STRASSE", "日", "ё", "o'brien", "long", "%")
TITLES = (
    "Über den Wolken",
    "uber",
    "Straße",
    "strasse",
    "日本",
    "Ёлка",
    "O'Brien",
    "Zoë",
    "zoe ",
    "100 %",
    "é",
    "e\u0301",
)


class Upgraded(NamedTuple):
    """A store that has been upgraded: its settings, its browsers and its pages."""

    settings: dict[str, str]
    browsers: dict[str, TestApp]
    pages: dict[tuple[str, str], tuple[Any, ...]]


def answer(browser: TestApp, path: str) -> tuple[Any, ...]:
    """Return the status, the address of a redirect, the type and the bytes of an answer."""
    page = browser.get(path, expect_errors=True)
    return page.status_int, page.location, page.content_type, page.body


def visit_all(browsers: dict[str, TestApp]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Follow the links of each visitor's part of the site, and return the answers by visitor and path."""
    found = {}
    for name, part in PARTS.items():
        waiting = [part, *ALSO[name]]
        if part == "/":
            waiting += [f"/search?q={words}" for words in SEARCHES] + [f"/albums?sort={order}" for order in ORDERS]
        while waiting:
            path = waiting.pop()
            if (name, path) not in found:
                found[name, path] = answer(browsers[name], path)
                if found[name, path][2] == "text/html":
                    waiting += [link for link in links(found[name, path][3]) if link.startswith(part)]
    return found


def links(page: bytes) -> Iterable[str]:
    """Return the addresses of the store in a page, but for those of style sheets, and of sign-in from each page."""
    paths = (path.replace("&amp;", "&") for path in LINK.findall(page.decode()))
    return (path for path in paths if not path.startswith(("/static/", "/account/signin?")))


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    """A store of version 0.1.0 that has been migrated, with more albums, and visited by Alice, Ada and a stranger."""
    folder = tmp_path_factory.mktemp("upgraded")
    settings = settings_in(folder)
    make_old_database(settings["sqlalchemy.url"])
    old = DbSessionFactory(settings["sqlalchemy.url"])
    old.migrate()
    old.dispose()
    with time_machine.travel(NOW, tick=False):
        with store_in(folder) as store:
            genre = make_genre("Über")
            for number, title in enumerate(TITLES):
                artist = make_artist(f"{title} Band {number}", url=f"new-{number}")
                tracks = [make_track(f"{title} {side}", artist_name=title) for side in "AB"]
                store.add(make_album(title, artist, url=f"new-{number}", tracks=tracks, genres=[genre]))
            browsers = {
                "stranger": store.browser(),
                "Alice": store.signed_in(),
                "Ada": store.signed_in("ada@example.org"),
            }
            pages = visit_all(browsers)
        yield Upgraded(settings, browsers, pages)


def ini_file(file: Path, settings: dict[str, str]) -> str:
    """Write the settings of a store to a file, and return its name."""
    lines = (f"{name} = {value}" for name, value in settings.items())
    file.write_text("\n".join(["[app:main]", "use = egg:album-store", *lines, ""]), "utf-8")
    return str(file)


def test_albums_and_accounts_of_0_1_0_survive_the_upgrade(upgraded):
    pages = upgraded.pages
    assert b"The Artist" in pages["stranger", "/albums/album"][3]
    assert b"alice@example.org" in pages["Alice", "/account"][3]
    assert b"Album 07" in pages["stranger", "/search?q=album 07"][3]
    assert b"leaver@example.org" in pages["Ada", "/admin/accounts"][3]


@pytest.mark.every_database(*SERVERS)
def test_every_page_of_an_upgraded_store_is_the_same_after_a_copy_to_a_server(
    upgraded, server_database, database_kind, tmp_path
):
    """Byte for byte, for browsers that have signed in before the copy."""
    database = server_database(database_kind)
    database.start_over()
    settings = upgraded.settings | {"sqlalchemy.url": database.url}
    old_ini, new_ini = ini_file(tmp_path / "old.ini", upgraded.settings), ini_file(tmp_path / "new.ini", settings)
    assert main(["copy-database", old_ini, new_ini]) == 0
    with store_in(tmp_path, **settings) as store:
        browsers = {name: store.browser() for name in upgraded.browsers}
        for name, browser in browsers.items():
            browser.cookiejar = upgraded.browsers[name].cookiejar
        different = [
            (name, path) for (name, path), page in upgraded.pages.items() if answer(browsers[name], path) != page
        ]
        assert different == []
        assert len(upgraded.pages) > 200
