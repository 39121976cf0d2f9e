"""`album-store reconcile`: asks the payment provider about every payment that may still be paid."""

import argparse
import sys
from pathlib import Path

from pyramid.registry import Registry

from album_store.bin.open_store import open_store
from album_store.infrastructure.payments.payment_gateway import GatewayError
from album_store.worker.payment_task import ask_about_payments
from album_store.worker.refund_task import look_for_changes, make_refunds
from album_store.worker.watch_task import look_for_payments


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand to the command line."""
    parser = subparsers.add_parser(
        "reconcile",
        help="ask the payment provider about open payments",
        description="Asks the payment provider about every payment that may still be paid, and completes the orders "
        "that are. Makes the refunds that wait, and looks for payments, refunds and disputes of the last 30 days that "
        "the store has not heard of or has lost, as after the restore of a backup. The worker "
        "does the same on its own, with growing pauses.",
    )
    parser.add_argument("ini_file", type=Path, help="the settings of the store, such as production.ini")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, and print how many orders were completed. Raises IniFileError and SettingsError."""
    with open_store(args.ini_file) as registry:
        paid, trouble = reconcile(registry)
    sys.stdout.write(f"{paid} {'order was' if paid == 1 else 'orders were'} paid and completed.\n")
    if trouble is not None:
        sys.stderr.write(f"The payment provider did not answer: {trouble}. Try again later.\n")
        return 1
    return 0


def reconcile(registry: Registry) -> tuple[int, GatewayError | None]:
    """Ask the provider about all payments, refunds and disputes.

    Returns how many orders were completed, and why the provider could not be asked about the rest, if so.
    """
    paid = ask_about_payments(registry, early=True)
    make_refunds(registry)
    try:
        paid += look_for_payments(registry)
        look_for_changes(registry)
    except GatewayError as error:
        return paid, error
    return paid, None
