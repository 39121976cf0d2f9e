"""What an import does to the prices of albums and tracks that are in the store."""

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.data.track import Track
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.services.imports.import_result import ImportResult

pytestmark = pytest.mark.every_database

HEADER = "artist,album,track_number,title,composer,genre,length_ms"
NAMED = "price,album_price,price_kind,minimum_price"


@pytest.fixture
def import_csv(db_sessions, tmp_path):
    """Imports one album: more columns, and a row for each text of their cells."""
    media = MediaStorage(tmp_path / "media")

    def import_csv(columns: str, *rows: str) -> ImportResult:
        lines = [f"Ada,Salt,{number},Tide,,Folk,1000,{cells}" for number, cells in enumerate(rows, start=1)]
        file = tmp_path / "catalogue.csv"
        file.write_text("\n".join([f"{HEADER},{columns}", *lines]), "utf-8")
        with db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, media, "EUR")
            return service.write(service.read(file))

    return import_csv


@pytest.fixture
def stored(db_sessions):
    """Returns the price and the minimum of the album, and those of its tracks."""

    def stored() -> tuple[tuple[int, int | None], list[tuple[int | None, int | None]]]:
        with db_sessions.read() as dbsession:
            [album] = dbsession.execute(select(Album.price_cents, Album.minimum_cents))
            tracks = dbsession.execute(select(Track.price_cents, Track.minimum_cents).order_by(Track.track_number))
            return tuple(album), list(map(tuple, tracks))

    return stored


@pytest.mark.parametrize(
    ("columns", "rows", "album", "tracks"),
    [
        (NAMED, ["1,9,minimum,5", ",,,"], (900, 500), [(100, 100), (None, None)]),
        (NAMED, ["1,9,fixed,", ",,,"], (900, None), [(100, None), (None, None)]),
        (NAMED, [",,free,", ",,,"], (0, None), [(0, None), (0, None)]),
        ("price,for_sale", ["1,album only", "1,"], (200, None), [(None, None), (100, None)]),
    ],
)
def test_every_kind_of_price_is_stored_and_imported_again_without_a_change(
    import_csv, stored, columns, rows, album, tracks
):
    assert import_csv(columns, *rows).albums_added == 1
    assert stored() == (album, tracks)
    assert import_csv(columns, *rows).albums_unchanged == 1
    assert stored() == (album, tracks)


def test_a_file_without_the_columns_leaves_kinds_of_price_alone(import_csv, stored, db_sessions):
    import_csv(f"{NAMED},for_sale", "1,9,minimum,5,no", "2,,,,no")
    assert import_csv("album_price", "9", "9").albums_unchanged == 1
    assert import_csv("price,album_price", "1,9", "3,9").tracks_changed == 1
    assert stored() == ((900, 500), [(100, 100), (300, 300)])
    with db_sessions.read() as dbsession:
        assert dbsession.scalars(select(Album.for_sale)).one() is False


def test_a_minimum_never_exceeds_a_new_price(import_csv, stored):
    import_csv(NAMED, "1,9,minimum,5")
    import_csv("album_price", "4")
    assert stored() == ((400, 400), [(100, 100)])


@pytest.mark.parametrize(
    ("columns", "row", "album", "tracks"),
    [
        (NAMED, "1,9,fixed,", (900, None), [(100, None), (None, None)]),
        ("album_price", "9", (900, None), [(None, None), (None, None)]),
        (NAMED, ",,minimum,0", (0, 0), [(None, None), (None, None)]),
    ],
)
def test_tracks_that_were_free_with_their_album_are_not_given_away_later(
    import_csv, stored, columns, row, album, tracks
):
    import_csv("price_kind,album_price", "free,", ",")
    import_csv(columns, row)  # the second track is not in this file, and is kept
    assert stored() == (album, tracks)


def test_the_tracks_of_an_album_that_becomes_free_are_free(import_csv, stored):
    import_csv("price,album_price", "1,9", "1,9", ",9")
    import_csv("price_kind,album_price,for_sale", "free,,album only")
    assert stored() == ((0, None), [(None, None), (0, None), (None, None)])


def test_prices_do_not_slip_into_another_currency(import_csv, stored):
    import_csv(f"{NAMED},currency", "1,9,minimum,5,EUR", "1,,,,EUR")
    import_csv("album_price,currency", "900,JPY")
    assert stored() == ((900, None), [(None, None), (None, None)])


def test_an_album_that_keeps_its_currency_gets_no_track_prices_in_another(import_csv, stored):
    import_csv("price", "1", "1")
    import_csv("price,currency", "100,JPY")  # the second track is kept, and so are price and currency
    assert stored() == ((200, None), [(100, None), (100, None)])


def test_a_file_without_prices_of_tracks_leaves_them_alone(import_csv, stored):
    import_csv("price,album_price", "1,9", ",9")
    import_csv("album_price,price_kind,minimum_price", "9,minimum,5", ",,")
    assert stored() == ((900, 500), [(100, 100), (None, None)])
