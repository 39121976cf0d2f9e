"""SQLite, set up for a server: transactions, write-ahead log and timeouts.

The driver's own transaction handling loses updates, so it is switched off. A transaction that may write starts with
BEGIN IMMEDIATE and so waits for the write lock at the start, where waiting is safe, instead of failing in the middle.
Read-only sessions start with BEGIN DEFERRED. They never wait under WAL, and `query_only` makes SQLite refuse their
writes.
"""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, bindparam, column, event, exists, func, literal_column, select, table
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from album_store.data.engines.database import READING, SNAPSHOT, Database
from album_store.data.engines.search_terms import MAX_ROWS_READ, SearchIndex, has_row, is_among_newest
from album_store.data.search_document import SearchDocument

LOOK_AGAIN_S = 0.01

# FTS5 reads the words from SearchDocument ("external content"); three triggers keep the index in sync on every write.
# See https://www.sqlite.org/fts5.html#external_content_tables
# It has lists of albums for the first one to five letters of words. For a longer beginning, each search merges those of
# all words that begin with it: among a million albums, that takes 10 ms for a common word, and 60 ms for one letter.
_PREFIX = "prefix='1 2 3 4 5'"
_SEARCH_TABLE = f"""
    CREATE VIRTUAL TABLE "AlbumSearch" USING fts5(words, content='SearchDocument', content_rowid='album_id', {_PREFIX})
"""
_SEARCH_TRIGGERS = (
    """
    CREATE TRIGGER IF NOT EXISTS "SearchDocument_insert" AFTER INSERT ON "SearchDocument" BEGIN
        INSERT INTO "AlbumSearch" (rowid, words) VALUES (new.album_id, new.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS "SearchDocument_delete" AFTER DELETE ON "SearchDocument" BEGIN
        INSERT INTO "AlbumSearch" ("AlbumSearch", rowid, words) VALUES ('delete', old.album_id, old.words);
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS "SearchDocument_update" AFTER UPDATE ON "SearchDocument" BEGIN
        INSERT INTO "AlbumSearch" ("AlbumSearch", rowid, words) VALUES ('delete', old.album_id, old.words);
        INSERT INTO "AlbumSearch" (rowid, words) VALUES (new.album_id, new.words);
    END
    """,
)
# In the info of a connection: the last timeout, and whether it was set up for reading.
_SET_UP = "set_up"
_INDEX = table("AlbumSearch", column("rowid"))
_matches = literal_column('"AlbumSearch"').op("MATCH")
_IS_NEW = is_among_newest(_INDEX.c.rowid, MAX_ROWS_READ)
# A row of words is common if so many of the newest 1,000 albums have it.
_COMMON = 25
_AMONG_NEWEST = (
    select(_INDEX.c.rowid)
    .where(_matches(bindparam("expression")), is_among_newest(_INDEX.c.rowid, 1_000))
    .limit(_COMMON)
    .subquery()
)
_HOW_MANY = select(func.count()).select_from(_AMONG_NEWEST)


class SqliteDatabase(Database):
    """A database in a file."""

    # The pool needs no limit: a request holds at most one connection, so the number of server threads is the limit.
    engine_options: ClassVar[dict[str, Any]] = {"max_overflow": -1}
    # FTS5 lists the albums that match one by one, the newest first, so it can stop at the end of a page.
    words_read: ClassVar[int] = 0

    @property
    def place(self) -> tuple[Any, ...]:
        """The file, whatever path leads to it."""
        return type(self), Path(self.url.database or "").resolve()

    def exists(self) -> bool:
        """Return whether the file exists: connecting would create it."""
        return Path(self.url.database or "").is_file()

    def create_migration_engine(self) -> Engine:
        """Return an engine that enforces no foreign keys: rebuilding a table would delete the rows that refer to it."""
        engine = self.create_engine()
        event.listen(engine, "connect", _ignore_foreign_keys)
        return engine

    def install(self, engine: Engine) -> None:
        """Make the file private, and set up connections and transactions."""
        _make_private_file(engine.url.database)
        event.listen(engine, "connect", self._on_connect)
        event.listen(engine, "begin", self._on_begin)

    def check_migrated(self, connection: Connection) -> None:
        """Raise IntegrityError if a row refers to one that does not exist."""
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            tables = ", ".join(sorted({row[0] for row in broken}))
            raise IntegrityError(f"rows in {tables} refer to missing rows", None, sqlite3.IntegrityError())

    def remove_deleted(self, engine: Engine) -> None:
        """Empty the write-ahead log, where deleted rows stay readable; skipped while another connection reads."""
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

    def is_busy_code(self, error: BaseException | None) -> bool:
        """Return whether the file is locked."""
        return "locked" in str(error)

    def is_retryable_code(self, error: BaseException | None) -> bool:
        """Return whether the file was locked for too long."""
        return self.is_busy_code(error)

    def create_search_index(self, connection: Connection) -> None:
        """Create the FTS5 table and its triggers, or fill it again if it has lists of other beginnings."""
        made_by = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'AlbumSearch'").scalar()
        if made_by is None or _PREFIX not in made_by:
            connection.exec_driver_sql('DROP TABLE IF EXISTS "AlbumSearch"')
            connection.exec_driver_sql(_SEARCH_TABLE)
            connection.exec_driver_sql("""INSERT INTO "AlbumSearch" ("AlbumSearch") VALUES ('rebuild')""")
        for statement in _SEARCH_TRIGGERS:
            connection.exec_driver_sql(statement)

    def search(self, dbsession: Session, terms: Sequence[str], *, phrase: bool) -> SearchIndex:
        """Search by an FTS5 expression.

        From the newest album on, FTS5 looks for a row of words until it finds one, however old the album; from an old
        one on, it ends with the newest. So a rare row is looked for in that direction.
        """
        album_id = _INDEX.c.rowid
        if not phrase:
            in_a_row = exists().where(SearchDocument.album_id == album_id, has_row(terms))
            beginnings = " ".join(f'"{term}"*' for term in dict.fromkeys(terms))
            return SearchIndex(_INDEX, album_id, _matches(beginnings) & ~in_a_row)
        row = f'"{" ".join(terms)}"'
        if dbsession.scalar(_HOW_MANY, {"expression": row}) == _COMMON:
            return SearchIndex(_INDEX, album_id, _matches(row) & _IS_NEW)
        documents = SearchDocument.__table__
        found = select(album_id).where(_matches(row), _IS_NEW)
        return SearchIndex(documents, documents.c.album_id, documents.c.album_id.in_(found))

    def _on_connect(self, dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {self.lock_timeout_ms}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")
        _turn_on_wal(cursor, self.lock_timeout_ms)
        # With NORMAL, a power cut could take back a paid order whose receipt has been sent.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    def _on_begin(self, connection: Connection) -> None:
        mode, timeout_ms = self.begin_mode(connection)
        reads_only = mode in {READING, SNAPSHOT}
        if connection.info.get(_SET_UP) != (timeout_ms, reads_only):  # as it was for the last transaction
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {timeout_ms}")
            connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads_only else 'OFF'}")
            connection.info[_SET_UP] = timeout_ms, reads_only
        connection.exec_driver_sql(f"BEGIN {'DEFERRED' if reads_only else 'IMMEDIATE'}")


def _make_private_file(name: str | None) -> None:
    """Create the database file with access for its owner only: it holds hashes, addresses and queued email."""
    if name and name != ":memory:":
        with suppress(OSError):  # SQLite's own error for a bad path is clearer
            Path(name).touch(mode=0o600)


def _ignore_foreign_keys(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA foreign_keys = OFF")


def _turn_on_wal(cursor: Any, timeout_ms: int) -> None:
    """Switch to write-ahead logging. SQLite ignores its busy timeout here, so this retries for as long."""
    deadline = time.monotonic() + timeout_ms / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(LOOK_AGAIN_S)
