"""`album-store make-admin`: gives an account the admin role."""

import argparse
import sys
from functools import partial
from pathlib import Path

from email_validator import EmailNotValidError
from pyramid.request import Request
from sqlalchemy import select

from album_store.bin.open_store import open_store
from album_store.data.account import Account
from album_store.infrastructure.email_addresses import canonical_email, email_line
from album_store.services.account.role_service import ADMIN, UnknownAccountError
from album_store.services.audit_service import Actor
from album_store.worker.service_request import run_in_transaction


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "make-admin",
        help="give an account the admin role",
        description="Gives an account the admin role. Register in the store first: a new store has no accounts.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.add_argument("email", help="the email address of the account")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Grant the role and print the result; 1 if there is no such account. Raises IniFileError and SettingsError."""
    try:
        email = canonical_email(email_line(args.email))
        with open_store(args.ini_file) as registry:
            is_new, is_disabled = run_in_transaction(registry, partial(_make_admin, email))
    except EmailNotValidError:
        sys.stderr.write(f"{args.email} is not a valid email address. Write one such as name@example.org.\n")
        return 1
    except UnknownAccountError:
        sys.stderr.write(
            f"{email} has no account. Register in the store with this address, confirm it, then try again.\n"
        )
        return 1
    sys.stdout.write(f"{email} is {'now' if is_new else 'already'} an admin.\n")
    if is_disabled:
        sys.stdout.write("The account is disabled and cannot sign in until another admin enables it.\n")
    return 0


def _make_admin(email: str, request: Request) -> tuple[bool, bool]:
    """Grant the role. Returns whether the account did not have it before, and whether the account is disabled."""
    is_new = request.role_service.grant(email, ADMIN, Actor("album-store make-admin"))
    return is_new, request.dbsession.scalar(select(Account.disabled).where(Account.email == email))
