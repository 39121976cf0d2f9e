"""Everything that the store holds about a person, in a file of their own."""

import json
import logging
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.catalogue_keys import fold
from album_store.data.dbsession import DbSessionFactory
from album_store.data.types import utc_now
from album_store.services.export_part import EXPORT_PARTS

ROWS_AT_ONCE = 500
BYTES_IN_MEMORY = 1_000_000

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Export:
    """A ZIP file, to be read from its beginning and closed."""

    name: str
    file: IO[bytes]


class ExportService:
    """Writes exports.

    Rows go from the database into the file a few at a time, and the database is done with before anybody downloads:
    neither a long history nor a slow line costs memory or holds a transaction open.
    """

    def __init__(self, db_sessions: DbSessionFactory, store_name: str) -> None:
        self._db_sessions = db_sessions
        self._store_name = store_name

    def export(self, account_id: str) -> Export:
        """A ZIP with one JSON file (UTF-8, times in UTC as ISO 8601 writes them)."""
        now = utc_now()
        name = f"{fold(self._store_name).replace(' ', '-') or 'store'}-{now:%Y-%m-%d}"
        file = tempfile.SpooledTemporaryFile(BYTES_IN_MEMORY)  # noqa: SIM115 - whoever sends the file closes it
        with (
            zipfile.ZipFile(file, "w") as archive,
            archive.open(_entry(f"{name}.json", now), "w") as entry,
            self._db_sessions.read() as dbsession,
        ):
            for text in self._json(dbsession, account_id, now):
                entry.write(text.encode())
        file.seek(0)
        log.info("event=account-exported account=%s", account_id)
        return Export(f"{name}.zip", file)

    def _json(self, dbsession: Session, account_id: str, now: datetime) -> Iterator[str]:
        """A JSON object in pieces: a few words, then each part as a list."""
        email = dbsession.scalar(select(Account.email).where(Account.id == account_id)) or ""
        yield f'{{\n  "store": {_dump(self._store_name)},\n  "written": {_dump(now)}'
        for part in EXPORT_PARTS:
            yield f',\n  "{part.name}": ['
            rows = dbsession.execute(part.query(account_id, email).execution_options(yield_per=ROWS_AT_ONCE))
            separator = "\n"
            for row in rows.mappings():
                yield separator + _indented(_dump(dict(row)))
                separator = ",\n"
            yield "]" if separator == "\n" else "\n  ]"
        yield "\n}\n"


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, now.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _dump(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=datetime.isoformat)


def _indented(text: str) -> str:
    """A value two levels down. A line end within a text is written as an escape, so each line is one of layout."""
    return "\n".join(f"    {line}" for line in text.split("\n"))
