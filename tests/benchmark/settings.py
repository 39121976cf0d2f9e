"""The settings of production.ini. A process that is measured imports this, and so nothing that only tests need."""

from configparser import ConfigParser
from pathlib import Path

from tests.support.checkout import CHECKOUT
from tests.support.production_ini import SETTINGS

SECTIONS = ("app:main", "server:main")
DATABASE = "album_store.sqlite"


def settings_in(folder: Path) -> dict[str, str]:
    """Return the settings of production.ini for a store in a folder."""
    return _production_ini(folder)["app:main"]


def server_options() -> dict[str, str]:
    """Return the options of waitress in production.ini."""
    options = _production_ini(Path())["server:main"]
    return {name: value for name, value in options.items() if name not in ("use", "listen")}


def _production_ini(folder: Path) -> dict[str, dict[str, str]]:
    ini = ConfigParser(defaults={"here": str(folder)})
    ini.read(CHECKOUT / "production.ini", "utf-8")
    ini["app:main"].update(SETTINGS)
    return {name: {key: ini[name][key] for key in ini[name] if key not in ("here", "use")} for name in SECTIONS}
