"""How a mail is written: subject, text and HTML from one folder of templates."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chameleon import PageTemplateLoader

from album_store.infrastructure import template_lock
from album_store.infrastructure.security.user_agents import browser_name
from album_store.infrastructure.theme import on_colour

TEMPLATES_FOLDER = Path(__file__).parents[2] / "email" / "templates"
MAX_SUBJECT_LENGTH = 300

# What a mail may do without.
OPTIONAL_VALUES = {"ip_address": "", "user_agent": ""}


@dataclass(frozen=True)
class RenderedMail:
    """A mail as it will be sent."""

    subject: str
    text: str
    html: str


class MailTemplateError(Exception):
    """A mail cannot be written. Says which, and nothing of its values: a link that works may be among them."""


class MailTemplates:
    """Renders the mails of `email/templates`.

    Beside its own values each template knows `store_name`, `site_url`, and the accent colour and what is legible on it.
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
        }

    def render(self, kind: str, **values: Any) -> RenderedMail:
        """Write the mail of one folder. Raises MailTemplateError when a template is broken or misses a value."""
        try:
            return self._render(kind, OPTIONAL_VALUES | self._shared_values | values)
        except Exception as error:
            # Chameleon's own message shows all values of the template, and this one ends up in the log.
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
    """The text on one line: runs of spaces, line ends and other controls become one space."""
    return re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()
