"""The artists.csv file next to a catalogue."""

import pytest
from sqlalchemy import event, select

from album_store.bin.main import main
from album_store.data.artist import Artist
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports import artists_file, catalogue_reader
from album_store.services.imports.catalogue_error import CatalogueError
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.services.imports.import_result import ImportResult
from tests.support import media_files

CATALOGUE = """artist,album,track_number,title,composer,genre,length,price
Ada,Salt,1,Tide,,Folk,3:05,0.99
Bo,Sun,1,Up,,Folk,3:05,0.99
"""


@pytest.fixture
def media(tmp_path):
    return MediaStorage(tmp_path / "media")


@pytest.fixture
def import_csv(db_sessions, media, tmp_path):
    """Imports a catalogue with the given artists.csv next to it."""

    def import_csv(
        artists: str | bytes, catalogue: str = CATALOGUE, name: str = "artists.csv", own_name: str = "catalogue.csv"
    ) -> ImportResult:
        (tmp_path / own_name).write_text(catalogue, "utf-8")
        (tmp_path / name).write_bytes(artists if isinstance(artists, bytes) else artists.encode())
        with db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, media, "EUR")
            read = service.read(tmp_path / own_name)
            service.store_media(read)
            return service.write(read)

    return import_csv


@pytest.fixture
def mistakes(import_csv):
    """Returns the errors in an artists.csv."""

    def mistakes(artists: str | bytes, catalogue: str = CATALOGUE) -> list[str]:
        with pytest.raises(CatalogueError) as caught:
            import_csv(artists, catalogue)
        return str(caught.value).splitlines()

    return mistakes


@pytest.fixture
def artist(db_sessions):
    """Returns the stored artist with a name."""

    def artist(name: str) -> Artist:
        with db_sessions.read() as dbsession:
            return dbsession.scalars(select(Artist).where(Artist.name == name)).one()

    return artist


def test_artists_get_their_biography_picture_and_links(import_csv, artist, media, tmp_path):
    media_files.save_picture(tmp_path / "ada.png")
    links = "https://ada.example/music https://ada.example/shows"
    result = import_csv(f'name,biography,picture,links\nAda,"Born.\n\nPlayed.",ada.png,{links}\nBo,,,\n')
    assert result.artists_changed == 1
    ada, bo = artist("Ada"), artist("Bo")
    assert (ada.biography, ada.links.split("\n")) == ("Born.\n\nPlayed.", links.split())
    assert media.path_of("covers", f"{ada.picture}-480.jpg")
    assert (bo.biography, bo.picture, bo.links) == ("", None, "")


def test_an_artist_is_found_by_another_spelling_of_the_name(import_csv, artist):
    result = import_csv("name,biography\nADA\u200b,Born.")
    assert artist("Ada").biography == "Born."
    assert [str(joined) for joined in result.joined] == [
        "Treated 2 spellings as one artist: “Ada”, “ADA[zero width space]”. The store shows the first."
    ]


def test_an_artist_listed_twice_in_different_spellings_is_refused(mistakes):
    assert mistakes("name,biography\nAda,Born.\nADA,Died.") == [
        "artists.csv, line 3, name: line 2 has the same artist. Keep one of them."
    ]


def test_importing_again_writes_nothing_and_a_correction_only_what_differs(import_csv, artist, db_sessions):
    import_csv("name,biography,links\nAda,Born.,https://ada.example")
    statements = []
    event.listen(db_sessions.engine, "before_cursor_execute", lambda *details: statements.append(details[2]))
    result = import_csv("name,biography,links\nAda,Born.,https://ada.example")
    assert (result.artists_changed, result.albums_unchanged) == (0, 2)
    assert not [statement for statement in statements if statement.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert import_csv("name,biography,links\nAda,Born in 1980.,https://ada.example").artists_changed == 1
    assert artist("Ada").biography == "Born in 1980."


def test_changing_a_biography_takes_few_queries_despite_many_albums(import_csv, db_sessions):
    albums = "".join(f"Ada,Album {number},1,T,,,3:05,1\n" for number in range(40))
    import_csv("name\nAda", CATALOGUE + albums)
    statements = []
    event.listen(db_sessions.engine, "before_cursor_execute", lambda *details: statements.append(details[2]))
    import_csv("name,biography\nAda,Born.")
    assert len(statements) < 25


def test_missing_columns_change_nothing_and_blank_cells_clear(import_csv, artist):
    import_csv("name,biography,links\nAda,Born.,https://ada.example")
    import_csv("name,biography\nAda,\n")
    assert (artist("Ada").biography, artist("Ada").links) == ("", "https://ada.example")


def test_an_artist_in_the_store_can_be_missing_from_the_catalogue(import_csv, artist):
    import_csv("name,biography\nAda,Born.")
    import_csv("name,biography\nAda,Reborn.", CATALOGUE.replace("Ada,Salt", "Cy,Salt"))
    assert artist("Ada").biography == "Reborn."


@pytest.mark.parametrize("name", ["Artists.csv", "ARTISTS.CSV"])
def test_the_file_name_is_not_case_sensitive(import_csv, name):
    assert import_csv("name,biography\nAda,Born.", name=name).artists_changed == 1


def test_without_an_artists_file_no_artist_count_is_reported(import_csv):
    assert import_csv("anything", name="other.csv").artists_changed is None


def test_a_catalogue_named_artists_csv_is_read_as_a_catalogue(import_csv):
    assert import_csv("anything", name="other.csv", own_name="artists.csv").albums_added == 2


@pytest.mark.parametrize("content", ["\ufeffname;biography\r\nAda;Born.\r\n", "sep=\t\nNAME\tBiography\nAda\tBorn.\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_artists_file_is_read_in_the_formats_of_a_catalogue(import_csv, artist, content, encoding):
    import_csv(content.encode(encoding))
    assert artist("Ada").biography == "Born."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "artists.csv: the file is empty."),
        ("biography\nBorn.", "artists.csv, line 1, name: this column is missing. Add it."),
        (
            "name,age\nAda,9",
            "artists.csv, line 1, “age”: this column is unknown. Rename or remove it. Known columns: name, biog",
        ),
        ("name\nAda\n\nAda", "artists.csv, line 4, name: line 2 has the same artist. Keep one of them."),
        ("name\nAida", "artists.csv, line 2, name: “Aida” has no album in the catalogue or the store. Check"),
        ("name,links\n,https://a.example", "artists.csv, line 2, name: this cell must not be empty."),
        ("name,picture\nAda,../ada.png", "artists.csv, line 2, picture: “../ada.png” is outside the folder"),
        ("name,picture\nAda,ada.png", "artists.csv, line 2, picture: “ada.png” was not found in the folder"),
        ("name,biography\nAda,Born,1980", "artists.csv, line 2: this row has 3 cells, but the header has 2"),
        (b"name\n\xd6da", "artists.csv, line 2: the file is not saved as UTF-8"),
    ],
)
def test_an_error_names_the_artists_file(mistakes, content, expected):
    [mistake] = mistakes(content)
    assert mistake.startswith(expected)


def test_errors_in_both_files_are_listed(mistakes):
    found = mistakes("name,links\nAda,ftp://a.example\nUnknown,", CATALOGUE.replace("Tide", ""))
    assert [mistake.partition(":")[0] for mistake in found] == [
        "Line 2, title",
        "artists.csv, line 2, links",
    ]


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("", []),
        ("https://a.example", ["https://a.example"]),
        ("http://a.example:8080/x?y=1#z", ["http://a.example:8080/x?y=1#z"]),
        ("https://a.example\nhttps://b.example", ["https://a.example", "https://b.example"]),
        ("https://a.example, https://b.example;", ["https://a.example", "https://b.example"]),
        ("https://a.example;https://b.example", ["https://a.example", "https://b.example"]),
        ("https://a.example/x,y", ["https://a.example/x,y"]),
        ("https://a.example https://a.example", ["https://a.example"]),
        ("HTTPS://EXÄMPLE.org/ü", ["HTTPS://EXÄMPLE.org/ü"]),
        ("https://[2001:db8::1]/", ["https://[2001:db8::1]/"]),
    ],
)
def test_links_are_split_at_spaces_commas_semicolons_and_line_breaks(raw, found):
    assert artists_file.links(raw) == "\n".join(found)


@pytest.mark.parametrize(
    "raw",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example",
        "//a.example",
        "a.example",
        "www.a.example",
        "https://",
        "https:a.example",
        "https://user:secret@a.example",
        "https://a.example@b.example",
        "https://a.example:port",
        "https://a.example:99999",
        "https://[::1",
        'https://a.example/"x',
        "https://a.example/<b>",
        "https://a.example/\u202ex",
        "https://a.example/\u200b",
        "Homepage: https://a.example",
        "https://a.example\\@b.example",
    ],
)
def test_a_link_that_is_not_a_web_address_is_refused(raw):
    with pytest.raises(ValueError, match=r"is not a link. Write it in full, such as https://example\.org/ada"):
        artists_file.links(raw)


def test_the_number_and_length_of_links_are_limited():
    with pytest.raises(ValueError, match=r"this cell has 11 links\. Keep at most 10"):
        artists_file.links(" ".join(f"https://a.example/{number}" for number in range(11)))
    with pytest.raises(ValueError, match=r"this text has 2,001 characters\. Shorten it to 2,000 or fewer"):
        artists_file.links("https://a.example/".ljust(2_001, "x"))


def test_the_import_command_reports_how_many_artists_changed(store_ini, tmp_path, capsys):
    (tmp_path / "a.csv").write_text(CATALOGUE)
    (tmp_path / "artists.csv").write_text("name,biography\nAda,Born.")
    assert main(["import-catalogue", str(store_ini), str(tmp_path / "a.csv")]) == 0
    assert "Artists: 1 changed by artists.csv.\n" in capsys.readouterr().out


def test_a_file_with_too_many_mistakes_is_not_read_to_its_end(mistakes, monkeypatch):
    for module in (artists_file, catalogue_reader):
        monkeypatch.setattr(module, "MAX_MISTAKES", 3)
    found = mistakes("name,links\n" + "".join(f"Ada,x{number}\n" for number in range(9)))
    assert [mistake.partition(":")[0] for mistake in found] == [
        "artists.csv, line 2, links",
        "artists.csv, line 3, links",
        "artists.csv, line 3, name",
        "The rest of the file was not checked.",
    ]
