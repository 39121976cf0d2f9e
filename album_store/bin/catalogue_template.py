"""`album-store catalogue-template`: writes a catalogue template."""

import argparse
import sys
from pathlib import Path

from album_store.services.imports.catalogue_template import catalogue_template


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "catalogue-template",
        help="write a catalogue template to fill in",
        description="Writes a CSV file with every catalogue column and two example rows, to fill in with a spreadsheet "
        "program. Never overwrites a file.",
    )
    parser.add_argument("csv_file", type=Path, help="the new file, such as my-albums.csv")
    parser.add_argument(
        "--semicolons",
        action="store_true",
        help="separate the columns with semicolons, as Excel expects in countries with a decimal comma (1,5)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file; returns 1 if it exists or cannot be written."""
    try:
        with args.csv_file.open("xb") as file:
            file.write(catalogue_template(";" if args.semicolons else ","))
    except FileExistsError:
        sys.stderr.write(f"{args.csv_file} already exists and was not changed. Choose another name.\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{args.csv_file} cannot be written: {error.strerror}.\n")
        return 1
    sys.stdout.write(
        f"{args.csv_file} was created with every column and two example rows. Replace the example rows with your "
        "tracks. Optional columns may stay empty.\n"
    )
    return 0
