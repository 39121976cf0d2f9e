"""Names of version 0.1.0 get keys, and names that are almost alike are kept."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from album_store.bin.main import main
from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.migrations import schema
from album_store.infrastructure.calendar import Calendar
from album_store.services.admin.account_list_service import AccountListService
from album_store.services.catalogue.search_service import SearchService

ALMOST_ALIKE = """
INSERT INTO "Artist" (id, name, url, biography, created_date) VALUES
    (901, 'Coal Choir', 'coal-choir', '', '2026-01-01'), (902, 'COAL choir', 'coal-choir-2', '', '2026-01-01'),
    (903, 'Coal\u00a0Choir', 'coal-choir-3', '', '2026-01-01'), (904, 'D\u2019Or', 'dor', '', '2026-01-01');
INSERT INTO "Genre" (id, name, url, created_date) VALUES
    (901, 'Dub techno', 'dub-techno', '2026-01-01'), (902, 'Dub Techno', 'dub-techno-2', '2026-01-01');
INSERT INTO "Album" (id, title, url, artist_id, price_cents, currency, description, credits, published, updated_date,
    created_date, sort_date, sort_title, sort_artist) VALUES
    (901, 'Low Sun', 'low-sun', 901, 1, 'EUR', '', '', 1, '2026-01-01', '2026-01-01', '2026-01-01', 'low sun', 'x'),
    (902, 'LOW SUN', 'low-sun-2', 901, 1, 'EUR', '', '', 1, '2026-01-01', '2026-01-01', '2026-01-01', 'low sun', 'x'),
    (903, 'Low Sun', 'low-sun-3', 902, 1, 'EUR', '', '', 1, '2026-01-01', '2026-01-01', '2026-01-01', 'low sun', 'x'),
    (904, 'L`orage', 'l-orage', 904, 1, 'EUR', '', '', 1, '2026-01-01', '2026-01-01', '2026-01-01', 'l orage', 'dor');
INSERT INTO "Track" (album_id, display_order, disc_number, track_number, title, composer, length_ms, isrc, lyrics,
    created_date) VALUES (904, 0, 1, 1, '水曜日', '', 1, '', '', '2026-01-01');
INSERT INTO "SearchDocument" (album_id, words, created_date) VALUES (904, 'l orage dor shui yao ri', '2026-01-01');
UPDATE "Account" SET display_name = 'ZOË' WHERE email = (SELECT min(email) FROM "Account");
"""


@pytest.fixture
def add_almost_alike(old):
    """Adds the rows."""
    with old.engine.begin() as connection:
        for statement in ALMOST_ALIKE.split(";")[:-1]:
            connection.execute(text(statement))


@pytest.mark.usefixtures("add_almost_alike")
def test_rows_with_almost_the_same_name_are_kept_and_reported(old):
    said = []
    old.migrate(said.append)
    assert said == [
        f"The {other} has almost the same name as {first}. Both are kept. "
        "Imports with any other spelling update the latter."
        for other, first in [
            ("artist “COAL choir” (/artists/coal-choir-2)", "“Coal Choir” (/artists/coal-choir)"),
            ("artist “Coal\u00a0Choir” (/artists/coal-choir-3)", "“Coal Choir” (/artists/coal-choir)"),
            ("genre “Dub Techno” (/albums?genre=dub-techno-2)", "“Dub techno” (/albums?genre=dub-techno)"),
            ("album “LOW SUN” (/albums/low-sun-2)", "“Low Sun” (/albums/low-sun)"),
        ]
    ]
    with old.read() as dbsession:
        artists = select(Artist.name, Artist.url, Artist.name_key).where(Artist.id > 900).order_by(Artist.id)
        assert dbsession.execute(artists).all()[:3] == [
            ("Coal Choir", "coal-choir", "coal choir"),
            ("COAL choir", "coal-choir-2", "coal choir  2"),
            ("Coal\u00a0Choir", "coal-choir-3", "coal choir  3"),
        ]
        assert dbsession.get_one(Album, 903).name_key == "low sun"  # it belongs to another artist


@pytest.mark.usefixtures("add_almost_alike")
def test_search_finds_migrated_albums_and_accounts(old):
    old.migrate()
    with old.read() as dbsession:
        for query in ("orage", "or", "曜日", "l'orage"):
            assert 904 in [album.id for album in SearchService(dbsession, old.database).search(query).rows], query
        assert dbsession.get_one(Album, 904).sort_title == "lorage"
        accounts = AccountListService(dbsession, Calendar(ZoneInfo("UTC"))).beginning_with("zoe").accounts
        assert [account.display_name for account in accounts] == ["ZOË"]
    with old.engine.begin() as connection:
        connection.execute(text("""INSERT INTO "AlbumSearch" ("AlbumSearch", rank) VALUES ('integrity-check', 1)"""))


def test_migrated_rows_have_the_keys_that_an_edit_would_give_them(old):
    old.migrate()
    with old.begin() as dbsession:
        albums = dbsession.scalars(select(Album)).all()
        before = {album.id: (album.name_key, album.sort_title, album.search_document.words) for album in albums}
        for album in albums:
            album.title += " "
            album.title = album.title[:-1]
        dbsession.flush()
        assert {album.id: (album.name_key, album.sort_title, album.search_document.words) for album in albums} == before


@pytest.mark.usefixtures("add_almost_alike")
def test_the_migrate_command_prints_the_notes_of_the_migrations(store_ini, settings, old, capsys):
    store_ini.write_text(store_ini.read_text("utf-8").replace(settings["sqlalchemy.url"], str(old.engine.url)), "utf-8")
    assert main(["migrate", str(store_ini)]) == 0
    *notes, last = capsys.readouterr().out.splitlines()
    assert [note.partition(" (")[0] for note in notes] == [
        "The artist “COAL choir”",
        "The artist “Coal\u00a0Choir”",
        "The genre “Dub Techno”",
        "The album “LOW SUN”",
    ]
    assert last == f"Migrated: {', '.join(schema.known_revisions())}."
