"""Checks that no secret that a store sends or receives is stored or logged."""

import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

from pyramid.events import INewResponse, NewResponse
from pyramid.request import Request
from sqlalchemy import Dialect, event

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.outgoing_mail import OutgoingMail
from tests.support.store_driver import StoreDriver

# Every token of the store is 256 bits in URL-safe base64, on its own or after the id in the code of a link.
_TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])", re.ASCII)
# A shorter password may appear anywhere by chance, such as "password" in "event=password-changed".
MIN_PASSWORD = 12
BODIES = ("text_body", "html_body")


def tokens_in(words: str) -> list[str]:
    """Return the parts of a text that look like tokens."""
    return _TOKEN.findall(words)


class LeakWatch(logging.Handler):
    """Records secrets and log lines in the `with` block, and fails at its end if a secret was logged or stored.

    Secrets are the passwords typed into forms, and the tokens in cookies and emailed links. The log and every table are
    searched for them. The only exception is the link in an email that has not been sent yet.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.log: list[str] = []
        self.passwords: dict[str, str] = {}
        self.cookies: dict[str, str] = {}
        self.links: dict[str, str] = {}
        self._typed_openly: set[str] = set()
        self._stores: list[StoreDriver] = []

    def __enter__(self) -> "LeakWatch":
        logging.getLogger().addHandler(self)
        event.listen(OutgoingMail, "before_insert", self._note_links)
        return self

    def __exit__(self, error: type[BaseException] | None, *_: Any) -> None:
        event.remove(OutgoingMail, "before_insert", self._note_links)
        logging.getLogger().removeHandler(self)
        for store in self._stores:
            store.registry.unregisterHandler(self._note_answer, (INewResponse,))
        leaks = self.leaks()
        if error is None and leaks:
            raise AssertionError("\n".join(leaks))

    def look_at(self, store: StoreDriver) -> None:
        """Start watching a store."""
        self._stores.append(store)
        store.registry.registerHandler(self._note_answer, (INewResponse,))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line as it would be in a log file, traceback included."""
        self.log.append(self.format(record))

    def _note_answer(self, answered: NewResponse) -> None:
        request, response = answered.request, answered.response
        for cookie in response.headers.getall("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            # An invented link comes back as a cookie. The tokens of real links are known from their emails.
            made_here = (token for token in tokens_in(value) if token not in request.environ["PATH_INFO"])
            self.cookies |= dict.fromkeys(made_here, f"the cookie {name}")
        if response.status_int != 413:  # too large to be read
            self._note_form(request)

    def _note_form(self, request: Request) -> None:
        try:
            fields = [(name, value) for name, value in request.POST.items() if isinstance(value, str)]
        except Exception:
            return
        for name, value in fields:
            if "password" not in str(name):
                self._typed_openly.add(value.strip().lower())
            elif len(value) >= MIN_PASSWORD:
                self.passwords[value] = f"the password in {name}"

    def _note_links(self, _mapper: Any, _connection: Any, mail: OutgoingMail) -> None:
        self.links |= dict.fromkeys(tokens_in(f"{mail.text_body} {mail.html_body}"), f"the link of {mail.kind}")

    def leaks(self) -> list[str]:
        """Return a sentence for each secret that was logged or stored."""
        # An email address that is tried as a password is not a secret, because the store may know it.
        passwords = {word: name for word, name in self.passwords.items() if word.lower() not in self._typed_openly}
        anywhere, waiting = passwords | self.cookies | self.links, passwords | self.cookies
        anywhere, waiting = _by_spelling(anywhere), _by_spelling(waiting)
        found = [f"{name} was logged: {line}" for line in self.log for name in _found(anywhere, line)]
        for store in self._stores:
            for place, words, waits in cells_of(store):
                found += [f"{name} is stored in {place}" for name in _found(waiting if waits else anywhere, words)]
        return found


def _by_spelling(secrets: dict[str, str]) -> dict[str, str]:
    """Return the names of secrets by each of the spellings that requests and tracebacks use."""
    return {spelt: name for secret, name in secrets.items() for spelt in _spellings(secret)}


def _spellings(secret: str) -> set[str]:
    return {secret, quote(secret, errors="replace"), quote_plus(secret, errors="replace"), repr(secret)[1:-1]}


def _found(spellings: dict[str, str], words: str) -> list[str]:
    """Return the names of the secrets in a text, each once."""
    return list(dict.fromkeys(name for spelt, name in spellings.items() if spelt in words))


@cache
def _tables(dialect: Dialect) -> list[tuple[str, str]]:
    """Each table and the statement that reads it, which is made once: that takes longer than to read most tables."""
    tables = SqlAlchemyBase.metadata.sorted_tables
    return [(str(table), str(table.select().compile(dialect=dialect))) for table in tables]


def cells_of(store: StoreDriver) -> Iterator[tuple[str, str, bool]]:
    """Yield every text in the database: table and column, the text, and whether it is the body of an unsent email."""
    with store.db_sessions.read() as dbsession:
        connection = dbsession.connection()
        for table, select in _tables(connection.dialect):
            for row in connection.exec_driver_sql(select).mappings():  # as the driver returns them: only texts matter
                mail_waits = row.get("next_attempt_date") is not None
                for column, cell in row.items():
                    if isinstance(cell, str) and not column.endswith("_date"):
                        yield f"{table}.{column}", cell, mail_waits and column in BODIES
