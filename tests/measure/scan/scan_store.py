"""The store that the scanners scan."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from passlib.hash import argon2
from sqlalchemy import delete, select, text

from album_store.data.account_session import AccountSession
from album_store.data.dbsession import DbSessionFactory
from album_store.data.password_reset import PasswordReset
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import hash_secret, new_secret
from album_store.services.account.secret_links import create_link
from tests.support.checkout import CHECKOUT
from tests.support.factories import PASSWORD, add_account
from tests.support.running_store import running_store

# Changes that make development.ini behave like production, but over http: no mailbox, a trusted proxy, unsent emails.
CHANGES = {
    "mail.delivery = mailbox": "mail.delivery = smtp\nmail.worker = process",
    "listen = ": "trusted_proxy = 127.0.0.1\ntrusted_proxy_headers = x-forwarded-for\nlisten = ",
}
# `pserve` without rate limits, which have tests of their own. With them, the scanners would be refused after ten
# attempts at one account from any client, or a thousand in total.
PSERVE = """\
#!{python}
from album_store.infrastructure.security.rate_limits import RateLimiter
from pyramid.scripts.pserve import main

RateLimiter.hit = lambda *_: 0
main()
"""
OTHER_DEVICE = "another device"
# Makes reset links reusable. Otherwise the scanners could submit the form only once.
KEEP_OPEN = """
CREATE TRIGGER keep_open AFTER UPDATE ON "PasswordReset" BEGIN
    UPDATE "PasswordReset" SET was_used = 0, used_date = NULL, superseded_date = NULL WHERE id = NEW.id;
END
"""


class ScanStore:
    """A running store with an account for the scanner, and another account with an unused reset link."""

    email = "scanner@example.org"

    def __init__(self, port: int, db_sessions: DbSessionFactory, roles: tuple[str, ...]) -> None:
        self.port = port
        self._db_sessions = db_sessions
        password_hash = argon2.using(type="ID", memory_cost=19456, time_cost=2, parallelism=1).hash(PASSWORD)
        self.account_id = add_account(db_sessions, password_hash, self.email, roles=roles)
        forgetful_id = add_account(db_sessions, password_hash, "forgetful@example.org")
        with db_sessions.begin() as dbsession:
            dbsession.execute(text(KEEP_OPEN))
            self.reset_code = str(
                create_link(dbsession, PasswordReset, Client(), timedelta(hours=24), account_id=forgetful_id)
            )

    def end_sessions(self) -> None:
        """Sign the scanner out, but keep a session on another device, so that the account page has a form for it."""
        with self._db_sessions.begin() as dbsession:
            dbsession.execute(delete(AccountSession).where(AccountSession.account_id == self.account_id))
        self.begin_session(OTHER_DEVICE)

    def begin_session(self, user_agent: str = "") -> str:
        """Sign the scanner in. Returns the value of the cookie."""
        token = new_secret()
        with self._db_sessions.begin() as dbsession:
            dbsession.add(
                AccountSession(token_hash=hash_secret(token), account_id=self.account_id, user_agent=user_agent)
            )
        return token

    def is_signed_in(self) -> bool:
        """Return whether the scanner has a session."""
        query = select(AccountSession.user_agent).where(AccountSession.account_id == self.account_id)
        with self._db_sessions.read() as reading:
            return any(user_agent != OTHER_DEVICE for user_agent in reading.scalars(query))


@contextmanager
def scan_store(*roles: str) -> Iterator[ScanStore]:
    """Run a store with the demo catalogue in a temporary folder. The scanner's account has these roles."""
    ini = (CHECKOUT / "development.ini").read_text("utf-8")
    for old, new in CHANGES.items():
        ini = ini.replace(old, new)
    with TemporaryDirectory() as name:
        folder = Path(name)
        _write_pserve(folder / "pserve")
        with running_store(folder, str(folder / "python"), ini) as running:
            db_sessions = DbSessionFactory(f"sqlite:///{folder}/album_store.sqlite")
            yield ScanStore(urlsplit(running.url).port, db_sessions, roles)
            db_sessions.dispose()


def _write_pserve(path: Path) -> None:
    path.write_text(PSERVE.format(python=sys.executable), "utf-8")
    path.chmod(0o700)
