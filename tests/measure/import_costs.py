"""Compares imports of the Chinook catalogue on each kind of database (python -m tests.measure.import_costs).

The servers are those that `ALBUM_STORE_TEST_URLS` names.
"""

import contextlib
import os
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from album_store.bin.main import main as album_store
from tests.support.checkout import CHINOOK
from tests.support.databases import SERVERS, ServerDatabase, server_url
from tests.support.store_settings import settings_in

RUNS = 3
NAME = "album_store_measure"
# An import takes at most this many times as long as on SQLite.
PROMISED = 3


@contextlib.contextmanager
def empty_store(kind: str) -> Iterator[Path]:
    """Yield the ini file of a store with an empty database of a kind."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        settings = settings_in(folder)
        if kind in SERVERS:
            database = ServerDatabase(server_url(kind), NAME)
            stack.callback(database.close)
            settings["sqlalchemy.url"] = database.url
        lines = [f"{name} = {value}" for name, value in settings.items()]
        ini = folder / "store.ini"
        ini.write_text("\n".join(["[app:main]", "use = egg:album-store", *lines, ""]), "utf-8")
        yield ini


def import_once(ini: Path) -> tuple[float, float]:
    """Run the command, and return its time and its processor time in seconds."""
    started, started_cpu = time.perf_counter(), time.process_time()
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        assert album_store(["import-catalogue", str(ini), str(CHINOOK)]) == 0
    return time.perf_counter() - started, time.process_time() - started_cpu


def main() -> int:
    """Print the medians of a first and a second import. Returns 1 if one takes too long."""
    sys.stdout.write(f"{'':<12}{'first s':>10}{'CPU':>8}{'ratio':>8}{'again s':>10}{'CPU':>8}{'ratio':>8}\n")
    kept, of_sqlite = True, None
    for kind in ("sqlite", *SERVERS):
        try:
            runs = []
            for _ in range(RUNS):
                with empty_store(kind) as ini:
                    runs.append((*import_once(ini), *import_once(ini)))
        except pytest.skip.Exception as skipped:
            sys.stdout.write(f"{kind:<12} {skipped}\n")
            continue
        first, cpu, again, cpu_again = (statistics.median(column) for column in zip(*runs, strict=True))
        of_sqlite = of_sqlite or (first, again)
        ratios = first / of_sqlite[0], again / of_sqlite[1]
        kept &= max(ratios) <= PROMISED
        sys.stdout.write(
            f"{kind:<12}{first:>10.2f}{cpu:>8.2f}{ratios[0]:>8.2f}{again:>10.2f}{cpu_again:>8.2f}{ratios[1]:>8.2f}\n"
        )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
