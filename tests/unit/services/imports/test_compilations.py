"""Which rows of several artists make up one album."""

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.services.imports.import_result import ImportResult

HEADER = "artist,album,album_artist,disc,track_number,title,composer,genre,length_ms,price"


@pytest.fixture
def bring_in(db_sessions, tmp_path):
    """Imports rows of artist, album artist, disc and number, all of the album “Salt”; returns the result."""

    def bring_in(*rows: tuple[str, str, str, int], album: str = "Salt") -> ImportResult:
        lines = [f"{artist},{album},{by},{disc},{number},T,,,1,1" for artist, by, disc, number in rows]
        (tmp_path / "catalogue.csv").write_text("\n".join([HEADER, *lines]), "utf-8")
        with db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, MediaStorage(tmp_path / "media"), "EUR")
            return service.write(service.read(tmp_path / "catalogue.csv"))

    return bring_in


@pytest.fixture
def albums(db_sessions):
    """The albums of the store as artist -> artists of its tracks."""

    def albums() -> dict[str, list[str]]:
        with db_sessions.read() as dbsession:
            query = select(Artist.name, Album).join(Album.artist)
            return {name: [track.artist_name for track in album.tracks] for name, album in dbsession.execute(query)}

    return albums


def test_an_album_artist_makes_one_album_of_all_artists_and_keeps_those_of_the_tracks(bring_in, albums):
    rows = [("Ada", "Label Friends", "", 1), ("Bo", "Label Friends", "", 7), ("Label Friends", "Label Friends", "", 9)]
    assert bring_in(*rows).notes == ()
    assert albums() == {"Label Friends": ["Ada", "Bo", ""]}


def test_an_album_artist_joins_nothing_that_it_does_not_name(bring_in, albums):
    bring_in(("Ada", "Label Friends", "", 1), ("Bo", "", "", 1))
    assert albums() == {"Label Friends": ["Ada"], "Bo": [""]}


def test_an_album_artist_on_one_row_is_that_of_all_whose_track_numbers_run_on(bring_in, albums):
    result = bring_in(("Ada", "Label Friends", "", 1), ("Bo", "", "", 2), ("Cy", "label  friends", "", 3))
    assert len(result.notes) == 1
    assert albums() == {"Label Friends": ["Ada", "Bo", "Cy"]}


def test_two_album_artists_make_two_albums(bring_in, albums):
    bring_in(("Ada", "Label Friends", "", 1), ("Bo", "Label Foes", "", 2), ("Cy", "", "", 3))
    assert albums() == {"Label Friends": ["Ada"], "Label Foes": ["Bo"], "Cy": [""]}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("Ada", "", 1), ("Bo", "", 2)], {"Various Artists": ["Ada", "Bo"]}),
        ([("Cy", "", 3), ("Ada", "", 1), ("Bo", "", 2)], {"Various Artists": ["Ada", "Bo", "Cy"]}),
        ([("Ada", 1, 1), ("Bo", 2, 1), ("Cy", 2, 2)], {"Various Artists": ["Ada", "Bo", "Cy"]}),
        ([("Ada", "", 1), ("Ada", "", 2), ("Ada & Bo", "", 3)], {"Ada": ["", "", "Ada & Bo"]}),
        ([("Various Artists", "", 1), ("Bo", "", 2)], {"Various Artists": ["", "Bo"]}),
    ],
)
def test_artists_whose_track_numbers_run_on_have_one_album(bring_in, albums, rows, expected):
    result = bring_in(*((artist, "", disc, number) for artist, disc, number in rows))
    [artist] = expected
    assert result.notes == (
        f"“Salt” is one album by {artist}, because its track numbers continue across several artists. "
        "If that is wrong, fill in album_artist.",
    )
    assert albums() == expected


@pytest.mark.parametrize(
    "rows",
    [
        [("Ada", "", 1), ("Bo", "", 1)],
        [("Ada", "", 1), ("Ada", "", 2), ("Bo", "", 1), ("Bo", "", 2)],
        [("Ada", "", 1), ("Bo", "", 3)],
        [("Ada", "", 2), ("Bo", "", 3)],
        [("Ada", 1, 1), ("Bo", 2, 2)],
    ],
)
def test_two_artists_with_a_title_in_common_have_two_albums(bring_in, albums, rows):
    assert bring_in(*((artist, "", disc, number) for artist, disc, number in rows)).notes == ()
    assert set(albums()) == {"Ada", "Bo"}


def test_spellings_of_one_artist_are_one_artist_of_a_compilation(bring_in, albums):
    bring_in(("Ada", "", "", 1), ("ADA", "", "", 2), ("Bo", "", "", 3))
    assert albums() == {"Ada": ["", "", "Bo"]}


def test_an_album_artist_is_compared_with_that_of_the_track_however_it_is_spelt(bring_in, albums):
    bring_in(("ada", "Ada", "", 1), ("Bo", "ADA", "", 2))
    assert albums() == {"Ada": ["", "Bo"]}


def test_spellings_of_one_title_are_one_compilation(bring_in, albums):
    bring_in(("Ada", "", "", 1), ("Bo", "", "", 2))
    bring_in(("ADA", "", "", 1), ("Bo", "", "", 2), album="SALT")
    assert list(albums()) == ["Various Artists"]


def test_a_file_that_corrects_albums_of_one_title_joins_none(bring_in, albums):
    bring_in(("Ada", "", "", 1), ("Bo", "", "", 1), ("Bo", "", "", 2))
    result = bring_in(("Ada", "", "", 1), ("Bo", "", "", 2))
    assert (result.albums_added, result.albums_unchanged) == (0, 2)
    assert set(albums()) == {"Ada", "Bo"}


@pytest.mark.parametrize("main", ["Ada", "Cy"])
def test_running_twice_changes_nothing(bring_in, albums, main):
    rows = [("Ada", "", "", 1), (main, "", "", 2), ("Bo", "", "", 3)]
    bring_in(*rows)
    before = albums()
    result = bring_in(*rows)
    assert (result.albums_added, result.albums_changed, result.albums_unchanged) == (0, 0, 1)
    assert albums() == before


def test_a_compilation_remains_one_when_a_track_more_gives_one_artist_most_of_it(bring_in, albums):
    bring_in(("Ada", "", "", 1), ("Bo", "", "", 2))
    bring_in(("Ada", "", "", 1), ("Bo", "", "", 2), ("Bo", "", "", 3))
    assert albums() == {"Various Artists": ["Ada", "Bo", "Bo"]}


def test_other_titles_stay_apart(bring_in, albums):
    bring_in(("Ada", "", "", 1), album="Salt")
    bring_in(("Bo", "", "", 2), album="Sun")
    assert set(albums()) == {"Ada", "Bo"}
