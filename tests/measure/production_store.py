"""Runs a store with production.ini, and adds accounts to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from album_store.data.account import Account
from album_store.data.dbsession import DbSessionFactory
from album_store.data.role import Role
from album_store.infrastructure.security.password_hasher import PasswordHasher
from album_store.infrastructure.settings import read_settings
from tests.support.factories import PASSWORD
from tests.support.production_ini import SETTINGS, production_ini
from tests.support.running_store import RunningStore, running_store

NOWHERE = {"sqlalchemy.url": "sqlite://", "media.folder": "media"}


@contextmanager
def production_store(settings: Mapping[str, str] | None = None) -> Iterator[RunningStore]:
    """Run production.ini, with further settings, in a temporary folder. This process acts as its trusted proxy."""
    ini = production_ini({**SETTINGS, **(settings or {})}, listen="localhost:6543")
    with TemporaryDirectory() as folder, running_store(Path(folder), ini=ini) as store:
        yield store


def hash_for_all() -> str:
    """Return the store's hash of the password from the factories, to be used for many accounts."""
    return PasswordHasher(read_settings(SETTINGS | NOWHERE, environ={})).hash(PASSWORD)


def add_accounts(store: RunningStore, name: str, count: int, password_hash: str, **values: Any) -> list[str]:
    """Add accounts to the database. Returns their email addresses."""
    emails = [f"{name}-{number}@example.org" for number in range(count)]
    db_sessions = DbSessionFactory(f"sqlite:///{store.folder}/album_store.sqlite")
    with db_sessions.begin() as dbsession:
        user = dbsession.get_one(Role, "user")
        for email in emails:
            dbsession.add(Account(email=email, password_hash=password_hash, confirmed=True, roles=[user], **values))
    db_sessions.dispose()
    return emails
