"""Opens the store of an ini file, for the subcommands."""

import configparser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pyramid.config import Configurator
from pyramid.paster import get_appsettings, setup_logging
from pyramid.registry import Registry

from album_store import include_services
from album_store.infrastructure.garbage_collection import collection_paused
from album_store.infrastructure.settings import read_settings


class IniFileError(Exception):
    """The ini file cannot be used. The message says why."""


@contextmanager
def open_store(file: Path) -> Iterator[Registry]:
    """Set up logging from an ini file, and yield the registry of its store as in `store_services`.

    Raises IniFileError and SettingsError.
    """
    settings = read_ini_file(file)
    read_settings(settings)
    with store_services(settings) as registry:
        yield registry


@contextmanager
def store_services(settings: Mapping[str, str]) -> Iterator[Registry]:
    """Yield a registry with the services, without pages, worker or demo catalogue. Closes the database at the end."""
    with collection_paused():
        config = Configurator(settings=dict(settings))
        config.include(include_services)
        config.commit()
    try:
        yield config.registry
    finally:
        config.registry.db_sessions.dispose()


def read_ini_file(file: Path) -> dict[str, str]:
    """Set up logging from an ini file and return the settings of the store. Raises IniFileError."""
    if not file.is_file():
        raise IniFileError(f"Settings file not found: {file}")
    try:
        setup_logging(str(file))
        return get_appsettings(str(file))
    except (configparser.Error, ImportError, LookupError, ValueError) as error:
        raise IniFileError(f"The settings file {file} cannot be read: {error}") from error
