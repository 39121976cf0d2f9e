"""`album-store catalogue-template`."""

import io

import pytest

from album_store.bin.main import main
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.catalogue_reader import CatalogueReader
from album_store.services.imports.columns import LENGTHS, readers
from album_store.services.imports.csv_table import CsvTable
from album_store.services.imports.media_folder import MediaFolder


@pytest.mark.parametrize("options", [[], ["--semicolons"]])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_template_has_every_column_and_two_rows_that_can_be_imported(tmp_path, capsys, options, locale):
    file = tmp_path / "my albums.csv"
    assert main(["catalogue-template", str(file), *options]) == 0
    assert capsys.readouterr().out.startswith(f"{file} was created with every column and two example rows.")
    media = MediaStorage(tmp_path / "media")
    [album] = CatalogueReader(media, "EUR", locale=locale).read(file).albums
    assert (album.values["price_cents"], len(album.tracks)) == (198, 2)
    known = readers(MediaFolder(tmp_path, media), locale)
    assert set(CsvTable(file, known).columns) == set(known) - {LENGTHS[1]}


def test_the_template_opens_in_excel_with_the_right_encoding_and_columns(tmp_path):
    main(["catalogue-template", str(tmp_path / "a.csv")])
    main(["catalogue-template", str(tmp_path / "b.csv"), "--semicolons"])
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfartist,album,")
    assert (tmp_path / "b.csv").read_bytes().startswith(b"\xef\xbb\xbfartist;album;")


def test_a_file_that_exists_is_not_overwritten(tmp_path, capsys):
    file = tmp_path / "albums.csv"
    file.write_text("mine")
    assert main(["catalogue-template", str(file)]) == 1
    assert capsys.readouterr().err == f"{file} already exists and was not changed. Choose another name.\n"
    assert file.read_text() == "mine"


def test_a_link_to_a_file_is_not_followed(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert main(["catalogue-template", str(tmp_path / "link.csv")]) == 1
    assert not (tmp_path / "elsewhere.csv").exists()


def test_a_missing_folder_gives_one_sentence(tmp_path, capsys):
    file = tmp_path / "missing" / "albums.csv"
    assert main(["catalogue-template", str(file)]) == 1
    assert capsys.readouterr().err == f"{file} cannot be written: No such file or directory.\n"


def test_a_file_name_that_the_terminal_cannot_show_is_escaped(tmp_path, monkeypatch):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", write_through=True)
    monkeypatch.setattr("sys.stdout", terminal)
    assert main(["catalogue-template", str(tmp_path / "שיר.csv")]) == 0
    assert rb"\u05e9\u05d9\u05e8.csv was created" in terminal.buffer.getvalue()
