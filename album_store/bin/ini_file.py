"""The ini file that a subcommand is given."""

import configparser
from pathlib import Path

from pyramid.paster import get_appsettings, setup_logging

from album_store.infrastructure.settings import Settings, read_settings


class IniFileError(Exception):
    """The ini file cannot be used; the message says why."""


def read_ini_file(file: Path) -> Settings:
    """The settings in the file; logging is set up as it says. Raises IniFileError and SettingsError."""
    if not file.is_file():
        raise IniFileError(f"There is no settings file {file}.")
    try:
        setup_logging(str(file))
        values = get_appsettings(str(file))
    except (configparser.Error, ImportError, LookupError, ValueError) as error:
        raise IniFileError(f"The settings file {file} cannot be read: {error}") from error
    return read_settings(values)
