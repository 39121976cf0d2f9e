"""The list of emails in the development mailbox."""

from typing import Any

from pyramid.request import Request

from album_store.infrastructure.mail.mailbox import Mailbox

MAX_SHOWN = 100


class MailboxIndexViewModel:
    """The newest emails, at most MAX_SHOWN."""

    def __init__(self, request: Request) -> None:
        self.mails = Mailbox(request.store_settings.mail_mailbox_folder).newest(MAX_SHOWN)

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        return {"mails": self.mails}
