"""PostgreSQL, through the driver psycopg 3.

Locks and timeouts end with the transaction, so that PgBouncer can serve in transaction mode; for the same reason no
statement is prepared. Text has collation "C", so that it sorts and compares as on the other databases.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar

from sqlalchemy import Column, Connection, Engine, String, Table, event, func, literal_column, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from album_store.data.engines.database import READING, SERVER_OPTIONS, SNAPSHOT, STATEMENT_TIMEOUT_MS, UTF8, Database
from album_store.data.engines.search_terms import SearchIndex, has_terms, index_terms, rarest
from album_store.data.search_document import SearchDocument

# A number of our own; advisory locks of one database share them.
SCHEMA_LOCK = 0x616C62756D
# lock_not_available, query_canceled, too_many_connections, cannot_connect_now, admin_shutdown, crash_shutdown
BUSY = {"55P03", "57014", "53300", "57P03", "57P01", "57P02"}
# serialization_failure, deadlock_detected, foreign_key_violation: a row that was read has been deleted since
RETRYABLE = {"40001", "40P01", "23503"}

# When to give up a server that can no longer be reached, such as one without power: first a request that was sent, then
# an answer that is awaited. By default that takes up to two hours, and until then the pool has no free connection.
UNREACHABLE_SERVER = {
    "tcp_user_timeout": 40_000,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
}

_ONE_MOMENT = "; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_CHARACTERISTICS = {
    READING: _ONE_MOMENT,
    SNAPSHOT: f"{_ONE_MOMENT}; SET LOCAL idle_in_transaction_session_timeout = 0",
}
# So many entries of the index are read in the time of one row of an album.
ENTRIES_PER_ROW = 40
_WORDS = literal_column("to_tsvector('simple', \"SearchDocument\".words)")


class PostgresqlDatabase(Database):
    """A database of a PostgreSQL server."""

    engine_options: ClassVar[dict[str, Any]] = {
        **SERVER_OPTIONS,
        "connect_args": {
            "prepare_threshold": None,
            "connect_timeout": 5,
            "client_encoding": UTF8,
            **UNREACHABLE_SERVER,
        },
    }

    def install(self, engine: Engine) -> None:
        """Set the timeouts of each transaction, and make those of reading sessions read-only."""
        event.listen(engine, "begin", self._on_begin)

    def text_encoding(self, connection: Connection) -> str:
        """Return the encoding of the database."""
        return str(connection.scalar(func.current_setting("server_encoding").select()))

    def schema_lock(self, connection: Connection) -> AbstractContextManager[None]:
        """Take a lock that ends with the transaction."""
        connection.exec_driver_sql("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
        connection.execute(func.pg_advisory_xact_lock(SCHEMA_LOCK).select())
        return nullcontext()

    def continue_numbering(self, connection: Connection, tables: Iterable[Table]) -> None:
        """Set the sequences, which do not count rows that bring their number."""
        quote = connection.dialect.identifier_preparer.format_table
        for table in tables:
            column = table.autoincrement_column
            if column is not None:
                sequence = func.pg_get_serial_sequence(quote(table), column.name)
                newest = select(func.max(column)).scalar_subquery()
                connection.execute(select(func.setval(sequence, newest)))

    def is_busy_code(self, error: BaseException | None) -> bool:
        """Return whether the server is locked, overloaded or unreachable."""
        state = getattr(error, "sqlstate", None)
        if state is None:  # an error of the client
            return any(word in str(error) for word in ("connection", "resolve host"))
        return state in BUSY or state.startswith("08")

    def is_retryable_code(self, error: BaseException | None) -> bool:
        """Return whether it is a serialization failure or a deadlock, or refers to a row that is gone."""
        return getattr(error, "sqlstate", None) in RETRYABLE

    def without_values(self, message: str) -> str:
        """Keep the first line, which names the constraint, up to a quoted value; the details name the values."""
        return message.partition("\n")[0].partition(': "')[0]

    def create_search_index(self, connection: Connection) -> None:
        """Create a GIN index over the words."""
        connection.exec_driver_sql(
            'CREATE INDEX IF NOT EXISTS "ix_SearchDocument_words" ON "SearchDocument" '
            "USING gin (to_tsvector('simple', words))"
        )

    def search(self, dbsession: Session, terms: Sequence[str], *, phrase: bool) -> SearchIndex | None:
        """Search the index by a tsquery, whose words are letters and digits; `has_terms` knows which stand in a row.

        The index skips most entries of whole words, but reads all those of words that begin with a term. So it is asked
        for all words of a row, but otherwise for the rarest only. The query of its own keeps the planner from making
        the words of each album anew, in the order of the albums.
        """
        words = index_terms(terms, phrase=phrase)
        wanted = rarest(dbsession, words, ENTRIES_PER_ROW)
        if not wanted:
            return None
        expression = " & ".join(f"{word}:*" if begins else word for word, begins in (words if phrase else wanted))
        in_index = _WORDS.op("@@")(func.to_tsquery("simple", expression))
        found = select(SearchDocument.album_id).where(in_index, has_terms(terms, phrase=phrase))
        index = found.cte("found").prefix_with("MATERIALIZED")
        return SearchIndex(index, index.c.album_id, true())

    def _on_begin(self, connection: Connection) -> None:
        mode, lock_timeout_ms = self.begin_mode(connection)
        timeout_ms = 0 if mode == SNAPSHOT else STATEMENT_TIMEOUT_MS
        connection.exec_driver_sql(
            f"SET LOCAL lock_timeout = {lock_timeout_ms}; SET LOCAL statement_timeout = {timeout_ms}"
            + _CHARACTERISTICS.get(mode, "")
        )


@compiles(String, "postgresql")
def _collated(text: String, compiler: Any, **kw: Any) -> str:
    """Give the text columns of a table the collation "C"."""
    written = str(getattr(compiler, f"visit_{text.__visit_name__}")(text, **kw))
    return f'{written} COLLATE "C"' if isinstance(kw.get("type_expression"), Column) else written
