"""A database created by version 0.1.0 (commit 0ec2009) and filled by its test site."""

import gzip
from pathlib import Path

_FILE = Path(__file__).with_name("store-0.1.0.sqlite.gz")


def unpack_old_database(file: Path) -> None:
    """Write the database to a file."""
    file.write_bytes(gzip.decompress(_FILE.read_bytes()))
