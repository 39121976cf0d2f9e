"""`album-store purge`: forgets what is past its time."""

import argparse
import sys
from pathlib import Path

from album_store.bin.database import open_database
from album_store.bin.ini_file import read_ini_file
from album_store.services.purge_service import PurgeService


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "purge",
        help="remove what is past its time",
        description="Removes links and sessions that work no more, the audit and sent mails past `audit.days`, and "
        "accounts whose owners asked for that. The mail worker does the same once a day.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Purge, and say how much. Raises IniFileError and SettingsError."""
    settings = read_ini_file(args.ini_file)
    with open_database(settings) as db_sessions:
        for purged in PurgeService(db_sessions, settings).purge():
            sys.stdout.write(f"{purged.table}: {purged.count} removed\n")
    return 0
