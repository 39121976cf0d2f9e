"""`album-store migrate`: updates the database to this version of the store."""

import argparse
import sys
from pathlib import Path

from album_store.bin.open_store import read_ini_file
from album_store.data.dbsession import DbSessionFactory, SchemaError
from album_store.infrastructure.settings import read_settings


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "migrate",
        help="update the database to this version of the store",
        description="Updates the database to this version of the store. The store does not start with an older "
        "database. Back up the database first. If a change fails, none is made; on MariaDB and MySQL, run the command "
        "again.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Migrate, and print the notes and revisions of the migrations. Raises IniFileError and SettingsError."""
    settings = read_settings(read_ini_file(args.ini_file))
    db_sessions = DbSessionFactory(settings.database_url, echo=settings.database_echo)
    notes: list[str] = []
    try:
        revisions = db_sessions.migrate(notes.append)
    except SchemaError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        db_sessions.dispose()
    sys.stdout.writelines(f"{note}\n" for note in notes)
    sys.stdout.write(f"Migrated: {', '.join(revisions)}.\n" if revisions else "The database is up to date.\n")
    return 0
