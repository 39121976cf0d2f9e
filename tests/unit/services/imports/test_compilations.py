"""Which rows by several artists form one album."""

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.services.imports.import_result import ImportResult

HEADER = "artist,album,album_artist,disc,track_number,title,composer,genre,length_ms,price"


@pytest.fixture
def import_csv(db_sessions, tmp_path):
    """Imports rows of artist, album artist, disc and track number, by default of the album “Salt”."""

    def import_csv(*rows: tuple[str, str, str, int], album: str = "Salt") -> ImportResult:
        lines = [f"{artist},{album},{by},{disc},{number},T,,,1,1" for artist, by, disc, number in rows]
        (tmp_path / "catalogue.csv").write_text("\n".join([HEADER, *lines]), "utf-8")
        with db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, MediaStorage(tmp_path / "media"), "EUR")
            return service.write(service.read(tmp_path / "catalogue.csv"))

    return import_csv


@pytest.fixture
def albums(db_sessions):
    """Returns the artists of the tracks of each album, by album artist."""

    def albums() -> dict[str, list[str]]:
        with db_sessions.read() as dbsession:
            query = select(Artist.name, Album).join(Album.artist)
            return {name: [track.artist_name for track in album.tracks] for name, album in dbsession.execute(query)}

    return albums


def test_an_album_artist_combines_all_artists_into_one_album(import_csv, albums):
    rows = [("Ada", "Label Friends", "", 1), ("Bo", "Label Friends", "", 7), ("Label Friends", "Label Friends", "", 9)]
    assert import_csv(*rows).notes == ()
    assert albums() == {"Label Friends": ["Ada", "Bo", ""]}


def test_an_album_artist_does_not_combine_rows_without_it(import_csv, albums):
    import_csv(("Ada", "Label Friends", "", 1), ("Bo", "", "", 1))
    assert albums() == {"Label Friends": ["Ada"], "Bo": [""]}


def test_an_album_artist_on_one_row_applies_to_consecutive_track_numbers(import_csv, albums):
    result = import_csv(("Ada", "Label Friends", "", 1), ("Bo", "", "", 2), ("Cy", "label  friends", "", 3))
    assert len(result.notes) == 1
    assert albums() == {"Label Friends": ["Ada", "Bo", "Cy"]}


def test_two_album_artists_make_two_albums(import_csv, albums):
    import_csv(("Ada", "Label Friends", "", 1), ("Bo", "Label Foes", "", 2), ("Cy", "", "", 3))
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
def test_artists_with_consecutive_track_numbers_share_one_album(import_csv, albums, rows, expected):
    result = import_csv(*((artist, "", disc, number) for artist, disc, number in rows))
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
def test_two_artists_with_the_same_album_title_have_two_albums(import_csv, albums, rows):
    assert import_csv(*((artist, "", disc, number) for artist, disc, number in rows)).notes == ()
    assert set(albums()) == {"Ada", "Bo"}


def test_spellings_of_one_artist_count_once_in_a_compilation(import_csv, albums):
    import_csv(("Ada", "", "", 1), ("ADA", "", "", 2), ("Bo", "", "", 3))
    assert albums() == {"Ada": ["", "", "Bo"]}


def test_an_album_artist_matches_other_spellings_of_the_track_artist(import_csv, albums):
    import_csv(("ada", "Ada", "", 1), ("Bo", "ADA", "", 2))
    assert albums() == {"Ada": ["", "Bo"]}


def test_other_spellings_of_a_title_match_the_same_compilation(import_csv, albums):
    import_csv(("Ada", "", "", 1), ("Bo", "", "", 2))
    import_csv(("ADA", "", "", 1), ("Bo", "", "", 2), album="SALT")
    assert list(albums()) == ["Various Artists"]


def test_correcting_albums_with_the_same_title_does_not_combine_them(import_csv, albums):
    import_csv(("Ada", "", "", 1), ("Bo", "", "", 1), ("Bo", "", "", 2))
    result = import_csv(("Ada", "", "", 1), ("Bo", "", "", 2))
    assert (result.albums_added, result.albums_unchanged) == (0, 2)
    assert set(albums()) == {"Ada", "Bo"}


@pytest.mark.parametrize("main", ["Ada", "Cy"])
def test_importing_a_compilation_again_changes_nothing(import_csv, albums, main):
    rows = [("Ada", "", "", 1), (main, "", "", 2), ("Bo", "", "", 3)]
    import_csv(*rows)
    before = albums()
    result = import_csv(*rows)
    assert (result.albums_added, result.albums_changed, result.albums_unchanged) == (0, 0, 1)
    assert albums() == before


def test_another_track_by_one_artist_does_not_change_the_compilation_artist(import_csv, albums):
    import_csv(("Ada", "", "", 1), ("Bo", "", "", 2))
    import_csv(("Ada", "", "", 1), ("Bo", "", "", 2), ("Bo", "", "", 3))
    assert albums() == {"Various Artists": ["Ada", "Bo", "Bo"]}


def test_different_titles_are_different_albums(import_csv, albums):
    import_csv(("Ada", "", "", 1), album="Salt")
    import_csv(("Bo", "", "", 2), album="Sun")
    assert set(albums()) == {"Ada", "Bo"}
