"""An import writes in batches: other transactions get their turn, and one that ended early can be run again."""

import pytest
from sqlalchemy import func, select

from album_store.data.album import Album
from album_store.data.genre import Genre
from album_store.data.search_document import SearchDocument
from album_store.data.track import Track
from album_store.services.imports import batches as batches_module
from album_store.services.imports import catalogue_import
from album_store.services.imports.catalogue import Catalogue
from album_store.services.imports.catalogue_import import write_batches
from album_store.services.imports.import_result import KeptTrack
from album_store.services.imports.new_albums import NewAlbum
from album_store.worker.service_request import run_in_transaction, service_request
from tests.support.factories import make_genre

pytestmark = pytest.mark.every_database

HEADER = "artist,album,track_number,title,composer,genre,length_ms,price"
ROWS = [
    f"{artist},{album},{number},Song {number},,{genre},1000,1"
    for artist, album, genre in (("Ada", "Salt", "Folk"), ("Bo", "Rain", "Jazz"), ("ADA", "Wind", "folk"))
    for number in (1, 2)
]


class FakeClock:
    """Tells a later second each time, and sleeps at once."""

    def __init__(self) -> None:
        self.now = 0
        self.slept: list[float] = []

    def monotonic(self) -> int:
        self.now += 1
        return self.now - 1

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture(autouse=True)
def _one_album_in_each_batch(monkeypatch) -> None:
    monkeypatch.setattr(batches_module, "BATCH_TRACKS", 2)


@pytest.fixture
def read(registry, tmp_path):
    """Reads a file with the given lines."""

    def read(*lines: str) -> Catalogue:
        (tmp_path / "catalogue.csv").write_text("\n".join([HEADER, *lines]), "utf-8")
        with service_request(registry) as request:
            return request.catalogue_import.read(tmp_path / "catalogue.csv")

    return read


@pytest.fixture
def write_batch(registry):
    """Writes a batch in a transaction of its own."""
    return lambda batch: run_in_transaction(registry, lambda request: request.catalogue_import.write_batch(batch))


def count(registry, model):
    with registry.db_sessions.read() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(model))


def test_another_transaction_writes_between_the_batches(registry, read, write_batch):
    seen = []

    def write_too(_stage: str, done: int, total: int) -> None:
        with registry.db_sessions.begin() as dbsession:
            dbsession.add(make_genre(f"Other {done}"))
        seen.append((done, total, count(registry, Album)))

    write_batches(read(*ROWS), write_batch, write_too)
    assert seen == [(1, 3, 1), (2, 3, 2), (3, 3, 3)]
    assert count(registry, Genre) == 2 + 3


def test_an_import_that_ended_early_can_be_run_again(registry, read, write_batch):
    class EndedError(Exception):
        """The import was stopped."""

    def stop(_stage: str, _done: int, _total: int) -> None:
        raise EndedError

    with pytest.raises(EndedError):
        write_batches(read(*ROWS), write_batch, stop)
    assert count(registry, Album) == 1
    result = write_batches(read(*ROWS), write_batch)
    assert (result.albums_added, result.albums_unchanged, result.tracks_added) == (2, 1, 4)
    assert (count(registry, Album), count(registry, Track)) == (3, 6)
    again = write_batches(read(*ROWS), write_batch)
    assert (again.albums_added, again.albums_changed, again.albums_unchanged) == (0, 0, 3)


def test_the_result_is_that_of_all_batches(read, write_batch):
    write_batches(read(*ROWS), write_batch)
    result = write_batches(read(*(row for row in ROWS if ",2,Song" not in row)), write_batch)
    assert result.kept_tracks == tuple(
        KeptTrack(artist, album, 1, 2, "Song 2") for artist, album in (("Ada", "Salt"), ("Bo", "Rain"), ("ADA", "Wind"))
    )


def test_spellings_in_different_batches_are_combined_and_reported_once(read, write_batch):
    more = [f"aDA,Fog,{number},Song,,FOLK,1000,1" for number in (1, 2)]
    result = write_batches(read(*ROWS, *more), write_batch)
    assert [(joined.kind, joined.spellings) for joined in result.joined] == [
        ("artist", ("Ada", "ADA", "aDA")),
        ("genre", ("Folk", "folk", "FOLK")),
    ]


def test_each_batch_that_changes_the_catalogue_moves_its_version(registry, read, write_batch):
    tokens = [registry.db_sessions.catalogue_token()]
    for _ in range(2):
        write_batches(read(*ROWS), write_batch, lambda *_: tokens.append(registry.db_sessions.catalogue_token()))
    assert len(set(tokens)) == 1 + 3
    assert tokens[-4:] == [tokens[-1]] * 4


def test_a_new_album_moves_the_version_even_if_its_artist_and_genre_are_known(registry, read, write_batch):
    write_batches(read(*ROWS[:2]), write_batch)
    token = registry.db_sessions.catalogue_token()
    write_batches(read(ROWS[0].replace("Salt", "Fog")), write_batch)
    assert registry.db_sessions.catalogue_token() != token
    assert count(registry, Album) == 2


def test_a_pause_prepares_the_next_batches_and_changes_nothing(read, write_batch, monkeypatch):
    clock = FakeClock()
    monkeypatch.setattr(batches_module, "time", clock)
    monkeypatch.setattr(catalogue_import, "WRITING_S", 0)
    made = []
    make = NewAlbum.__init__
    monkeypatch.setattr(NewAlbum, "__init__", lambda new, *args: made.append(clock.now) or make(new, *args))
    result = write_batches(read(*ROWS[:4]), write_batch, pause_s=5.5)
    # The pause begins at 0. The clock is looked at before each batch, and before the rest of the time is slept away.
    assert made == [0, 2]
    assert clock.slept[0] == 5.5 - 3
    assert (result.albums_added, result.tracks_added) == (2, 4)


def test_artists_are_written_after_all_albums(read, write_batch, registry, tmp_path):
    (tmp_path / "artists.csv").write_text("name,biography\nBo,From the rain.\nAda,From the sea.\n", "utf-8")
    catalogue = read(*ROWS)
    written = []
    result = write_batches(catalogue, lambda batch: written.append(batch) or write_batch(batch))
    assert [(len(batch.albums), len(batch.artists)) for batch in written] == [(1, 0), (1, 0), (1, 0), (0, 2)]
    assert (result.albums_added, result.artists_changed) == (3, 2)


def test_a_new_album_has_the_keys_and_words_that_a_later_change_would_give_it(registry, read, write_batch):
    write_batches(
        read("Bjørk,L'été & AC/DC,1,Für Elise,,Folk,1000,1", "Bjørk,L'été & AC/DC,2,÷,,Folk,1,1"), write_batch
    )

    def stored() -> list[object]:
        with registry.db_sessions.read() as dbsession:
            album, words = dbsession.execute(select(Album, SearchDocument.words).join(Album.search_document)).one()
            return [album.sort_date, album.sort_title, album.sort_artist, album.name_key, album.created_date, words]

    before = stored()
    with registry.db_sessions.begin() as dbsession:
        album = dbsession.scalars(select(Album)).one()
        album.description = "Changed."
        assert {track.created_date for track in album.tracks} == {album.created_date}
    assert stored() == before
