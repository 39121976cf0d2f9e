"""The account export: everything that the store holds about an account, for a page and as a JSON file."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.account import Account
from album_store.data.search_words import fold
from album_store.data.types import utc_now
from album_store.services.export_part import ExportPart

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Export:
    """A JSON file: its name and its content in UTF-8."""

    name: str
    content: bytes


@dataclass(frozen=True)
class ExportSection:
    """One part of the export for a page: its newest rows, newest first, and whether there are more."""

    name: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    has_more: bool


@dataclass(frozen=True)
class ExportService:
    """Reads what the store holds about an account, for a page or as a file."""

    _dbsession: Session
    _parts: Sequence[ExportPart]
    _store_name: str

    def export(self, account_id: str) -> Export:
        """Return a JSON object with one list per part, and times in UTC in ISO 8601 format.

        The lists are empty if the account does not exist.
        """
        now = utc_now()
        email = self._email_of(account_id)
        found: dict[str, Any] = {"store": self._store_name, "written": now}
        for part in self._parts:
            rows = self._dbsession.execute(part.query(account_id, email)).mappings()
            found[part.name] = [dict(row) for row in rows]
        text = json.dumps(found, indent=2, ensure_ascii=False, default=datetime.isoformat)
        log.info("event=account-exported account=%s", account_id)
        store = fold(self._store_name).replace(" ", "-") or "store"
        return Export(f"{store}-{now:%Y-%m-%d}.json", f"{text}\n".encode())

    def sections(self, account_id: str, limit: int) -> list[ExportSection]:
        """Return each part with at most `limit` rows, the newest; without rows if the account does not exist."""
        email = self._email_of(account_id)
        return [self._section(part, account_id, email, limit) for part in self._parts]

    def _section(self, part: ExportPart, account_id: str, email: str, limit: int) -> ExportSection:
        date, *_ = part.columns.values()
        newest = part.query(account_id, email).order_by(None).order_by(date.desc()).limit(limit + 1)
        rows = [tuple(row) for row in self._dbsession.execute(newest)]
        return ExportSection(part.name, tuple(part.columns), rows[:limit], has_more=len(rows) > limit)

    def _email_of(self, account_id: str) -> str:
        return self._dbsession.scalar(select(Account.email).where(Account.id == account_id)) or ""
