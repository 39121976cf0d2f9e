"""Renders a mail: subject, text and HTML from one folder of templates."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chameleon import PageTemplateLoader

from album_store.infrastructure import template_lock
from album_store.infrastructure.security.user_agents import browser_name
from album_store.infrastructure.theme import on_colour
from album_store.infrastructure.wording import isolated

TEMPLATES_FOLDER = Path(__file__).parents[2] / "email" / "templates"
MAX_SUBJECT_LENGTH = 300

# Values that a mail may omit.
OPTIONAL_VALUES = {"ip_address": "", "user_agent": ""}


@dataclass(frozen=True)
class RenderedMail:
    """A mail as it will be sent."""

    subject: str
    text: str
    html: str


class MailTemplateError(Exception):
    """A mail cannot be rendered. The message names the mail but no values: a working link may be among them."""


class MailTemplates:
    """Renders the mails of `email/templates`.

    Besides its own values, each template gets `store_name`, `site_url`, `accent`, `on_accent`, `browser_name` and
    `isolated`.
    """

    def __init__(self, store_name: str, site_url: str, accent: str) -> None:
        template_lock.install()
        self._loader = PageTemplateLoader(str(TEMPLATES_FOLDER))
        self._shared_values = {
            "store_name": store_name,
            "site_url": site_url,
            "accent": accent,
            "on_accent": on_colour(accent),
            "browser_name": browser_name,
            "isolated": isolated,
        }

    def render(self, kind: str, **values: Any) -> RenderedMail:
        """Render the mail of one folder. Raises MailTemplateError if a template is broken or lacks a value."""
        try:
            return self._render(kind, OPTIONAL_VALUES | self._shared_values | values)
        except Exception as error:
            # Chameleon's own message shows all values of the template; ours is logged.
            missing = f" {error.args[0]}" if isinstance(error, NameError) else ""
            reason = f"{type(error).__name__}{missing}"
        raise MailTemplateError(f"the mail {kind} cannot be written: {reason}")

    def _render(self, kind: str, values: dict[str, Any]) -> RenderedMail:
        html = self._loader.load(f"{kind}/body.html", "xml")
        return RenderedMail(
            subject=one_line(self._text(f"{kind}/subject.txt", values))[:MAX_SUBJECT_LENGTH],
            text=self._text(f"{kind}/body.txt", values),
            html=html.render(**values),
        )

    def _text(self, path: str, values: dict[str, Any]) -> str:
        return self._loader.load(path, "text").render(**values).decode()


def one_line(text: str) -> str:
    """Return the text on one line: runs of whitespace and control characters become one space."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()
