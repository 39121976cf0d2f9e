"""`album-store purge`: deletes expired rows and accounts that are due."""

import argparse
import sys
from pathlib import Path

from album_store.bin.open_store import open_store
from album_store.worker.daily_tasks import purge


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "purge",
        help="remove what is past its time",
        description="Removes links and sessions that work no more, the audit and sent mails past `audit.days`, and "
        "accounts whose owners asked for that. The worker does the same once a day.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Purge, and print how many rows were removed from each table. Raises IniFileError and SettingsError."""
    with open_store(args.ini_file) as registry:
        for purged in purge(registry):
            sys.stdout.write(f"{purged.table}: {purged.count} removed\n")
    return 0
