"""The settings of the store: read once, validated together, immutable."""

import dataclasses
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pyramid.config import Configurator

from album_store.infrastructure import setting_types as types

# The host in the production.ini that ships with the store. With it, links in emails would point to another site.
PLACEHOLDER_HOST = "store.example"

# Settings of earlier versions, and what to do instead. Without this list, an old setting in the ini file would be
# reported as a spelling mistake, and one in the environment would be ignored.
REMOVED_SETTINGS = {
    "mail.mailbox": "Remove it: mail.delivery = mailbox now stores email in files and shows it at /mail.",
}


class SettingsError(Exception):
    """The settings are invalid. The message lists each mistake and how to fix it."""


def _setting(key: str, read: types.Reader, default: str | None = None) -> Any:
    """Declare a field that is read from `key` in the ini file.

    Without a default the setting is required, and `read` must refuse an empty text.
    """
    return dataclasses.field(repr=not _may_hold_password(key), metadata={"key": key, "read": read, "default": default})


def _may_hold_password(key: str) -> bool:
    """Return whether the value may contain a password and must be kept out of messages."""
    return "password" in key or "secret" in key or key in {"limits.storage", "sqlalchemy.url"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings of the store. Each is documented in docs/settings.md."""

    environment: str = _setting("store.environment", types.one_of("development", "production"), "production")
    site_url: str = _setting("store.site_url", types.site_url)
    store_name: str = _setting("store.name", types.text, "Album Store")
    store_words: str = _setting("store.words", types.optional_text, "")
    accent: str = _setting("store.accent", types.colour, "#c8391f")
    currency: str = _setting("store.currency", types.currency, "EUR")
    locale: str = _setting("store.locale", types.locale, "en")
    timezone: ZoneInfo = _setting("store.timezone", types.timezone, "UTC")
    demo_catalogue: bool = _setting("store.demo_catalogue", types.boolean, "false")

    database_url: str = _setting("sqlalchemy.url", types.database_url)
    database_echo: bool = _setting("sqlalchemy.echo", types.boolean, "false")
    media_folder: Path = _setting("media.folder", types.path)

    mail_delivery: str = _setting("mail.delivery", types.one_of("smtp", "mailbox"), "smtp")
    mail_worker: str = _setting("mail.worker", types.one_of("thread", "process"), "thread")
    mail_mailbox_folder: Path = _setting("mail.mailbox_folder", types.path, "mailbox")
    mail_sender: str = _setting("mail.sender", types.email)
    mail_host: str = _setting("mail.host", types.text, "localhost")
    mail_port: int = _setting("mail.port", types.whole_number(1, 65_535), "587")
    mail_tls: str = _setting("mail.tls", types.one_of("starttls", "implicit", "none"), "starttls")
    mail_username: str = _setting("mail.username", types.optional_text, "")
    mail_password: str = _setting("mail.password", types.optional_text, "")

    payment_gateway: str = _setting("payments.gateway", types.one_of("none", "local", "stripe"), "none")
    payments_folder: Path = _setting("payments.folder", types.path, "payments")
    stripe_secret_key: str = _setting("stripe.secret_key", types.optional_text, "")
    stripe_webhook_secrets: str = _setting("stripe.webhook_secrets", types.optional_text, "")
    stripe_api_url: str = _setting("stripe.api_url", types.site_url, "https://api.stripe.com")
    stripe_checkout_origin: str = _setting("stripe.checkout_origin", types.site_url, "https://checkout.stripe.com")
    checkout_withdrawal: str = _setting("checkout.withdrawal", types.one_of("none", "consent"), "none")
    orders_keep_years: int = _setting("orders.keep_years", types.whole_number(1, 30), "10")
    seller_name: str = _setting("seller.name", types.optional_text, "")
    seller_address: str = _setting("seller.address", types.optional_text, "")
    seller_tax_number: str = _setting("seller.tax_number", types.optional_text, "")
    seller_note: str = _setting("seller.note", types.optional_text, "")
    seller_terms_url: str = _setting("seller.terms_url", types.optional_url, "")
    seller_privacy_url: str = _setting("seller.privacy_url", types.optional_url, "")

    refunds_revoke_access: bool = _setting("refunds.revoke_access", types.boolean, "true")

    reset_minutes: int = _setting("reset.minutes", types.whole_number(1, 1_440), "60")
    reset_queue_seconds: int = _setting("reset.queue_seconds", types.whole_number(1, 300), "10")
    registration_hours: int = _setting("registration.hours", types.whole_number(1, 168), "24")
    session_idle_days: int = _setting("session.idle_days", types.whole_number(1, 90), "14")
    session_days: int = _setting("session.days", types.whole_number(1, 365), "30")
    session_admin_hours: int = _setting("session.admin_hours", types.whole_number(1, 168), "12")
    audit_days: int = _setting("audit.days", types.whole_number(1, 3_650), "90")

    limits_storage: str = _setting("limits.storage", types.counters, "memory")

    # The minimum is that of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
    hash_memory_kib: int = _setting("password.memory_kib", types.whole_number(19_456, 4_194_304), "19456")
    hash_passes: int = _setting("password.passes", types.whole_number(2, 100), "2")
    hash_lanes: int = _setting("password.lanes", types.whole_number(1, 64), "1")
    hashes_at_once: int = _setting("password.hashes_at_once", types.whole_number(1, 256), "1")

    @property
    def secure(self) -> bool:
        """Whether the store uses https, so that cookies can be Secure."""
        return self.site_url.startswith("https:")

    @property
    def shows_mailbox(self) -> bool:
        """Whether email is stored in files and shown at /mail, to every visitor."""
        return self.mail_delivery == "mailbox"

    @property
    def reset_lifetime(self) -> timedelta:
        """How long a password reset link works."""
        return timedelta(minutes=self.reset_minutes)

    @property
    def registration_lifetime(self) -> timedelta:
        """How long a link that confirms an email address works."""
        return timedelta(hours=self.registration_hours)


def read_settings(ini: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Settings:
    """Build the settings from the ini file and the environment.

    Variables such as `ALBUM_STORE_MAIL_PASSWORD` override the ini file. Raises SettingsError, which lists all mistakes.
    """
    values: dict[str, Any] = {}
    mistakes = _unknown_keys(ini) + _removed_keys(ini, environ)
    for field in dataclasses.fields(Settings):
        key, read, default = (field.metadata[name] for name in ("key", "read", "default"))
        raw = environ.get(_environment_name(key), ini.get(key, default))
        try:
            values[field.name] = read("" if raw is None else str(raw).strip())
        except ValueError as error:
            reason = f"It {error}".removesuffix(".")
            if raw is None:
                mistakes.append(f"{key} is missing. Add it to the ini file. {reason}.")
            else:
                mistakes.append(f"{key} = {'***' if _may_hold_password(key) else raw} is not valid. {reason}.")
    mistakes += _contradictions(values)
    if mistakes:
        raise SettingsError("The settings are not valid:\n" + "\n".join(f"  - {mistake}" for mistake in mistakes))
    return Settings(**values)


def _environment_name(key: str) -> str:
    return f"ALBUM_STORE_{key.upper().replace('.', '_')}"


def _unknown_keys(ini: Mapping[str, Any]) -> list[str]:
    """Return the unknown settings that share a prefix with ours. They are probably misspelt."""
    known = [field.metadata["key"] for field in dataclasses.fields(Settings)]
    prefixes = {key.partition(".")[0] for key in known}
    ours = (key for key in ini if key.partition(".")[0] in prefixes and "." in key)
    unknown = (key for key in ours if key not in known and key not in REMOVED_SETTINGS)
    nearest = {key: get_close_matches(key, known, n=1) for key in unknown}
    return [
        f"{key} is not a setting. " + (f"Did you mean {near[0]}?" if near else "Remove it.")
        for key, near in nearest.items()
    ]


def _removed_keys(ini: Mapping[str, Any], environ: Mapping[str, str]) -> list[str]:
    """Return the removed settings that are still set, in the file or the environment, and what to do instead."""
    return [
        f"{name} is no longer a setting. {instead}"
        for key, instead in REMOVED_SETTINGS.items()
        for name, place in ((key, ini), (_environment_name(key), environ))
        if name in place
    ]


def _contradictions(values: Mapping[str, Any]) -> list[str]:
    """Return the values that are valid on their own but not in combination."""
    found = _missing_of_stripe(values)
    if values.get("environment") == "production":
        site_url = values.get("site_url", "https://")
        if values.get("mail_delivery") == "mailbox":
            found.append("mail.delivery = mailbox shows every email to every visitor. In production, set it to smtp.")
        if values.get("payment_gateway") == "local":
            found.append("payments.gateway = local gives everything away. In production, set it to none.")
        if not site_url.startswith("https:"):
            found.append(
                "store.site_url must begin with https:// in production. Without it, passwords and cookies are sent "
                "unencrypted."
            )
        if site_url.endswith(f"//{PLACEHOLDER_HOST}"):
            found.append("store.site_url is still the placeholder. Set it to the URL of your store.")
        if values.get("mail_sender", "").endswith(f"@{PLACEHOLDER_HOST}"):
            found.append("mail.sender is still the placeholder. Set it to an email address whose inbox you read.")
    return found


def _missing_of_stripe(values: Mapping[str, Any]) -> list[str]:
    """Return what payments.gateway = stripe lacks."""
    if values.get("payment_gateway") != "stripe":
        return []
    found = []
    if find_spec("stripe") is None:
        found.append("payments.gateway = stripe needs its library. Run: pip install 'album-store[stripe]'.")
    if not re.fullmatch(r"[rs]k_(test|live)_[A-Za-z0-9_]+", values.get("stripe_secret_key", "")):
        found.append("stripe.secret_key must be a secret or restricted key of Stripe, such as sk_live_...")
    secrets = values.get("stripe_webhook_secrets", "").split()
    if not secrets or not all(secret.startswith("whsec_") for secret in secrets):
        found.append("stripe.webhook_secrets must be the signing secret of the webhook, whsec_..., or several.")
    if not values.get("seller_address"):
        found.append("seller.address is missing. Buyers must know who sells. Add your postal address.")
    return found


def includeme(config: Configurator) -> None:
    """Add `request.store_settings`. Raises SystemExit with the list of mistakes instead of a traceback."""
    try:
        settings = read_settings(config.registry.settings)
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    config.registry.store_settings = settings
    config.add_request_method(lambda request: request.registry.store_settings, "store_settings", reify=True)
