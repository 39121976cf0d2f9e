"""The file artists.csv beside a catalogue."""

import pytest
from sqlalchemy import event, select

from album_store.bin.main import main
from album_store.data.artist import Artist
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports import artists_file
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
def bring_in(db_sessions, media, tmp_path):
    """Imports a catalogue with the given artists.csv beside it."""

    def bring_in(
        artists: str | bytes, catalogue: str = CATALOGUE, name: str = "artists.csv", own_name: str = "catalogue.csv"
    ) -> ImportResult:
        (tmp_path / own_name).write_text(catalogue, "utf-8")
        (tmp_path / name).write_bytes(artists if isinstance(artists, bytes) else artists.encode())
        with db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, media, "EUR")
            read = service.read(tmp_path / own_name)
            service.store_media(read)
            return service.write(read)

    return bring_in


@pytest.fixture
def mistakes(bring_in):
    """What is wrong with an artists.csv."""

    def mistakes(artists: str | bytes, catalogue: str = CATALOGUE) -> list[str]:
        with pytest.raises(CatalogueError) as caught:
            bring_in(artists, catalogue)
        return str(caught.value).splitlines()

    return mistakes


@pytest.fixture
def artist(db_sessions):
    """The stored artist of a name."""

    def artist(name: str) -> Artist:
        with db_sessions.read() as dbsession:
            return dbsession.scalars(select(Artist).where(Artist.name == name)).one()

    return artist


def test_artists_get_their_biography_picture_and_links(bring_in, artist, media, tmp_path):
    media_files.save_picture(tmp_path / "ada.png")
    links = "https://ada.example/music https://ada.example/shows"
    result = bring_in(f'name,biography,picture,links\nAda,"Born.\n\nPlayed.",ada.png,{links}\nBo,,,\n')
    assert result.artists_changed == 1
    ada, bo = artist("Ada"), artist("Bo")
    assert (ada.biography, ada.links.split("\n")) == ("Born.\n\nPlayed.", links.split())
    assert media.path_of("covers", f"{ada.picture}-480.jpg")
    assert (bo.biography, bo.picture, bo.links) == ("", None, "")


def test_an_artist_is_found_however_the_name_is_spelt(bring_in, artist):
    result = bring_in("name,biography\nADA\u200b,Born.")
    assert artist("Ada").biography == "Born."
    assert [str(joined) for joined in result.joined] == [
        "Combined 2 spellings of one artist under the first: “Ada”, “ADA[zero width space]”"
    ]


def test_two_spellings_of_an_artist_are_the_same_artist(mistakes):
    assert mistakes("name,biography\nAda,Born.\nADA,Died.") == [
        "artists.csv, line 3, name: line 2 has the same artist. Keep one of them."
    ]


def test_running_twice_writes_nothing_and_a_correction_changes_what_differs(bring_in, artist, db_sessions):
    bring_in("name,biography,links\nAda,Born.,https://ada.example")
    statements = []
    event.listen(db_sessions.engine, "before_cursor_execute", lambda *details: statements.append(details[2]))
    result = bring_in("name,biography,links\nAda,Born.,https://ada.example")
    assert (result.artists_changed, result.albums_unchanged) == (0, 2)
    assert not [statement for statement in statements if statement.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert bring_in("name,biography,links\nAda,Born in 1980.,https://ada.example").artists_changed == 1
    assert artist("Ada").biography == "Born in 1980."


def test_a_biography_costs_the_same_however_many_albums_the_artist_has(bring_in, db_sessions):
    albums = "".join(f"Ada,Album {number},1,T,,,3:05,1\n" for number in range(40))
    bring_in("name\nAda", CATALOGUE + albums)
    statements = []
    event.listen(db_sessions.engine, "before_cursor_execute", lambda *details: statements.append(details[2]))
    bring_in("name,biography\nAda,Born.")
    assert len(statements) < 25


def test_columns_that_the_file_lacks_stay_as_they_are_and_blank_cells_clear(bring_in, artist):
    bring_in("name,biography,links\nAda,Born.,https://ada.example")
    bring_in("name,biography\nAda,\n")
    assert (artist("Ada").biography, artist("Ada").links) == ("", "https://ada.example")


def test_an_artist_of_the_store_need_not_be_in_the_catalogue(bring_in, artist):
    bring_in("name,biography\nAda,Born.")
    bring_in("name,biography\nAda,Reborn.", CATALOGUE.replace("Ada,Salt", "Cy,Salt"))
    assert artist("Ada").biography == "Reborn."


@pytest.mark.parametrize("name", ["Artists.csv", "ARTISTS.CSV"])
def test_the_name_of_the_file_may_be_in_capitals(bring_in, name):
    assert bring_in("name,biography\nAda,Born.", name=name).artists_changed == 1


def test_without_the_file_nothing_is_said_of_artists(bring_in):
    assert bring_in("anything", name="other.csv").artists_changed is None


def test_a_catalogue_of_that_name_is_a_catalogue(bring_in):
    assert bring_in("anything", name="other.csv", own_name="artists.csv").albums_added == 2


@pytest.mark.parametrize("content", ["\ufeffname;biography\r\nAda;Born.\r\n", "sep=\t\nNAME\tBiography\nAda\tBorn.\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_it_is_read_in_the_formats_of_a_catalogue(bring_in, artist, content, encoding):
    bring_in(content.encode(encoding))
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
def test_a_mistake_names_the_file(mistakes, content, expected):
    [mistake] = mistakes(content)
    assert mistake.startswith(expected)


def test_the_mistakes_of_both_files_are_listed(mistakes):
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
def test_links_are_told_apart(raw, found):
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
def test_what_is_no_link_of_the_web_is_refused(raw):
    with pytest.raises(ValueError, match=r"is not a link. Write it in full, such as https://example\.org/ada"):
        artists_file.links(raw)


def test_links_are_bounded():
    with pytest.raises(ValueError, match=r"this cell has 11 links\. Keep at most 10"):
        artists_file.links(" ".join(f"https://a.example/{number}" for number in range(11)))
    with pytest.raises(ValueError, match=r"this text has 2,001 characters\. Shorten it to 2,000 or fewer"):
        artists_file.links("https://a.example/".ljust(2_001, "x"))


def test_the_command_says_how_many_artists_changed(store_ini, tmp_path, capsys):
    (tmp_path / "a.csv").write_text(CATALOGUE)
    (tmp_path / "artists.csv").write_text("name,biography\nAda,Born.")
    assert main(["import-catalogue", str(store_ini), str(tmp_path / "a.csv")]) == 0
    assert "Artists: 1 changed by artists.csv.\n" in capsys.readouterr().out
