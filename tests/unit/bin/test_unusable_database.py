"""Every command reports an unusable database in one sentence."""

import sys

import pytest

import album_store
from album_store.bin.main import SUBCOMMANDS, main

COMMANDS = {
    "import-catalogue": ["catalogue.csv"],
    "make-admin": ["ada@example.org"],
    "migrate": [],
    "purge": [],
    "reconcile": [],
    "work": ["--once"],
}
NEEDS_NO_DATABASE = {"catalogue-template", "send-test-mail"}
NAMES_ONE_OF_TWO = {"copy-database"}  # its own tests show how


def run(*arguments: str) -> int:
    """Run a command and print the message of a SystemExit, as Python does; return the exit code."""
    try:
        return main(arguments)
    except SystemExit as error:
        sys.stderr.write(f"{error.code}\n")
        return 1


@pytest.fixture
def spoil(tmp_path):
    """Replaces the database with something else."""

    def spoil(how: str) -> None:
        file = tmp_path / "store.sqlite"
        if how == "a folder":
            file.mkdir()
        else:
            file.write_text("not a database, but a text that is a little longer than the head of one" * 20)

    return spoil


def test_every_command_is_covered_here():
    names = {subcommand.__name__.rpartition(".")[2].replace("_", "-") for subcommand in SUBCOMMANDS}
    assert names == set(COMMANDS) | NEEDS_NO_DATABASE | NAMES_ONE_OF_TWO


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("how", "reason"), [("a folder", "unable to open database file"), ("a text", "file is not a database")]
)
def test_an_unusable_database_gives_one_sentence(store_ini, spoil, capsys, command, how, reason):
    spoil(how)
    assert run(command, str(store_ini), *COMMANDS[command]) == 1
    said = capsys.readouterr()
    assert (said.out + said.err).splitlines() == [f"The database cannot be used: {reason}."]


def test_a_store_with_an_unusable_database_does_not_start(settings, spoil):
    spoil("a folder")
    with pytest.raises(SystemExit, match=r"^The database cannot be used: unable to open database file\.$"):
        album_store.main({}, **settings)
