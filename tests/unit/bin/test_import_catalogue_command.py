"""`album-store import-catalogue`."""

import io
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from album_store.bin.main import main
from album_store.bin.progress_display import ProgressDisplay
from tests.support import media_files
from tests.support.checkout import CHECKOUT, CHINOOK
from tests.support.needs import needs_chinook

INI = """
[app:main]
use = call:album_store:main
store.site_url = http://localhost:6543
store.environment = development
sqlalchemy.url = sqlite:///%(here)s/store.sqlite
media.folder = %(here)s/media
mail.sender = hello@music.example
"""
LOGGING = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys =
[logger_root]
level = WARNING
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
"""
CSV = """artist,album,track_number,title,composer,genre,length_ms,price
Ada,Salt,1,Tide,,Folk,1000,0.99
Ada,Salt,2,Ebb,,Folk,2000,0.99
"""


@pytest.fixture(autouse=True)
def _root_logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def ini(tmp_path):
    file = tmp_path / "store.ini"
    file.write_text(INI)
    return file


@pytest.fixture
def catalogue(tmp_path):
    file = tmp_path / "catalogue.csv"
    file.write_text(CSV)
    return file


@pytest.fixture
def import_catalogue(ini, catalogue):
    def run(*further: str) -> int:
        return main(["import-catalogue", str(ini), str(catalogue), *further])

    return run


def stored_titles(tmp_path):
    connection = sqlite3.connect(tmp_path / "store.sqlite")
    try:
        return [row[0] for row in connection.execute('SELECT title FROM "Track" ORDER BY id')]
    finally:
        connection.close()


def test_the_catalogue_is_imported(import_catalogue, tmp_path, capsys):
    assert import_catalogue() == 0
    assert stored_titles(tmp_path) == ["Tide", "Ebb"]
    said = capsys.readouterr()
    assert said.out == "Albums: 1 added, 0 changed, 0 unchanged.\nTracks: 2 added, 0 changed.\n"
    assert said.err == "Checking lines: 3 of 3\nWriting albums: 1 of 1\n"


def test_importing_again_reports_no_changes(import_catalogue, capsys):
    import_catalogue()
    capsys.readouterr()
    assert import_catalogue() == 0
    assert "Albums: 0 added, 0 changed, 1 unchanged." in capsys.readouterr().out


def test_tracks_missing_from_the_file_are_kept_and_reported(import_catalogue, catalogue, capsys):
    import_catalogue()
    catalogue.write_text(CSV.replace("Ada,Salt,2,Ebb,,Folk,2000,0.99\n", ""))
    assert import_catalogue() == 0
    assert "Not in the file, but kept in the store: Ada, Salt, disc 1, track 2, Ebb\n" in capsys.readouterr().out


def test_a_measured_length_replaces_the_given_one_and_is_reported(import_catalogue, catalogue, tmp_path, capsys):
    media_files.save_wav(tmp_path / "tide.wav", length_ms=4_000)
    first, second, _ = CSV.splitlines()
    catalogue.write_text(f"{first},audio\n{second},tide.wav\n")
    note = "Line 2, length_ms: the recording is 4000 ms long, not 1000 ms. The store uses 4000 ms.\n"
    for outcome in ("1 added, 0 changed, 0 unchanged", "0 added, 0 changed, 1 unchanged"):
        assert import_catalogue() == 0
        said = capsys.readouterr().out
        assert said.startswith(f"Albums: {outcome}.")
        assert said.endswith(note)


def test_a_dry_run_writes_nothing(import_catalogue, catalogue, tmp_path, capsys):
    media_files.save_picture(tmp_path / "front.png")
    first, *rows = CSV.splitlines()
    catalogue.write_text("\n".join([f"{first},cover", *(f"{row},front.png" for row in rows)]))
    assert import_catalogue("--dry-run") == 0
    assert stored_titles(tmp_path) == []
    assert not (tmp_path / "media").exists()
    said = capsys.readouterr().out
    assert said.startswith("Albums: 1 added")
    assert said.endswith("This was a dry run. The store has not changed.\n")


def test_import_errors_are_listed_one_per_line(import_catalogue, catalogue, tmp_path, capsys):
    catalogue.write_text(CSV.replace("0.99", "cheap"))
    assert import_catalogue() == 1
    said = capsys.readouterr()
    assert said.err.splitlines()[-2:] == [
        "Lines 2 and 3, price: “cheap” is not a price. Write an amount such as 0.99.",
        "Nothing was imported.",
    ]
    assert said.out == ""
    assert stored_titles(tmp_path) == []


def test_a_missing_catalogue_file_gives_one_sentence(import_catalogue, catalogue, capsys):
    catalogue.unlink()
    assert import_catalogue() == 2
    assert capsys.readouterr().err == f"Catalogue file not found: {catalogue}\n"


def test_a_missing_settings_file_gives_one_sentence(import_catalogue, ini, capsys):
    ini.unlink()
    assert import_catalogue() == 2
    assert capsys.readouterr().err == f"Settings file not found: {ini}\n"


@pytest.mark.parametrize(
    "content",
    [
        "no section",
        "[app:other]\nuse = call:album_store:main",
        "[app:main]\nuse = egg:nobody-has-this",
        "[app:main]\n\0",
    ],
)
def test_an_unreadable_settings_file_gives_one_sentence(import_catalogue, ini, content, capsys):
    ini.write_text(content)
    assert import_catalogue() == 2
    assert capsys.readouterr().err.startswith(f"The settings file {ini} cannot be read: ")


def test_invalid_settings_are_named(import_catalogue, ini, capsys):
    ini.write_text(INI.replace("mail.sender = hello@music.example", ""))
    assert import_catalogue() == 2
    assert "mail.sender is missing" in capsys.readouterr().err


def test_a_media_folder_that_cannot_be_created_is_reported(import_catalogue, catalogue, tmp_path, capsys):
    media_files.save_picture(tmp_path / "front.png")
    (tmp_path / "media").write_text("in the way")
    first, *rows = CSV.splitlines()
    catalogue.write_text("\n".join([f"{first},cover", *(f"{row},front.png" for row in rows)]))
    assert import_catalogue() == 1
    assert capsys.readouterr().err.endswith("Nothing was imported.\n")
    assert stored_titles(tmp_path) == []


def test_logging_follows_the_settings_file(import_catalogue, ini):
    ini.write_text(INI + LOGGING)
    assert import_catalogue() == 0
    assert logging.getLogger().level == logging.WARNING


def test_ctrl_c_stops_the_import_without_a_traceback(import_catalogue, monkeypatch, capsys):
    def interrupt(_file: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("album_store.bin.import_catalogue.open_store", interrupt)
    assert import_catalogue() == 1
    assert capsys.readouterr().err == "\nStopped.\n"


def test_an_import_that_ends_early_says_how_far_it_came(import_catalogue, catalogue, tmp_path, monkeypatch, capsys):
    class Interrupted(ProgressDisplay):
        """Ctrl+C after the first batch."""

        def show(self, stage: str, done: int, total: int) -> None:
            if stage == "Writing albums" and done == 1:
                raise KeyboardInterrupt

    catalogue.write_text(f"{CSV}Bo,Rain,1,Drop,,Jazz,1000,0.99\n")
    monkeypatch.setattr("album_store.services.imports.batches.BATCH_TRACKS", 2)
    with monkeypatch.context() as patched:
        patched.setattr("album_store.bin.import_catalogue.ProgressDisplay", Interrupted)
        assert import_catalogue() == 1
    said = "The import ended early: 1 of 2 albums are in the store. Run it again for the rest.\n"
    assert capsys.readouterr().err == f"{said}\nStopped.\n"
    assert stored_titles(tmp_path) == ["Tide", "Ebb"]
    assert import_catalogue() == 0
    assert "Albums: 1 added, 0 changed, 1 unchanged.\n" in capsys.readouterr().out


class FakeTerminal(io.StringIO):
    """Looks like a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_shows_each_stage(import_catalogue, monkeypatch):
    terminal = FakeTerminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert import_catalogue() == 0
    shown = terminal.getvalue()
    assert "Checking lines: 100%" in shown
    assert "Writing albums: 100%" in shown


def test_without_a_terminal_a_long_stage_prints_ten_lines(capsys):
    display = ProgressDisplay()
    for number in range(1, 1_001):
        display.show("Checking rows", number, 1_000)
    display.close()
    assert capsys.readouterr().err.splitlines() == [f"Checking rows: {done} of 1000" for done in range(100, 1_001, 100)]


@pytest.mark.parametrize("arguments", [[], ["import-catalogue"], ["sell-everything"]])
def test_wrong_arguments_print_the_usage(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: album-store" in capsys.readouterr().err


@needs_chinook
@pytest.mark.server
def test_the_command_imports_a_real_catalogue(ini, tmp_path):
    program = "import sys; from album_store.bin.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, "import-catalogue", str(ini), str(CHINOOK)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, len(stored_titles(tmp_path))) == (0, 3_503)
    assert done.stdout == "Albums: 347 added, 0 changed, 0 unchanged.\nTracks: 3503 added, 0 changed.\n"


def test_combined_spellings_are_reported(import_catalogue, catalogue, capsys):
    catalogue.write_text(CSV.replace("Ada,Salt,2", "ADA,Salt,2"))
    assert import_catalogue() == 0
    assert "Treated 2 spellings as one artist: “Ada”, “ADA”. The store shows the first.\n" in capsys.readouterr().out
