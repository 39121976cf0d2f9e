"""Failed deliveries: whether they are permanent, and what may be stored and logged."""

import re
import smtplib

from album_store.infrastructure.mail.mail_templates import one_line

MAX_EXPLANATION_LENGTH = 500
FIRST_PERMANENT_CODE = 500


def is_refusal(error: Exception) -> bool:
    """Return whether the server rejected the recipient or message for good (a 5xx reply, RFC 5321 section 4.2.1).

    A 5xx reply to the greeting, the password or the sender points to wrong settings, which the owner can correct while
    the email waits.
    """
    reply = _reply(error) if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) else None
    return reply is not None and reply[0] >= FIRST_PERMANENT_CODE


def explain(error: Exception) -> str:
    """Return what to store of a failure: one line of at most 500 characters without secrets.

    Only the mail server and the operating system are quoted, as other errors may quote the email. Long words are left
    out, as a server may quote a link that it rejects.
    """
    words = re.sub(r"[\w-]{30,}", "***", one_line(_quotable(error)))
    return f"{type(error).__name__} {words}".rstrip()[:MAX_EXPLANATION_LENGTH]


def label(error: Exception) -> str:
    """Return what to log of a failure: its class and the server's code, never its text, which may hold an address."""
    reply = _reply(error)
    return f"{type(error).__name__}-{reply[0]}" if reply else type(error).__name__


def _quotable(error: Exception) -> str:
    reply = _reply(error)
    if reply:
        return f"{reply[0]} {reply[1]}"
    return str(error) if isinstance(error, OSError) else ""


def _reply(error: Exception) -> tuple[int, str] | None:
    """Return the code and text of the server's reply, or None if the error is not a reply."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return None
    return code, words.decode("utf-8", "replace") if isinstance(words, bytes) else words
