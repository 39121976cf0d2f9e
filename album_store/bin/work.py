"""`album-store work`: runs the worker in a separate process."""

import argparse
import signal
import sys
from pathlib import Path

from album_store.bin.open_store import open_store
from album_store.worker import make_worker
from album_store.worker.picture_task import make_picture_task
from album_store.worker.reset_requests import answer_all_reset_requests
from album_store.worker.worker import Worker


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line, and its old name."""
    parser = subparsers.add_parser(
        "work",
        help="send emails and run daily tasks, in a separate process",
        description="Runs until stopped. Sends the emails in the outbox, answers password reset requests, makes the "
        "pictures of covers, and deletes expired data once a day. For stores with `mail.worker = process`. Several may "
        "run at once. SIGTERM and Ctrl+C stop it after the current email or task.",
    )
    _add_arguments(parser)
    parser.set_defaults(run=run)
    old = subparsers.add_parser(
        "deliver-mail", help="the old name of work", description="The old name of `album-store work`, which it runs."
    )
    _add_arguments(old)
    old.set_defaults(run=_run_by_old_name)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.add_argument(
        "--once", action="store_true", help="send the emails, answer the requests and make some pictures, then exit"
    )


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl+C, or one pass with `--once`. Raises IniFileError and SettingsError."""
    with open_store(args.ini_file) as registry:
        worker = make_worker(registry)
        if args.once:
            answer_all_reset_requests(registry)
            worker.mail.deliver_due()
            make_picture_task(registry.media, delay_s=0).run_if_due()
        else:
            _run_until_stopped(worker)
    return 0


def _run_by_old_name(args: argparse.Namespace) -> int:
    """Say where the command went, and run it, so that no store stops sending email after an upgrade."""
    sys.stderr.write("deliver-mail is now called work: run `album-store work`. The old name will be removed.\n")
    return run(args)


def _run_until_stopped(worker: Worker) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    # The loops run in separate threads: a signal handler must not set an event that its own thread waits for.
    for thread in worker.start():
        while thread.is_alive():
            thread.join(timeout=1)
