"""A database created by version 0.1.0 (commit 0ec2009) and filled by its test site."""

import gzip
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, MetaData, create_engine, event, insert, make_url, select

from album_store.data.engines import database_at
from album_store.data.types import UtcDateTime
from tests.support.unusual_rows import unusual_rows

_FILE = Path(__file__).with_name("store-0.1.0.sqlite.gz")


def unpack_old_database(file: Path) -> None:
    """Write the database to a file."""
    file.write_bytes(gzip.decompress(_FILE.read_bytes()))


def make_old_database(url: str) -> None:
    """Make an empty database of any kind one of version 0.1.0, with more rows in every table, of unusual values.

    Version 0.1.0 knew only SQLite. On a server, the tables of the file are created in the way of the store.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "store.sqlite")
        unpack_old_database(file)
        tables, rows = _content(file)
    database = database_at(make_url(url))
    engine = database.create_engine()
    if engine.url.get_backend_name() == "sqlite":
        unpack_old_database(Path(engine.url.database))
        rows = {}
    with engine.begin() as connection:
        tables.create_all(connection)
        for name, table_rows in rows.items():
            connection.execute(insert(tables.tables[name]), table_rows)
        for table, table_rows in unusual_rows(tables.sorted_tables).items():
            connection.execute(insert(table), table_rows)
        database.continue_numbering(connection, tables.sorted_tables)
    engine.dispose()


def _content(file: Path) -> tuple[MetaData, dict[str, list[dict[str, Any]]]]:
    """Return the tables of the file, without those of the search index, and their rows."""
    tables, engine = MetaData(), create_engine(f"sqlite:///{file}")
    event.listen(tables, "column_reflect", _generic_type)
    tables.reflect(engine, only=lambda name, _: not name.startswith("AlbumSearch"))
    for table in tables.sorted_tables:
        table.primary_key.name = f"pk_{table.name}"  # SQLite drops the name of a key that is AUTOINCREMENT
    with engine.connect() as connection:
        rows = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in tables.sorted_tables
        }
    engine.dispose()
    return tables, rows


def _generic_type(_inspector: Any, _table: Any, column: dict[str, Any]) -> None:
    kind = column["type"].as_generic()
    column["type"] = UtcDateTime() if isinstance(kind, DateTime) else kind
