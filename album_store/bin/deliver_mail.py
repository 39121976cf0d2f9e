"""`album-store deliver-mail`: sends the emails in the outbox, in a separate process."""

import argparse
import signal
from pathlib import Path

from album_store.bin.open_store import open_store
from album_store.worker import make_worker
from album_store.worker.reset_requests import answer_all_reset_requests
from album_store.worker.worker import Worker


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "deliver-mail",
        help="send the emails in the outbox",
        description="Runs until stopped. Sends the emails in the outbox, answers password reset requests, and deletes "
        "expired data once a day. For stores with `mail.worker = process`.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.add_argument("--once", action="store_true", help="send what is due now and exit")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Deliver emails until SIGTERM or Ctrl+C, or one pass with `--once`. Raises IniFileError and SettingsError."""
    with open_store(args.ini_file) as registry:
        worker = make_worker(registry)
        if args.once:
            answer_all_reset_requests(registry)
            worker.mail.deliver_due()
        else:
            _run_until_stopped(worker)
    return 0


def _run_until_stopped(worker: Worker) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
    # The loops run in separate threads: a signal handler must not set an event that its own thread waits for.
    for thread in worker.start():
        while thread.is_alive():
            thread.join(timeout=1)
