"""`album-store catalogue-template`: writes a catalogue to start from."""

import argparse
import sys
from pathlib import Path

from album_store.services.imports.catalogue_template import catalogue_template


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "catalogue-template",
        help="write a catalogue to start from",
        description="Writes a CSV file with every column of a catalogue and two example rows, to fill in with a "
        "spreadsheet program. A file that exists is not overwritten.",
    )
    parser.add_argument("csv_file", type=Path, help="the file to write, such as my-albums.csv")
    parser.add_argument(
        "--semicolons",
        action="store_true",
        help="separate the columns by semicolons, as Excel expects it where 1,5 is one and a half",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the file; returns 1 if it exists or cannot be written."""
    try:
        with args.csv_file.open("xb") as file:
            file.write(catalogue_template(";" if args.semicolons else ","))
    except FileExistsError:
        sys.stderr.write(f"{args.csv_file} exists already and stays as it is. Give the template another name.\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{args.csv_file} cannot be written: {error.strerror}.\n")
        return 1
    sys.stdout.write(
        f"{args.csv_file} has every column and two example rows. Replace the rows by your tracks; optional columns may "
        "stay empty.\n"
    )
    return 0
