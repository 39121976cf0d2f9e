"""`album-store import-catalogue`: brings a CSV file of albums into the store."""

import argparse
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import OperationalError

from album_store.bin.database import open_database
from album_store.bin.ini_file import read_ini_file
from album_store.bin.progress_display import ProgressDisplay
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.infrastructure.settings import Settings
from album_store.services.imports.catalogue_error import CatalogueError
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.services.imports.import_result import ImportResult

DONE, FAILED, CALLED_WRONGLY = 0, 1, 2
NOTHING = "Nothing was imported.\n"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "import-catalogue",
        help="bring a CSV file of albums into the store",
        description="Brings a CSV file of albums into the store: all of it, or nothing if it has a mistake. "
        "Albums that are in the store already are updated where the file differs.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as development.ini")
    parser.add_argument("csv_file", type=Path, help="the catalogue, one row per track")
    parser.add_argument("--dry-run", action="store_true", help="check everything and say what would happen")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import the file and say what was done, or what is wrong with it. Raises IniFileError and SettingsError."""
    settings = read_ini_file(args.ini_file)
    if not args.csv_file.is_file():
        return _fail(CALLED_WRONGLY, f"There is no catalogue file {args.csv_file}.\n")
    try:
        result = _import(settings, args.csv_file, dry_run=args.dry_run)
    except CatalogueError as error:
        return _fail(FAILED, f"{error}\n{NOTHING}")
    except OperationalError as error:
        return _fail(FAILED, f"The database cannot be used: {error.orig}\n{NOTHING}")
    except OSError as error:
        return _fail(FAILED, f"{error}\n{NOTHING}")
    sys.stdout.write(_summary(result, dry_run=args.dry_run))
    return DONE


def _import(settings: Settings, file: Path, *, dry_run: bool) -> ImportResult:
    media = MediaStorage(settings.media_folder)
    with closing(ProgressDisplay()) as display, open_database(settings) as db_sessions:
        with db_sessions.read() as dbsession:
            catalogue = CatalogueImport(dbsession, media, settings.currency).read(file, display.show)
        with db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, media, settings.currency)
            if not dry_run:
                service.store_media(catalogue, display.show)
            result = service.write(catalogue, display.show)
            if dry_run:
                dbsession.rollback()
    return result


def _summary(result: ImportResult, *, dry_run: bool) -> str:
    lines = [
        f"Albums: {result.albums_added} added, {result.albums_changed} changed, {result.albums_unchanged} unchanged.",
        f"Tracks: {result.tracks_added} added, {result.tracks_changed} changed.",
    ]
    lines += [
        f"Kept although the file does not have it: {track.artist}, {track.album}, "
        f"disc {track.disc}, track {track.number}, {track.title}"
        for track in result.kept_tracks
    ]
    if dry_run:
        lines.append("This was a dry run: the store is as it was.")
    return "".join(f"{line}\n" for line in lines)


def _fail(code: int, message: str) -> int:
    sys.stderr.write(message)
    return code
