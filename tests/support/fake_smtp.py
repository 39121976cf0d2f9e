"""A small mail server in a thread. It keeps the emails it receives, and misbehaves if a test asks for it."""

import socketserver
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from album_store.infrastructure.settings import Settings, read_settings

HANG_UP = "(hang up)"
SILENCE = "(silence)"
PATIENCE = "(patience)"


@dataclass(frozen=True)
class ReceivedMail:
    """An email that the server accepted."""

    sender: str
    recipients: list[str]
    content: bytes


def mail_settings(folder: Path, **mail: object) -> Settings:
    """Return the settings of a store in `folder`. Keyword arguments are mail settings (`port=25`)."""
    ini = {
        "store.environment": "development",
        "store.site_url": "http://localhost:6543",
        "store.name": "Salt",
        "sqlalchemy.url": f"sqlite:///{folder}/store.sqlite",
        "media.folder": f"{folder}/media",
        "mail.sender": "hello@salt.example",
        "mail.mailbox_folder": f"{folder}/mailbox",
    }
    return read_settings(ini | {f"mail.{name}": value for name, value in mail.items()}, environ={})


class FakeSmtp:
    """An SMTP server on local `port`, which runs while it is used as a context manager.

    `answers` replaces the reply to a step (GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, CONTENT, QUIT) with a line
    of its own, HANG_UP, SILENCE, or PATIENCE, which sends the usual reply after `go_on()`. `reached` is set once the
    server waits. With a `certificate` (a PEM file that includes the key) it offers STARTTLS or, if `implicit`, uses TLS
    from the start.
    """

    def __init__(self, certificate: Path | None = None, *, implicit: bool = False) -> None:
        self.answers: dict[str, str] = {}
        self.mails: list[ReceivedMail] = []
        self.passwords: list[str] = []
        self.reached = threading.Event()
        self.implicit = implicit
        self.tls: ssl.SSLContext | None = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate)
        self.waiting_is_over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.smtp = self
        self.port = self._server.server_address[1]

    def __enter__(self) -> "FakeSmtp":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on()
        self._server.shutdown()
        self._server.server_close()

    def go_on(self) -> None:
        """Stop waiting."""
        self.waiting_is_over.set()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    smtp: FakeSmtp

    def handle_error(self, *_: object) -> None:
        """Ignore clients that disconnect early."""


class _Conversation(socketserver.BaseRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Reply line by line until either side hangs up."""
        self.smtp: FakeSmtp = self.server.smtp
        self.sender, self.recipients = "", []
        if self.smtp.tls and self.smtp.implicit:
            self._encrypt()
        self.lines = self.request.makefile("rb")
        with suppress(ConnectionError, ssl.SSLError, _HungUpError):
            self._reply("GREETING", "220 fake.example ready")
            while line := self.lines.readline().decode().strip():
                self._answer(line)

    def finish(self) -> None:
        """Close the socket, which may have been replaced by a TLS socket."""
        self.request.close()

    def _answer(self, line: str) -> None:
        verb = line.upper().split()[0]
        if verb == "EHLO":
            offers = "250-STARTTLS\r\n" if self.smtp.tls and not isinstance(self.request, ssl.SSLSocket) else ""
            self._reply("EHLO", f"250-fake.example\r\n{offers}250 AUTH PLAIN")
        elif verb == "STARTTLS":
            self._reply("STARTTLS", "220 go ahead")
            self._encrypt()
            self.lines = self.request.makefile("rb")
        elif verb == "AUTH":
            self.smtp.passwords.append(line)
            self._reply("AUTH", "235 welcome")
        elif verb == "MAIL":
            self.sender, self.recipients = line.partition("<")[2].partition(">")[0], []
            self._reply("MAIL", "250 ok")
        elif verb == "RCPT":
            self.recipients.append(line.partition("<")[2].partition(">")[0])
            self._reply("RCPT", "250 ok")
        elif verb == "DATA":
            self._reply("DATA", "354 go on")
            self._take_content()
        elif verb == "QUIT":
            self._reply("QUIT", "221 bye")
            raise _HungUpError
        else:
            self._reply(verb, "250 ok")

    def _take_content(self) -> None:
        lines = []
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise _HungUpError
            lines.append(line.removeprefix(b"."))
        if self.smtp.answers.get("CONTENT", PATIENCE) == PATIENCE:
            self.smtp.mails.append(ReceivedMail(self.sender, self.recipients, b"".join(lines)))
        self._reply("CONTENT", "250 taken")

    def _reply(self, step: str, usual: str) -> None:
        answer = self.smtp.answers.get(step, usual)
        if answer in {SILENCE, PATIENCE}:
            self.smtp.reached.set()
            self.smtp.waiting_is_over.wait()
        if answer in {SILENCE, HANG_UP}:
            raise _HungUpError
        self.request.sendall(f"{usual if answer == PATIENCE else answer}\r\n".encode())

    def _encrypt(self) -> None:
        self.request = self.smtp.tls.wrap_socket(self.request, server_side=True)


class _HungUpError(Exception):
    """The conversation is over."""
