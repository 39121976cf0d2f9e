"""`album-store migrate`: brings the database to this version of the store."""

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
        help="bring the database to this version of the store",
        description="Brings the database to this version of the store: all of the changes, or none if one fails. Back "
        "it up first. A store whose database is of an older version does not start.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Migrate, and print what the migrations say and their revisions. Raises IniFileError and SettingsError."""
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
