"""One mail of the development mailbox."""

import re
from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from album_store.infrastructure.mail.mailbox import Mailbox

# The full stop or bracket behind an address belongs to the sentence.
_ADDRESS = re.compile(r"(https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'])")


@dataclass(frozen=True)
class TextPiece:
    """A stretch of the text part: an address to follow, or words between addresses."""

    text: str
    is_link: bool


def split_text(text: str) -> list[TextPiece]:
    """Cut a text at its http and https addresses."""
    # The pattern has a group, so each second piece is an address.
    return [TextPiece(piece, place % 2 == 1) for place, piece in enumerate(_ADDRESS.split(text))]


class MailboxDetailsViewModel:
    """What the page of one mail shows. Raises HTTPNotFound when there is no such mail."""

    def __init__(self, request: Request) -> None:
        mail = Mailbox(request.store_settings.mail_mailbox_folder).find(request.matchdict["name"])
        if mail is None:
            raise HTTPNotFound
        self.mail = mail

    @property
    def framed_html(self) -> str:
        """The HTML part, changed so that its links leave the frame."""
        return self.mail.html.replace("<head>", '<head><base target="_top">', 1)

    def to_dict(self) -> dict[str, Any]:
        """What the template needs."""
        return {"mail": self.mail, "pieces": split_text(self.mail.text)}
