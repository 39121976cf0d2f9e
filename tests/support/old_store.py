"""A database that version 0.1.0 (commit 0ec2009) has made and its test site has filled."""

import gzip
from pathlib import Path

_FILE = Path(__file__).with_name("store-0.1.0.sqlite.gz")


def unpack_old_database(file: Path) -> None:
    """Put the database into a file."""
    file.write_bytes(gzip.decompress(_FILE.read_bytes()))
