"""The mailbox of a store in development: emails are written to files instead of sent."""

import logging
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from email.utils import parseaddr
from pathlib import Path

from repoze.sendmail.encoding import cleanup_message

from album_store.data import types

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}\.eml")
SHOWN_HEADERS = ("From", "To", "Subject", "Message-ID")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredMail:
    """A parsed email of the mailbox, and when it was written; an unreadable one has empty parts."""

    name: str
    date: datetime
    headers: dict[str, str]
    text: str
    html: str

    @property
    def subject(self) -> str:
        """The subject, or `(no subject)`."""
        return self.headers.get("Subject") or "(no subject)"

    @property
    def recipient(self) -> str:
        """The To header, or an empty string."""
        return self.headers.get("To", "")


class Mailbox:
    """A folder of .eml files, named by the time of writing and the id of the email.

    Only the user of the process may read them, as they hold working links.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, _sender: str, _recipients: Iterable[str], message: Message) -> None:
        """Write one file atomically. Raises OSError if that fails."""
        content = cleanup_message(message).as_bytes()
        mail_id = parseaddr(message["Message-ID"])[1].partition("@")[0]
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            file.write(content)
        Path(file.name).replace(self._folder / f"{types.utc_now():%Y%m%dT%H%M%S.%fZ}-{mail_id}.eml")

    def newest(self, count: int) -> list[StoredMail]:
        """Return up to `count` emails, newest first."""
        names = sorted((path.name for path in self._folder.glob("*.eml")), reverse=True)
        return [mail for name in names[:count] if (mail := self.find(name))]

    def find(self, name: str) -> StoredMail | None:
        """Return one email, or None if the name is not that of a plain file in the folder."""
        path = self._folder / name if _NAME.fullmatch(name) else None
        if path is None or path.is_symlink() or not path.is_file():
            return None
        return _read(path)


def _read(path: Path) -> StoredMail:
    date = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    try:
        message = message_from_bytes(path.read_bytes(), EmailMessage, policy=default)
        headers = {name: str(message[name]) for name in SHOWN_HEADERS if message[name]}
        return StoredMail(path.name, date, headers, _part(message, "plain"), _part(message, "html"))
    except Exception:  # what the parser raises for a malformed email is not documented
        log.warning("event=mail-unreadable name=%s", path.name, exc_info=True)
        return StoredMail(path.name, date, {"Subject": "(unreadable)"}, "", "")


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part else ""
