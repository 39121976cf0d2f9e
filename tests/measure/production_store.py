"""Runs a store with production.ini, and adds accounts to it."""

from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from album_store.data.account import Account
from album_store.data.dbsession import DbSessionFactory
from album_store.data.role import Role
from album_store.infrastructure.security.password_hasher import PasswordHasher
from album_store.infrastructure.settings import read_settings
from tests.support.checkout import CHECKOUT
from tests.support.factories import PASSWORD
from tests.support.running_store import RunningStore, running_store

SITE_URL = "https://music.example.org"

# The settings that an owner would make, and the demo catalogue. Emails stay in the outbox, because sending them would
# disturb the measurement.
SETTINGS = {
    "store.site_url": SITE_URL,
    "store.demo_catalogue": "true",
    "mail.sender": "hello@music.example.org",
    "mail.worker": "process",
}


@contextmanager
def production_store(settings: Mapping[str, str] | None = None) -> Iterator[RunningStore]:
    """Run production.ini, with further settings, in a temporary folder. This process acts as its trusted proxy."""
    with TemporaryDirectory() as folder, running_store(Path(folder), ini=ini_text(settings)) as store:
        yield store


def ini_text(settings: Mapping[str, str] | None = None) -> str:
    """Return production.ini with further settings, for `running_store`."""
    ini = _production_ini()
    ini["app:main"].update(settings or {})
    ini["server:main"]["listen"] = "localhost:6543"
    text = StringIO()
    ini.write(text)
    return text.getvalue()


def hash_for_all() -> str:
    """Return the store's hash of the password from the factories, to be used for many accounts."""
    return PasswordHasher(read_settings(_production_ini()["app:main"], environ={})).hash(PASSWORD)


def _production_ini() -> ConfigParser:
    ini = ConfigParser(interpolation=None)
    ini.read(CHECKOUT / "production.ini", "utf-8")
    ini["app:main"].update(SETTINGS)
    return ini


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
