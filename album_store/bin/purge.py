"""`album-store purge`: deletes expired data and the accounts whose deletion is due."""

import argparse
import sys
from pathlib import Path

from album_store.bin.open_store import open_store
from album_store.worker.daily_tasks import purge


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "purge",
        help="delete expired data",
        description="Deletes expired links, sessions, blocks and known browsers, audit rows and sent email older than "
        "`audit.days`, and accounts whose requested deletion is due. The worker does the same once a day.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Purge, and print how many rows were deleted from each table. Raises IniFileError and SettingsError."""
    with open_store(args.ini_file) as registry:
        for purged in purge(registry):
            sys.stdout.write(f"{purged.table}: {purged.count} deleted\n")
    return 0
