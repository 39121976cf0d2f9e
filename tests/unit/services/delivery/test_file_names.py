"""The names of downloaded files."""

import pytest

from album_store.services.delivery.download_service import file_name

MOST_SYSTEMS = 143  # bytes, the limit of eCryptfs; 255 elsewhere


@pytest.mark.parametrize(
    ("artist", "title", "name"),
    [
        ("Ada", "Tide", "Ada - 03 - Tide.flac"),
        ("AC/DC", 'What "is" <this>?', "AC_DC - 03 - What _is_ _this_.flac"),
        ("Ada", "\u202egnp.exe\u061c\u2028\x85", "Ada - 03 - _gnp.exe_.flac"),
        ("...", " . ", "_ - 03 - _.flac"),
        ("Ada", "../../etc", "Ada - 03 - _.._etc.flac"),
    ],
)
def test_a_file_name_holds_nothing_that_systems_refuse(artist, title, name):
    assert file_name(artist, "03", title, "0f.flac") == name


@pytest.mark.parametrize("letter", ["x", "é", "音", "\N{GUITAR}"])
def test_a_long_name_keeps_number_and_title_and_fits_every_file_system(letter):
    name = file_name(letter * 200, "2-03", letter * 200, "0f.flac")
    artist, number, title = name.split(" - ")
    assert number == "2-03"
    assert set(artist) == set(title.removesuffix(".flac")) == {letter}
    assert len(name.encode()) <= MOST_SYSTEMS
