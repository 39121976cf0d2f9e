"""One email in the development mailbox."""

import re
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from album_store.infrastructure.mail.mailbox import Mailbox

# Punctuation after a URL belongs to the sentence.
_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'])")


@dataclass(frozen=True)
class TextPiece:
    """A piece of the text part: a URL, or the text between URLs."""

    text: str
    is_link: bool


def split_text(text: str) -> list[TextPiece]:
    """Split a text at its http and https URLs."""
    # The pattern has a group, so every second piece is a URL.
    return [TextPiece(piece, place % 2 == 1) for place, piece in enumerate(_ADDRESS.split(text))]


class MailboxDetailsViewModel:
    """The page of one email. Raises HTTPNotFound if it does not exist."""

    def __init__(self, request: Request) -> None:
        mail = Mailbox(request.store_settings.mail_mailbox_folder).find(request.matchdict["name"])
        if mail is None:
            raise HTTPNotFound
        self.mail = mail

    @property
    def framed_html(self) -> str:
        """The HTML part with a `<base>` that makes links open outside the frame."""
        return self.mail.html.replace("<head>", '<head><base target="_top">', 1)

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        return {"mail": self.mail, "pieces": split_text(self.mail.text)}
