"""A store upgraded from version 0.1.0."""

from pathlib import Path

from album_store.data.dbsession import DbSessionFactory
from tests.support.old_store import unpack_old_database
from tests.support.shared_store import store_in


def test_albums_and_accounts_of_0_1_0_survive_the_upgrade(tmp_path: Path):
    unpack_old_database(tmp_path / "store.sqlite")
    old = DbSessionFactory(f"sqlite:///{tmp_path}/store.sqlite")
    old.migrate()
    old.dispose()
    with store_in(tmp_path) as store:
        alice_at, ada_at = store.signed_in(), store.signed_in("ada@example.org")
        assert "The Artist" in alice_at.get("/albums/album")
        assert "alice@example.org" in alice_at.get("/account")
        assert "Album 07" in alice_at.get("/search?q=album+07")
        assert "leaver@example.org" in ada_at.get("/admin/accounts")
