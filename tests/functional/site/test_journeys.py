"""One journey through each area, on every kind of database, with a pool of one connection.

A request that needs a second connection while it holds one waits for itself here, and fails.
"""

import datetime as dt
from datetime import timedelta

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from webtest import TestApp, TestResponse

from album_store.data.account import Account
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.role import Role
from album_store.data.types import utc_now
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.worker import daily_tasks
from tests.functional.conftest import MakeStore
from tests.support.factories import PASSWORD, make_album, make_artist, make_genre, make_track
from tests.support.outage import lost_database
from tests.support.page_reader import follow_pages, titles
from tests.support.store_driver import (
    StoreDriver,
    ask_for_reset,
    confirmation_form,
    form_at,
    register,
    set_new_password,
    sign_in,
)

pytestmark = pytest.mark.every_database

NEW_EMAIL = "alice@elsewhere.example.org"
NEW_PASSWORD = "seventeen grey herons"
HEADER = "artist,album,track_number,title,composer,genre,length_ms,price"


@pytest.fixture
def store(make_store: MakeStore, monkeypatch: pytest.MonkeyPatch) -> StoreDriver:
    """A store that holds one connection at most."""
    pool = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.5}
    database = make_store().db_sessions.database
    monkeypatch.setattr(type(database), "engine_options", {**database.engine_options, **pool})
    return make_store(store__currency="EUR", store__locale="en_GB")


def submit(browser: TestApp, path: str, action: str, **fields: str) -> TestResponse:
    """Fill in and submit a form that must be accepted, and return the page that it leads to."""
    form = form_at(browser.get(path), action)
    for name, value in fields.items():
        form[name] = value
    return form.submit(status=303).follow()


def test_a_second_connection_is_not_to_be_had(store):
    with store.db_sessions.read() as first, store.db_sessions.read() as second:
        first.get(Role, "user")
        with pytest.raises(PoolTimeoutError):
            second.get(Role, "user")


def test_from_registration_to_deletion_of_an_account(store, testapp):
    register(testapp, "alice@example.org", name="Alice").follow(status=200)
    home = confirmation_form(testapp.get(store.mailed_link(kind="confirm-registration"))).submit(status=303).follow()
    assert "Welcome." in home
    form_at(home, "/account/signout").submit(status=303)

    assert sign_in(testapp, password="not the password").status_int == 400
    ask_for_reset(testapp).follow(status=200)
    ask_for_reset(testapp, "nobody@example.org").follow(status=200)
    testapp.get(store.mailed_link(kind="reset-password")).follow()
    assert set_new_password(testapp, NEW_PASSWORD).status_int == 303
    assert sign_in(testapp, password=NEW_PASSWORD).status_int == 303
    other = store.signed_in(password=NEW_PASSWORD)

    submit(testapp, "/account", "/account/profile", display_name="Al", location="Zürich", about="Line\r\nand line")
    submit(testapp, "/account", "/account/email", email=NEW_EMAIL, current_password=NEW_PASSWORD)
    confirmation_form(testapp.get(store.mailed_link(NEW_EMAIL))).submit(status=303).follow()
    passwords = {"current_password": NEW_PASSWORD, "password": PASSWORD, "confirm_password": PASSWORD}
    submit(testapp, "/account", "/account/password", **passwords)
    other.get("/account", status=303)
    store.signed_in(NEW_EMAIL)
    submit(testapp, "/account", "/account/sessions")
    assert "Zürich" in testapp.get("/account/export.json").text

    submit(testapp, "/account", "/account/delete", current_password=PASSWORD)
    submit(testapp, "/account", "/account/keep")
    submit(testapp, "/account", "/account/delete", current_password=PASSWORD)
    [pending] = store.rows(PendingDeletion)
    store.change(PendingDeletion, pending.account_id, due_date=utc_now() - timedelta(seconds=1))
    daily_tasks.purge(store.registry)
    assert store.rows(Account) == []
    store.deliver_mail()
    farewell = store.mails(NEW_EMAIL)[-1]
    assert farewell.kind == "account-deleted"
    assert farewell.sent_date
    testapp.get("/account", status=303)


def test_from_import_to_search_of_a_catalogue(store, testapp, tmp_path):
    rows = [f"Ada,Record {number:02},1,Track {number:02},,Folk,1000,{number}" for number in range(30)]
    (tmp_path / "albums.csv").write_text("\n".join([HEADER, *rows, "Beyoncé,Ünder,1,L'orage,,Pop,1000,1"]), "utf-8")
    for _ in range(2):  # the second import finds what the first one wrote
        with store.db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, store.registry.media, "EUR")
            service.write(service.read(tmp_path / "albums.csv"))
    folk, ada = make_genre("Rock"), make_artist("AC/DC", biography="Loud.")
    store.add(
        make_album("Soon", ada, genres=[folk], release_date=dt.date(2090, 1, 1)),
        make_album("Hidden", ada, published=False),
        make_album("Many", ada, tracks=[make_track(f"Song {number}", display_order=number) for number in range(101)]),
    )
    in_order = ["Many", *(f"Record {number:02}" for number in range(30)), "Soon", "Ünder"]
    for sort, expected in {
        "title": in_order,
        "price": ["Record 00", "Record 01", "Ünder"],
        "upcoming": ["Soon"],
    }.items():
        found = [title for page in follow_pages(testapp, f"/albums?sort={sort}") for title in titles(page)]
        assert found[: len(expected)] == expected
    assert titles(testapp.get("/albums?genre=pop")) == ["Ünder"]
    assert len(titles(testapp.get("/albums?genre=folk&sort=artist"))) == 24
    for query, expected in {"orage": ["Ünder"], "acdc": ["Many", "Soon"], "song 100": ["Many"], "hidden": []}.items():
        assert titles(testapp.get("/search", {"q": query})) == expected
    cheapest = testapp.get("/albums?sort=price").html.select_one(".album-grid")
    album, artist = (cheapest.select_one(f'a[href^="/{kind}/"]') for kind in ("albums", "artists"))
    assert testapp.get(album["href"]).html.h1.text == "Record 00"
    assert len(titles(testapp.get(artist["href"]))) == 24
    page = testapp.get("/search?q=many").click("Many", index=0)
    assert "Song 100" in follow_pages(testapp, page.request.path)[1]
    for path in ("/", "/albums.atom", "/sitemap.xml", "/sitemap-1.xml", album["href"] + "/cover.svg", "/robots.txt"):
        testapp.get(path, status=200)


def test_from_accounts_to_the_audit_of_an_admin(store, alice, bob, ada_at):
    alice_at = store.signed_in()
    ask_for_reset(store.browser(), "bob@example.org")
    path = f"/admin/accounts/{alice}"
    for action in ("end_sessions", "disable", "enable", "start_reset"):
        submit(ada_at, path, f"{path}/{action}")
    alice_at.get("/account", status=303)
    for _ in ("granted", "taken"):
        submit(ada_at, path, f"{path}/role", current_password=PASSWORD)
    submit(ada_at, "/admin/blocks", "/admin/blocks", network="198.51.100.0/24", hours="1")
    assert sign_in(store.browser(REMOTE_ADDR="198.51.100.9")).status_int == 403
    lift = next(form for form in ada_at.get("/admin/blocks").forms.values() if form.action.endswith("/lift"))
    lift.submit(status=303)
    submit(ada_at, "/admin", "/admin/test_mail")
    assert "alice@example.org" in ada_at.get("/admin/accounts?q=ali").html.main.text
    for page in ("/admin", "/admin/accounts", "/admin/resets", "/admin/resets?address=192.0.2.7"):
        ada_at.get(page, status=200)
    actions = follow_pages(ada_at, "/admin/actions")[0].html.select(".records li")
    assert len(actions) == 9


def test_an_outage_of_the_database_ends_by_itself(store, alice, testapp):
    browser = store.signed_in()
    with lost_database(store):
        for path in ("/", "/albums", "/search?q=x", "/account"):
            assert browser.get(path, expect_errors=True).status_int in {500, 503}
        assert testapp.get("/health", status=503).json == {"database": "unreachable"}
        testapp.get("/nothing", status=404)
    assert [sign_in(testapp, password="not the password").status_int for _ in range(11)] == [400] * 10 + [429]
    testapp.get("/health", status=200)
    assert "Sign out" in browser.get("/")
    form_at(browser.get("/"), "/account/signout").submit(status=303)
