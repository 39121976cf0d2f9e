"""`album-store import-catalogue`: imports albums from a CSV file."""

import argparse
import gc
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pyramid.registry import Registry
from pyramid.request import Request

from album_store.bin.open_store import open_store
from album_store.bin.progress_display import ProgressDisplay
from album_store.services.imports.batches import Batch
from album_store.services.imports.catalogue import Catalogue
from album_store.services.imports.catalogue_error import CatalogueError
from album_store.services.imports.catalogue_import import write_batches
from album_store.services.imports.import_result import ImportResult
from album_store.worker.service_request import run_in_transaction, service_request

DONE, FAILED, CALLED_WRONGLY = 0, 1, 2
NOTHING = "Nothing was imported.\n"
# Now and then between batches. On SQLite, a process that waits for a lock asks for it at least every 100 ms. So this
# lets it in, however often it has asked in vain between two batches.
PAUSE_S = 0.11
# How many new objects there are before garbage is looked for; a batch makes about as many.
GARBAGE_OBJECTS = 50_000


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "import-catalogue",
        help="import albums from a CSV file",
        description="Imports albums from a CSV file. If the file has a mistake, nothing is imported. Albums that are "
        "already in the store are updated.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as development.ini")
    parser.add_argument("csv_file", type=Path, help="the catalogue, with one row per track")
    parser.add_argument(
        "--dry-run", action="store_true", help="check the file and show what would change, without changing anything"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import the file, and print a summary or the mistakes. Raises IniFileError and SettingsError."""
    try:
        with open_store(args.ini_file) as registry, closing(ProgressDisplay()) as display:
            if not args.csv_file.is_file():
                return _fail(CALLED_WRONGLY, f"Catalogue file not found: {args.csv_file}\n")
            with _seldom_collecting_garbage():
                catalogue = _read(registry, args.csv_file, display, dry_run=args.dry_run)
                result = _write(registry, catalogue, display, dry_run=args.dry_run)
    except CatalogueError as error:
        return _fail(FAILED, f"{error}\n{NOTHING}")
    except OSError as error:
        return _fail(FAILED, f"A file could not be read or written: {error}\n{NOTHING}")
    sys.stdout.write(_summary(result, dry_run=args.dry_run))
    return DONE


def _read(registry: Registry, file: Path, display: ProgressDisplay, *, dry_run: bool) -> Catalogue:
    with service_request(registry) as request:
        catalogue = request.catalogue_import.read(file, display.show)
    if not dry_run:
        with service_request(registry) as request:  # another one: this is slow and needs no connection
            request.catalogue_import.store_media(catalogue, display.show)
    return catalogue


def _write(registry: Registry, catalogue: Catalogue, display: ProgressDisplay, *, dry_run: bool) -> ImportResult:
    """Write each batch in a transaction of its own. If that ends early, say so on stderr."""
    done = 0

    def write_batch(batch: Batch) -> ImportResult:
        nonlocal done

        def write(request: Request) -> ImportResult:
            if dry_run:
                request.tm.doom()
            return request.catalogue_import.write_batch(batch)

        result = run_in_transaction(registry, write)
        done += len(batch.albums)
        return result

    try:
        return write_batches(catalogue, write_batch, display.show, PAUSE_S)
    except BaseException:
        if done and not dry_run:
            display.close()
            total = len(catalogue.album_spool)
            sys.stderr.write(
                f"The import ended early: {done} of {total} albums are in the store. Run it again for the rest.\n"
            )
        raise


@contextmanager
def _seldom_collecting_garbage() -> Iterator[None]:
    """Collect garbage seldom, and only among new objects: it would take a third of the time of an import."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(GARBAGE_OBJECTS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _summary(result: ImportResult, *, dry_run: bool) -> str:
    lines = [
        f"Albums: {result.albums_added} added, {result.albums_changed} changed, {result.albums_unchanged} unchanged.",
        f"Tracks: {result.tracks_added} added, {result.tracks_changed} changed.",
    ]
    lines += [
        f"Not in the file, but kept in the store: {track.artist}, {track.album}, "
        f"disc {track.disc}, track {track.number}, {track.title}"
        for track in result.kept_tracks
    ]
    if result.artists_changed is not None:
        lines.append(f"Artists: {result.artists_changed} changed by artists.csv.")
    lines += result.notes
    lines += map(str, result.joined)
    if dry_run:
        lines.append("This was a dry run. The store has not changed.")
    return "".join(f"{line}\n" for line in lines)


def _fail(code: int, message: str) -> int:
    sys.stderr.write(message)
    return code
