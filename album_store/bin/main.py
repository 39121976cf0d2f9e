"""The `album-store` command."""

import argparse
import sys
from collections.abc import Sequence

from sqlalchemy.exc import DatabaseError

from album_store.bin import (
    catalogue_template,
    copy_database,
    import_catalogue,
    make_admin,
    migrate,
    purge,
    reconcile,
    send_test_mail,
    work,
)
from album_store.bin.open_store import IniFileError
from album_store.infrastructure.settings import SettingsError

# Each module has `add_parser(subparsers)`, which sets `run(args) -> int` as the default `run` of its parser.
SUBCOMMANDS = (
    catalogue_template,
    copy_database,
    import_catalogue,
    make_admin,
    migrate,
    purge,
    reconcile,
    send_test_mail,
    work,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand. Returns the exit code: 0 for success, 1 for failure, 2 for wrong usage or settings."""
    parser = argparse.ArgumentParser(
        prog="album-store",
        description="Manages a store: imports albums, sends email, updates the database, appoints admins. For help "
        "with a command, run album-store COMMAND --help.",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    for subcommand in SUBCOMMANDS:
        subcommand.add_parser(subparsers)
    args = parser.parse_args(argv)
    # Names that the terminal cannot display must not make a command fail after its work is done.
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return args.run(args)
    except (IniFileError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except DatabaseError as error:
        sys.stderr.write(f"The database cannot be used: {error.orig}.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 1
