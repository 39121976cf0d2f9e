"""An import cannot give buyers another track than the one they paid for."""

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.data.dbsession import DbSessionFactory
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.catalogue_error import CatalogueError
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.services.imports.import_result import ImportResult
from tests.support.media_files import save_wav

pytestmark = pytest.mark.every_database

HEADER = "artist,album,track_number,title,composer,genre,length_ms,album_price,audio"
TIDE = "Ada,Salt,1,Tide,,Folk,250,8.00,tide.wav"


@pytest.fixture
def import_csv(db_sessions, tmp_path):
    """Imports a file with the given lines."""
    media = MediaStorage(tmp_path / "media")
    save_wav(tmp_path / "tide.wav", 250)
    save_wav(tmp_path / "ebb.wav", 500)

    def import_csv(*lines: str) -> ImportResult:
        file = tmp_path / "catalogue.csv"
        file.write_text("\n".join([HEADER, *lines]), "utf-8")
        with db_sessions.read() as dbsession:
            catalogue = CatalogueImport(dbsession, media, "EUR").read(file)
        with db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, media, "EUR")
            service.store_media(catalogue)
            return service.write(catalogue)

    return import_csv


@pytest.fixture
def sold(db_sessions, import_csv):
    """“Salt” is in the store and has been ordered; so is “Pepper”, which has not."""
    import_csv(TIDE, TIDE.replace("Salt", "Pepper"))
    order_salt(db_sessions)


def order_salt(db_sessions: DbSessionFactory, track_number: int | None = None) -> None:
    """Order the whole album, or one of its tracks."""
    with db_sessions.begin() as dbsession:
        album = dbsession.scalars(select(Album).where(Album.title == "Salt")).one()
        line = OrderLine(album=album, title="Salt", artist_name="Ada", amount_cents=800)
        if track_number:
            line.track_id = album.tracks[track_number - 1].id
        order = Order(checkout_key="0" * 32, email="a@b.org", series="live", currency="EUR", total_cents=800)
        order.lines.append(line)
        dbsession.add(order)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (TIDE.replace("Tide", "Ebb"), "title", "“Tide” has been sold under this number."),
        (TIDE.replace("tide.wav", "ebb.wav").replace("250", "500"), "audio", "“Tide” has been sold with another"),
        (TIDE.replace("tide.wav", ""), "audio", "“Tide” has been sold with another recording."),
        (TIDE.replace("Ada,Salt", "ADA,salt").replace("Tide", "Ebb"), "title", "“Tide” has been sold"),
    ],
)
@pytest.mark.usefixtures("sold")
def test_a_sold_track_cannot_become_another(import_csv, row, column, reason):
    with pytest.raises(CatalogueError) as refused:
        import_csv(row)
    [mistake] = refused.value.mistakes
    assert (mistake.line, mistake.column) == (2, column)
    assert mistake.reason.startswith(reason)


@pytest.mark.parametrize(
    "rows",
    [
        [TIDE],
        [TIDE.replace("Tide", "TIDE").replace("Folk", "Jazz").replace("8.00", "9.00")],
        [TIDE, "Ada,Salt,2,Ebb,,Folk,500,8.00,ebb.wav"],
        [TIDE.replace("Salt", "Pepper").replace("Tide", "Ebb").replace("tide.wav", "ebb.wav").replace("250", "500")],
    ],
    ids=["unchanged", "other details", "one more track", "an album that was not sold"],
)
@pytest.mark.usefixtures("sold")
def test_everything_else_may_change(import_csv, rows):
    written = import_csv(*rows)
    assert written.albums_added == 0
    assert written.albums_changed + written.albums_unchanged == 1


def test_an_order_of_one_track_guards_that_track_alone(db_sessions, import_csv):
    ebb = TIDE.replace("1,Tide", "2,Ebb")
    import_csv(TIDE, ebb, TIDE.replace("Salt", "Pepper"))
    order_salt(db_sessions, track_number=2)
    assert import_csv(TIDE.replace("Tide", "Rip"), ebb).tracks_changed == 1
    with pytest.raises(CatalogueError, match="Line 3, title: “Ebb” has been sold under this number"):
        import_csv(TIDE, ebb.replace("Ebb", "Rip"))
