"""`album-store copy-database`: copies a store from one database to another."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from album_store.bin.open_store import read_ini_file
from album_store.bin.progress_display import ProgressDisplay
from album_store.data.copying import CopyError, TableTotal, copy_rows, is_same_database, open_source, open_target
from album_store.data.dbsession import SchemaError
from album_store.infrastructure.settings import Settings, SettingsError, read_settings

DATABASE_VARIABLE = "ALBUM_STORE_SQLALCHEMY_URL"
SHOWN_OF_CHECKSUM = 16


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "copy-database",
        help="copy a store to another database",
        description="Copies everything from the database of one ini file to the empty database of another, such as "
        "from SQLite to PostgreSQL, and compares the copy with the original. Stop the store first: changes made "
        "meanwhile are not copied. If something goes wrong, nothing is copied.",
    )
    parser.add_argument("from_ini", type=Path, help="the settings of the store, such as production.ini")
    parser.add_argument("to_ini", type=Path, help="the same settings with the new sqlalchemy.url, such as new.ini")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Copy, and print the rows and the checksum of each table. Raises IniFileError and SettingsError."""
    source, target = _settings(args.from_ini), _settings(args.to_ini)
    try:
        if is_same_database(source.database_url, target.database_url):
            raise CopyError(_same_database())
        with ExitStack() as databases:
            with _problems_of(args.from_ini):
                reading = databases.enter_context(open_source(source.database_url))
            with _problems_of(args.to_ini):
                writing = databases.enter_context(open_target(target.database_url))
            with closing(ProgressDisplay()) as display:
                totals = copy_rows(reading, writing, display.show)
    except CopyError as error:
        return _fail(str(error))
    except DatabaseError as error:
        return _fail(f"The database cannot be used: {error.orig}.")
    sys.stdout.writelines(f"{line}\n" for line in (*_table(totals), _media(source, target)))
    return 0


def _fail(message: str) -> int:
    sys.stderr.write(f"{message}\nNothing was copied.\n")
    return 1


def _settings(file: Path) -> Settings:
    try:
        return read_settings(read_ini_file(file))
    except SettingsError as error:
        raise SettingsError(f"{file}: {error}") from error


@contextmanager
def _problems_of(file: Path) -> Iterator[None]:
    """Raise errors as CopyError that begins with the name of the ini file."""
    try:
        yield
    except (CopyError, SchemaError, TimeoutError) as error:
        raise CopyError(f"{file}: {error}") from error
    except DatabaseError as error:
        raise CopyError(f"{file}: The database cannot be used: {error.orig}.") from error


def _same_database() -> str:
    hint = f" {DATABASE_VARIABLE} overrides both: unset it." if DATABASE_VARIABLE in os.environ else ""
    return f"Both ini files name the same database.{hint}"


def _table(totals: Sequence[TableTotal]) -> list[str]:
    """Return the lines of a table with the total of each table, and of all."""
    width = max(len(total.table) for total in totals)
    lines = [f"{total.table:<{width}} {total.rows:>9}  {total.checksum[:SHOWN_OF_CHECKSUM]}" for total in totals]
    count = sum(total.rows for total in totals)
    return [f"{'Table':<{width}} {'Rows':>9}  Checksum", *lines, f"Copied: {count} rows. The copy is the same."]


def _media(source: Settings, target: Settings) -> str:
    old, new = source.media_folder.resolve(), target.media_folder.resolve()
    if old == new:
        return f"Both ini files use the media folder {old}."
    return f"Covers and recordings are not in the database. Copy the folder {old} to {new} yourself."
