"""The part of the store that subcommands start."""

import threading

import pytest
from sqlalchemy import select

from album_store.bin.open_store import IniFileError, open_store, store_services
from album_store.data.album import Album
from album_store.worker.service_request import service_request


def test_a_command_starts_no_worker_no_demo_import_and_no_hashing(settings, db_sessions):
    changed = {"mail.worker": "thread", "store.demo_catalogue": "true"}
    with store_services(settings | changed) as registry, service_request(registry) as request:
        assert {thread.name for thread in threading.enumerate()}.isdisjoint({"mail-worker", "interval-tasks"})
        assert not hasattr(registry, "worker")
        assert "_dummy_hash" not in vars(registry.password_hasher)
        assert request.dbsession.scalars(select(Album)).all() == []


def test_a_command_can_hash_passwords(settings, db_sessions):
    with store_services(settings) as registry:
        stored = registry.password_hasher.hash("seventeen grey herons")
        assert registry.password_hasher.verify("seventeen grey herons", stored)
        assert not registry.password_hasher.verify("seventeen grey herons", None)


def test_a_link_in_an_email_from_a_command_leads_to_the_store(settings, db_sessions):
    changed = {"store.site_url": "https://music.test"}
    with store_services(settings | changed) as registry, service_request(registry) as request:
        assert request.site_links.to("account.index") == "https://music.test/account"


@pytest.mark.parametrize("text", ["no section", "[app:main]\nuse = egg:no-such-package\n"])
def test_an_unreadable_settings_file_is_reported(tmp_path, text):
    file = tmp_path / "store.ini"
    file.write_text(text, "utf-8")
    with pytest.raises(IniFileError, match="cannot be read"), open_store(file):
        pass


def test_a_missing_settings_file_is_reported(tmp_path):
    with pytest.raises(IniFileError, match="Settings file not found"), open_store(tmp_path / "store.ini"):
        pass
