"""`album-store copy-database`."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from album_store.bin.main import main
from album_store.data.dbsession import DbSessionFactory
from tests.support.factories import add_account
from tests.support.old_store import unpack_old_database
from tests.support.schemas import rows_of
from tests.support.store_settings import settings_in


@pytest.fixture
def new_ini(tmp_path):
    """Writes an ini file for a new store; keyword arguments change settings."""

    def new_ini(**changes: str) -> Path:
        (tmp_path / "new").mkdir(exist_ok=True)
        settings = settings_in(tmp_path / "new") | {name.replace("__", "."): value for name, value in changes.items()}
        lines = [f"{name} = {value}" for name, value in settings.items()]
        file = tmp_path / "new.ini"
        file.write_text("\n".join(["[app:main]", "use = egg:album-store", *lines, ""]), "utf-8")
        return file

    return new_ini


def copy(*files: Path) -> int:
    return main(["copy-database", *map(str, files)])


def rows_at(url):
    factory = DbSessionFactory(url)
    rows = rows_of(factory)
    factory.dispose()
    return rows


def test_a_copy_prints_the_rows_and_the_checksum_of_each_table(db_sessions, store_ini, new_ini, capsys):
    add_account(db_sessions, "hash")
    assert copy(store_ini, new_ini()) == 0
    said = capsys.readouterr()
    assert re.search(r"^Table +Rows +Checksum$", said.out, re.MULTILINE)
    assert re.search(r"^Account +1  [0-9a-f]{16}$", said.out, re.MULTILINE)
    assert re.search(r"^PendingEmailChange +0  0{16}$", said.out, re.MULTILINE)
    assert re.search(r"^Copied: \d+ rows\. The copy is the same\.$", said.out, re.MULTILINE)
    assert re.search(r"^Rows compared: (\d+) of \1$", said.err, re.MULTILINE)


def test_another_media_folder_has_to_be_copied_by_hand(db_sessions, store_ini, new_ini, tmp_path, capsys):
    assert copy(store_ini, new_ini()) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == (
        f"Covers and recordings are not in the database. Copy the folder {tmp_path}/media to {tmp_path}/new/media "
        "yourself."
    )


def test_a_shared_media_folder_is_named(db_sessions, store_ini, new_ini, tmp_path, capsys):
    assert copy(store_ini, new_ini(media__folder=f"{tmp_path}/media")) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"Both ini files use the media folder {tmp_path}/media."


def test_the_second_copy_is_refused(db_sessions, store_ini, new_ini, tmp_path, capsys):
    add_account(db_sessions, "hash")
    assert copy(store_ini, new_ini()) == 0
    before = rows_at(f"sqlite:///{tmp_path}/new/store.sqlite")
    capsys.readouterr()
    assert copy(store_ini, new_ini()) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path}/new.ini: The database is not empty: the table Account has rows. Set sqlalchemy.url to an empty "
        "database.\nNothing was copied.\n"
    )
    assert rows_at(f"sqlite:///{tmp_path}/new/store.sqlite") == before


def test_an_old_store_has_to_be_migrated_first(store_ini, new_ini, tmp_path, capsys):
    unpack_old_database(tmp_path / "store.sqlite")
    assert copy(store_ini, new_ini()) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{tmp_path}/store.ini: The database is from an older version of the store.")
    assert "run album-store migrate" in said
    assert not (tmp_path / "new" / "store.sqlite").exists()
    assert main(["migrate", str(store_ini)]) == 0
    assert copy(store_ini, new_ini()) == 0


def test_a_database_of_another_application_is_refused(db_sessions, store_ini, new_ini, tmp_path, capsys):
    factory = DbSessionFactory(f"sqlite:///{tmp_path}/other.sqlite")
    with factory.engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id INTEGER)"))
    factory.dispose()
    assert copy(store_ini, new_ini(sqlalchemy__url=f"sqlite:///{tmp_path}/other.sqlite")) == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path}/new.ini: The database has tables from another application.")


@pytest.mark.parametrize("content", [None, b""])
def test_a_store_without_a_database_is_not_copied(store_ini, new_ini, tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "store.sqlite").write_bytes(content)
    assert copy(store_ini, new_ini()) == 1
    reason = "does not exist" if content is None else "is empty"
    assert capsys.readouterr().err == f"{tmp_path}/store.ini: The database {reason}.\nNothing was copied.\n"
    assert (tmp_path / "store.sqlite").exists() == (content is not None)


def test_a_database_is_not_copied_to_itself(db_sessions, store_ini, new_ini, tmp_path, monkeypatch, capsys):
    (tmp_path / "link").symlink_to(tmp_path)
    assert copy(store_ini, new_ini(sqlalchemy__url=f"sqlite:///{tmp_path}/link/store.sqlite")) == 1
    assert capsys.readouterr().err == "Both ini files name the same database.\nNothing was copied.\n"
    monkeypatch.setenv("ALBUM_STORE_SQLALCHEMY_URL", f"sqlite:///{tmp_path}/store.sqlite")
    assert copy(store_ini, new_ini()) == 1
    assert "ALBUM_STORE_SQLALCHEMY_URL overrides both: unset it." in capsys.readouterr().err


@pytest.mark.parametrize("driver", ["postgresql+psycopg", "mariadb+pymysql"])
def test_a_server_that_does_not_answer_is_named(db_sessions, store_ini, new_ini, tmp_path, capsys, driver):
    assert copy(store_ini, new_ini(sqlalchemy__url=f"{driver}://store:secret@127.0.0.1:1/store")) == 1
    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{tmp_path}/new.ini: The database cannot be used: ")
    assert "secret" not in first
    assert last == "Nothing was copied."


def test_wrong_settings_name_their_file(db_sessions, store_ini, new_ini, tmp_path, capsys):
    assert copy(store_ini, new_ini(store__site_url="ftp://x")) == 2
    assert capsys.readouterr().err.startswith(f"{tmp_path}/new.ini: The settings are not valid:\n  - store.site_url")
    assert copy(store_ini, tmp_path / "missing.ini") == 2
    assert capsys.readouterr().err == f"Settings file not found: {tmp_path}/missing.ini\n"


def test_a_refused_row_is_named_without_a_traceback(db_sessions, store_ini, new_ini, capsys):
    with db_sessions.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("INSERT INTO \"Profile\" VALUES ('nobody', '', '', '2026-01-01 00:00:00.000000')")
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    assert copy(store_ini, new_ini()) == 1
    assert capsys.readouterr().err.endswith(
        "The new database refuses a row of the table Profile (account_id 'nobody'): FOREIGN KEY constraint failed.\n"
        "Nothing was copied.\n"
    )
