"""`album-store send-test-mail`: sends a test email with the store's email settings."""

import argparse
import sys
from pathlib import Path

from email_validator import EmailNotValidError

from album_store.bin.open_store import read_ini_file
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.email_addresses import canonical_email, email_line
from album_store.infrastructure.mail import mail_errors
from album_store.infrastructure.mail.mail_templates import make_mail_templates
from album_store.infrastructure.mail.mail_transport import make_mailer
from album_store.infrastructure.settings import Settings, read_settings
from album_store.worker.mail_worker import to_message


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "send-test-mail",
        help="send a test email",
        description="Sends a test email at once, without the outbox, with the store's email settings.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.add_argument("email", help="the address to send it to")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Send the email and print the result; returns 1 if it was not sent. Raises IniFileError, SettingsError."""
    settings = read_settings(read_ini_file(args.ini_file))
    try:
        recipient = canonical_email(email_line(args.email))
        make_mailer(settings).send_immediately(to_message(_test_mail(settings, recipient), settings))
    except EmailNotValidError:
        sys.stderr.write(f"{args.email} is not a valid email address. Write one such as name@example.org.\n")
        return 1
    except Exception as error:  # as in the worker: a password that is not ASCII is no OSError
        sys.stderr.write(f"The test email to {recipient} was not sent: {mail_errors.explain(error)}\n")
        return 1
    sys.stdout.write(f"{_result(settings, recipient)}\n")
    return 0


def _test_mail(settings: Settings, recipient: str) -> OutgoingMail:
    written = make_mail_templates(settings).render("test-mail")
    return OutgoingMail(
        id=new_id(),
        created_date=utc_now(),
        recipient=recipient,
        subject=written.subject,
        text_body=written.text,
        html_body=written.html,
    )


def _result(settings: Settings, recipient: str) -> str:
    if settings.mail_delivery == "mailbox":
        folder = settings.mail_mailbox_folder.resolve()
        return f"The test email to {recipient} was saved in {folder}, because mail.delivery = mailbox."
    return f"The mail server {settings.mail_host}:{settings.mail_port} accepted the test email to {recipient}."
