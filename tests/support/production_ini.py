"""production.ini as an owner edits it."""

from collections.abc import Mapping
from configparser import ConfigParser
from io import StringIO

from tests.support.checkout import CHECKOUT

SITE_URL = "https://music.example.org"
# The settings that an owner would make, and the demo catalogue. Emails stay in the outbox, because sending them would
# disturb a measurement.
SETTINGS = {
    "store.site_url": SITE_URL,
    "store.demo_catalogue": "true",
    "mail.sender": "hello@music.example.org",
    "mail.worker": "process",
}


def production_ini(settings: Mapping[str, str], *, listen: str) -> str:
    """Return production.ini with other settings, and with the address and port that the server listens on."""
    ini = ConfigParser(interpolation=None)
    ini.read(CHECKOUT / "production.ini", "utf-8")
    ini["app:main"].update(settings)
    ini["server:main"]["listen"] = listen
    text = StringIO()
    ini.write(text)
    return text.getvalue()
