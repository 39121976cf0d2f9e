"""Measures imports (python -m tests.measure.import_costs).

The Chinook catalogue on each kind of database: the servers are those that `ALBUM_STORE_TEST_URLS` names. Then
catalogues of 100,000 and 1,000,000 tracks on SQLite, while another process writes too.
"""

import contextlib
import csv
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import update

from album_store.bin.main import main as album_store
from album_store.data.dbsession import DbSessionFactory
from album_store.data.lock_row import LockRow
from tests.measure.large_catalogue import LargeCatalogue
from tests.support.checkout import CHINOOK
from tests.support.databases import SERVERS, ServerDatabase, server_url
from tests.support.store_settings import settings_in

RUNS = 3
NAME = "album_store_measure"
# An import takes at most this many times as long as on SQLite.
PROMISED = 3

# Albums in the large files, with ten tracks each.
SIZES = (10_000, 100_000)
TRACKS_ON_EACH = 10
RATE, MAX_GROWTH, MAX_WAIT_S = 20_000, 1.5, 1
COMMAND = "import sys; from album_store.bin.main import main; sys.exit(main())"
PAUSE_S = 0.02


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


def write_large_file(file: Path, albums: int) -> None:
    """Write a catalogue whose names are made of 30,000 words, with 20,000 artists and 30 genres."""
    catalogue = LargeCatalogue()
    names = catalogue.names("artist", 20_000, 3)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["artist", "album", "track_number", "title", "composer", "genre", "length_ms", "price"])
        for number in range(albums):
            title, composer = f"{catalogue.name('album', 5)} {number}", catalogue.name("artist", 3)
            artist = catalogue.one_of(names)
            for track in range(1, TRACKS_ON_EACH + 1):
                length_ms = 60_000 + number * 7_919 % 300_000 + track
                song = catalogue.name("title", 5)
                writer.writerow([artist, title, track, song, composer, f"Genre {number % 30}", length_ms, "0.99"])


def longest_wait(url: str, ended: threading.Event) -> float:
    """Write again and again until the event, and return the longest time that took in seconds."""
    sessions, longest = DbSessionFactory(url), 0.0
    sessions.database.lock_timeout_ms = 60_000
    while not ended.wait(PAUSE_S):
        started = time.perf_counter()
        with sessions.begin() as dbsession:
            dbsession.execute(update(LockRow).where(LockRow.number == 1).values(number=1))
        longest = max(longest, time.perf_counter() - started)
    sessions.dispose()
    return longest


def import_large(albums: int) -> tuple[float, float, float, float]:
    """Import a large file; return time, processor time, peak memory in MB, and the longest wait of another writer."""
    with empty_store("sqlite") as ini:
        file = ini.with_name("large.csv")
        write_large_file(file, albums)
        url, ended = f"sqlite:///{ini.with_name('store.sqlite')}", threading.Event()
        sessions = DbSessionFactory(url)
        sessions.create_tables()
        sessions.dispose()
        started = time.perf_counter()
        with ThreadPoolExecutor(1) as threads:
            waits = threads.submit(longest_wait, url, ended)
            try:
                command = [sys.executable, "-c", COMMAND, "import-catalogue", str(ini), str(file)]
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
                assert process.returncode == 0
                seconds = time.perf_counter() - started
            finally:
                ended.set()
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1_024, waits.result()


def compare_sizes() -> bool:
    """Print the costs of the large files; return whether the promises are kept."""
    sys.stdout.write(f"{'tracks':<12}{'seconds':>10}{'CPU':>8}{'/s':>10}{'/s CPU':>10}{'MB':>8}{'wait s':>10}\n")
    kept, smallest = True, None
    for albums in SIZES:
        tracks = albums * TRACKS_ON_EACH
        seconds, cpu, memory, wait = import_large(albums)
        smallest = smallest or memory
        kept &= tracks / cpu >= RATE and memory <= MAX_GROWTH * smallest and wait <= MAX_WAIT_S
        sys.stdout.write(
            f"{tracks:<12}{seconds:>10.1f}{cpu:>8.1f}{tracks / seconds:>10.0f}{tracks / cpu:>10.0f}"
            f"{memory:>8.0f}{wait:>10.2f}\n"
        )
    return kept


def compare_databases() -> bool:
    """Print the medians of a first and a second import of Chinook; return whether the promise is kept."""
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
    return kept


def main() -> int:
    """Print the costs. Returns 1 if a promise is broken."""
    return 0 if compare_databases() & compare_sizes() else 1


if __name__ == "__main__":
    sys.exit(main())
