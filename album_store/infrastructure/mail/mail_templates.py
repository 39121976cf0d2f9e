"""Renders an email: subject, text and HTML from one folder of templates."""

import re
import textwrap
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from chameleon import PageTemplateLoader

from album_store.infrastructure import template_compiler
from album_store.infrastructure.mail.mail_colours import MailColours
from album_store.infrastructure.security.user_agents import browser_name
from album_store.infrastructure.settings import Settings
from album_store.infrastructure.theme import on_colour
from album_store.infrastructure.wording import Wording, isolated, spoken_length

TEMPLATES_FOLDER = Path(__file__).parents[2] / "email" / "templates"
TEXT_WIDTH = 72
# With it every subject has fewer than 60 characters, which phones show whole.
MAX_NAME_IN_SUBJECT = 22

# As in tokens.css. Email clients load no fonts, so the heading font shows where it is installed.
TEXT_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
HEADING_FONT = f"'Bricolage Grotesque', {TEXT_FONT}"

# Emails to those who run the store, who would reply to themselves.
KINDS_FOR_OWNERS = frozenset({"dispute", "order-problem", "test-mail"})

# Values that an email may omit.
OPTIONAL_VALUES = {"ip_address": "", "user_agent": ""}


@dataclass(frozen=True)
class RenderedMail:
    """An email as it will be sent."""

    subject: str
    text: str
    html: str


class MailTemplateError(Exception):
    """An email cannot be rendered. The message names its kind but no values, among which may be a working link."""


class MailTemplates:
    """Renders the emails of `email/templates`.

    Besides its own values, each template gets those of `_shared_values`, and whether it `is_for_owner`; the HTML layout
    also gets the `subject`. Email clients may drop `<style>`, so the light colours are inline and only dark mode
    depends on it.
    """

    def __init__(self, store_name: str, site_url: str, accent: str, wording: Wording) -> None:
        template_compiler.install()
        self._loader = PageTemplateLoader(str(TEMPLATES_FOLDER))
        light = MailColours.light(accent)
        self._shared_values = {
            "store_name": store_name,
            "site_url": site_url,
            "accent": accent,
            "on_accent": on_colour(accent),
            "light": light,
            "dark": MailColours.dark(accent),
            "link_style": f"color: {light.accent_ink}",
            "soft_style": f"color: {light.ink_soft}; font-size: 14px",
            "text_font": TEXT_FONT,
            "heading_font": HEADING_FONT,
            "browser_name": browser_name,
            "duration": _duration,
            "isolated": isolated,
            "wording": wording,
        }

    def render(self, kind: str, **values: Any) -> RenderedMail:
        """Render the email of one folder. Raises MailTemplateError if a template is broken or lacks a value."""
        try:
            is_for_owner = {"is_for_owner": kind in KINDS_FOR_OWNERS}
            return self._render(kind, OPTIONAL_VALUES | self._shared_values | is_for_owner | values)
        except Exception as error:
            # Chameleon's own message shows all values of the template; ours is logged.
            missing = f" {error.args[0]}" if isinstance(error, NameError) else ""
            reason = f"{type(error).__name__}{missing}"
        raise MailTemplateError(f"the email {kind} cannot be rendered: {reason}")

    def _render(self, kind: str, values: dict[str, Any]) -> RenderedMail:
        named_briefly = values | {"store_name": _shortened(one_line(values["store_name"]))}
        subject = one_line(self._text(f"{kind}/subject.txt", named_briefly))
        text = self._text(f"{kind}/body.txt", values) + self._text("shared/_footer.txt", values)
        html = self._loader.load(f"{kind}/body.html", "xml").render(subject=subject, **values)
        return RenderedMail(subject, _wrapped(text), html)

    def _text(self, path: str, values: dict[str, Any]) -> str:
        return self._loader.load(path, "text").render(**values).decode()


def make_mail_templates(settings: Settings) -> MailTemplates:
    """Return the templates with the name, address, accent, locale and time zone of the store."""
    wording = Wording(settings.locale, settings.timezone)
    return MailTemplates(settings.store_name, settings.site_url, settings.accent, wording)


def one_line(text: str) -> str:
    """Return the text on one line: runs of whitespace and control characters become one space."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()


def _shortened(name: str) -> str:
    return name if len(name) <= MAX_NAME_IN_SUBJECT else f"{name[: MAX_NAME_IN_SUBJECT - 1].rstrip()}\u2026"


def _wrapped(text: str) -> str:
    """Wrap each line at TEXT_WIDTH, but never within a word, such as a link."""
    lines = (
        textwrap.fill(line, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
    )
    return "\n".join(lines)


def _duration(time: timedelta) -> str:
    return spoken_length(int(time.total_seconds() * 1000))
