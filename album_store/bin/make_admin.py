"""`album-store make-admin`: lets somebody run the store."""

import argparse
import sys
from pathlib import Path

from sqlalchemy import select

from album_store.bin.database import open_database
from album_store.bin.ini_file import read_ini_file
from album_store.data.account import Account
from album_store.services.account.role_service import RoleService, UnknownAccountError
from album_store.services.audit_service import Actor, AuditService


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "make-admin",
        help="give an account the role admin",
        description="Gives an account the role admin. A new store has no account: register in it first.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.add_argument("email", help="the address of an account")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Give the role, and say so. Raises IniFileError and SettingsError."""
    settings = read_ini_file(args.ini_file)
    email = args.email.strip().lower()
    try:
        with open_database(settings) as db_sessions, db_sessions.begin() as dbsession:
            audit = AuditService(dbsession, Actor("album-store make-admin"))
            is_new = RoleService(dbsession, audit).grant(email, "admin")
            is_disabled = dbsession.scalar(select(Account.disabled).where(Account.email == email))
    except UnknownAccountError:
        sys.stderr.write(f"There is no account {email}. Register it in the store, confirm it, and try again.\n")
        return 1
    sys.stdout.write(f"{email} {'is an admin now' if is_new else 'was an admin already'}.\n")
    if is_disabled:
        sys.stdout.write("It cannot sign in, because it is disabled: another admin has to enable it.\n")
    return 0
