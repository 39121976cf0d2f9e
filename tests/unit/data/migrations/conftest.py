"""Databases of version 0.1.0, and migrations that only tests have."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from album_store.data.dbsession import DbSessionFactory
from album_store.data.migrations import schema
from tests.support.old_store import make_old_database


@pytest.fixture
def old(new_database: Callable[[str], str], database_kind: str) -> Iterator[DbSessionFactory]:
    """The session factory of a database of version 0.1.0."""
    url = new_database(database_kind)
    make_old_database(url)
    factory = DbSessionFactory(url)
    yield factory
    factory.dispose()


@pytest.fixture
def add_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Adds a migration after those of the store."""

    def add_migration(code: str) -> None:
        versions = tmp_path / "versions"
        shutil.copytree(schema.VERSIONS, versions, ignore=shutil.ignore_patterns("__pycache__"))
        (versions / "9000_of_a_test.py").write_text(code.replace("{head}", schema.HEAD), "utf-8")
        monkeypatch.setattr(schema, "VERSIONS", versions)
        monkeypatch.setattr(schema, "HEAD", "9000")

    return add_migration
