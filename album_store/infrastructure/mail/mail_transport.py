"""Email transport: through a mail server, or into a folder on this machine."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from email.message import Message
from email.policy import compat32
from email.utils import formataddr

from pyramid_mailer.mailer import Mailer
from repoze.sendmail.encoding import cleanup_message

from album_store.infrastructure.mail.mail_templates import one_line
from album_store.infrastructure.mail.mailbox import Mailbox
from album_store.infrastructure.settings import Settings

TIMEOUT_S = 10  # for each reply of the server
# For all replies together: a server that answers byte by byte must not delay the other emails. Shorter than the first
# pause of the worker, so that no other worker begins the next attempt during this one.
DEADLINE_S = 45

# pyramid_mailer leaves bare line feeds, which mail servers reject because of SMTP smuggling.
_WIRE_POLICY = compat32.clone(linesep="\r\n")
WELCOME = 220


class SmtpDelivery:
    """Sends messages to the mail server and verifies its certificate.

    Replaces pyramid_mailer's own SMTP mailer, which accepts any certificate.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, sender: str, recipients: Iterable[str], message: Message) -> None:
        """Send at once. Raises OSError, of which smtplib.SMTPException is one, if the server did not accept it."""
        content = cleanup_message(message).as_bytes(policy=_WIRE_POLICY)
        connection = self._connection()
        deadline = threading.Timer(DEADLINE_S, _hang_up, [connection])
        deadline.start()
        try:
            self._introduce(connection)
            connection.sendmail(sender, list(recipients), content)
        finally:
            # By now the email is accepted or rejected; an error on QUIT changes neither.
            with suppress(OSError):
                connection.quit()
            connection.close()
            deadline.cancel()

    def _connection(self) -> smtplib.SMTP:
        if self._settings.mail_tls == "implicit":
            return smtplib.SMTP_SSL(timeout=TIMEOUT_S, context=ssl.create_default_context())
        return smtplib.SMTP(timeout=TIMEOUT_S)

    def _introduce(self, connection: smtplib.SMTP) -> None:
        # smtplib takes the name to verify the certificate against only in its constructor, which connects at once.
        connection._host = self._settings.mail_host
        code, greeting = connection.connect(self._settings.mail_host, self._settings.mail_port)
        if code != WELCOME:
            raise smtplib.SMTPConnectError(code, greeting)
        if self._settings.mail_tls == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if self._settings.mail_username:
            connection.login(self._settings.mail_username, self._settings.mail_password)


def _hang_up(connection: smtplib.SMTP) -> None:
    with suppress(OSError, AttributeError):  # it may just have been closed
        connection.sock.shutdown(socket.SHUT_RDWR)


def make_mailer(settings: Settings) -> Mailer:
    """Return the mailer for the settings; its sender has the name of the store."""
    local = settings.mail_delivery == "mailbox"
    delivery = Mailbox(settings.mail_mailbox_folder) if local else SmtpDelivery(settings)
    sender = formataddr((one_line(settings.store_name), settings.mail_sender))
    return Mailer(smtp_mailer=delivery, default_sender=sender)
