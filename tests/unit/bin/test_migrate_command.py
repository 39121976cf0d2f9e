"""`album-store migrate`."""

import pytest

from album_store.bin.main import main
from album_store.bin.open_store import store_services
from album_store.data.migrations import schema
from tests.support.old_store import unpack_old_database
from tests.support.schemas import stamp


def test_the_migrate_command_reports_what_it_did(settings, store_ini, tmp_path, capsys):
    unpack_old_database(tmp_path / "store.sqlite")
    with pytest.raises(SystemExit, match="run album-store migrate"), store_services(settings):
        pass
    assert main(["migrate", str(store_ini)]) == 0
    assert capsys.readouterr().out == f"Migrated: {', '.join(schema.known_revisions())}.\n"
    assert main(["migrate", str(store_ini)]) == 0
    assert capsys.readouterr().out == "The database is up to date.\n"
    with store_services(settings):
        pass


def test_the_migrate_command_refuses_a_newer_database(db_sessions, store_ini, capsys):
    stamp(db_sessions, "9999")
    assert main(["migrate", str(store_ini)]) == 1
    assert "newer version" in capsys.readouterr().err
