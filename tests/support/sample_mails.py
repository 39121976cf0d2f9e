"""Every email of the store, with values to render it."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from album_store.infrastructure.mail.mail_templates import MailTemplates
from album_store.infrastructure.wording import Wording

SITE_URL = "https://music.example"
LINK = "https://music.example/account/confirm/0123456789abcdef0123456789abcdef." + "x" * 43
WHEN = datetime(2026, 5, 12, 22, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
VALUES = {
    "account-deleted": {},
    "account-exists": {"signin_link": LINK, "reset_link": LINK},
    "confirm-email": {"link": LINK, "lifetime": 24 * HOUR},
    "confirm-registration": {"link": LINK, "lifetime": HOUR},
    "deletion-asked": {"account_link": LINK, "reset_link": LINK, "due": WHEN},
    "email-changed": {"new_email": "a…@example.org", "when": WHEN},
    "password-changed": {"reset_link": LINK, "when": WHEN},
    "reset-password": {"link": LINK, "lifetime": HOUR, "ip_address": "192.0.2.7", "user_agent": "Firefox/140.0"},
    "reset-started": {"link": LINK, "lifetime": HOUR},
    "test-mail": {},
}
KINDS = sorted(VALUES)


@cache
def templates_of(
    store_name: str = "Salt & <Pepper>", *, accent: str = "#c8391f", locale: str = "en", timezone: str = "UTC"
) -> MailTemplates:
    """The emails of a store, compiled once."""
    return MailTemplates(store_name, SITE_URL, accent, Wording(locale, ZoneInfo(timezone)))
