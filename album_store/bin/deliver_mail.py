"""`album-store deliver-mail`: sends what stands in the outbox, in a process of its own."""

import argparse
import signal
from pathlib import Path

from album_store.bin.database import open_database
from album_store.bin.ini_file import read_ini_file
from album_store.infrastructure.mail.mail_transport import make_mailer
from album_store.services.purge_service import PurgeService
from album_store.worker.mail_worker import MailWorker


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "deliver-mail",
        help="send the mail that waits",
        description="Sends the mail that waits, and purges once a day, until it is stopped. "
        "For stores with `mail.worker = process`.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.add_argument("--once", action="store_true", help="send what is due now, and end")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Deliver mail until the process is asked to stop (SIGTERM or Ctrl+C). Raises IniFileError and SettingsError."""
    settings = read_ini_file(args.ini_file)
    with open_database(settings) as db_sessions:
        worker = MailWorker(db_sessions, make_mailer(settings), settings)
        if args.once:
            worker.deliver_due()
        else:
            worker.add_daily_task(PurgeService(db_sessions, settings).purge)
            _run_until_stopped(worker)
    return 0


def _run_until_stopped(worker: MailWorker) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    # The loop has a thread of its own, because an event must not be set by the very thread that waits for it.
    thread = worker.start_thread()
    while thread.is_alive():
        thread.join(timeout=1)
