"""The history of an order as the admin page shows it."""

from collections.abc import Iterator
from datetime import datetime

from album_store.data.order_problem import OrderProblem
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.payment import Payment
from album_store.data.refund import Refund
from album_store.infrastructure.wording import Wording, isolated
from album_store.services.admin.order_history_service import OrderInFull
from album_store.viewmodels.admin.order_labels import GATEWAY_NAMES, PROBLEM_LABELS

Event = tuple[datetime, str]

# What admins and buyers did that no other row tells of.
_ACTIONS = {
    "order-address-corrected": "Address corrected by {0.actor}: {0.details}",
    "receipt-sent": "Receipt sent again by {0.actor}",
}


def events_of(found: OrderInFull, wording: Wording) -> list[Event]:
    """Return everything that happened to an order, oldest first."""
    events = [(found.order.created_date, "Ordered"), *_payments(found, wording)]
    if found.order.paid_date:
        events.append((found.order.paid_date, _outcome(found)))
    if found.withdrawal:
        events.append((found.withdrawal.created_date, f"Withdrawn from by {isolated(found.withdrawal.name)}"))
    for refund in found.refunds:
        events += _refund(refund, wording)
    events += [(note.created_date, f"Credit note {note.label}") for note in found.credit_notes]
    events += [event for problem in found.order.problems for event in _problem(problem)]
    events += _disputes(found, wording)
    events += [(event.created_date, f"The provider sent {event.kind}") for event in found.events]
    events += [event for mail in found.mails for event in _mail(mail)]
    events += [(download.created_date, f"Downloaded {download.file_name}") for download in found.downloads]
    events += _ends(found)
    events += [
        (entry.created_date, _ACTIONS[entry.action].format(entry))
        for entry in found.actions
        if entry.action in _ACTIONS
    ]
    return sorted(events)


def _outcome(found: OrderInFull) -> str:
    if found.order.is_held:
        return "Paid, but nothing was delivered"
    return "Paid and delivered" if found.receipt else "Completed"


def _ends(found: OrderInFull) -> Iterator[Event]:
    titles = {line.id: line.title for line in found.order.lines}
    for purchase in found.purchases:
        if purchase.revoked_date:
            yield purchase.revoked_date, f"Access to {isolated(titles[purchase.order_line_id])} ended"


def _payments(found: OrderInFull, wording: Wording) -> Iterator[Event]:
    for payment in found.payments:
        yield from _payment(payment, wording)


def _payment(payment: Payment, wording: Wording) -> Iterator[Event]:
    gateway = GATEWAY_NAMES[payment.gateway]
    session = f"session {payment.session_id}" if payment.session_id else "no session opened"
    yield payment.created_date, f"Payment through {gateway} begun, {session}"
    if payment.paid_date:
        came = wording.price(payment.received_cents, payment.received_currency) if payment.received_cents else "Money"
        money = f" as {payment.charge_id}" if payment.charge_id else ""
        yield payment.paid_date, f"{came} came through {gateway}{money}"
    if payment.closed_date:
        yield payment.closed_date, f"Payment through {gateway} ended"


def _refund(refund: Refund, wording: Wording) -> Iterator[Event]:
    amount = wording.price(refund.amount_cents, refund.currency)
    if refund.requested_by:
        yield refund.created_date, f"Refund of {amount} asked for by {refund.requested_by}: {refund.reason}"
    else:
        yield refund.created_date, f"Refund of {amount} made at the provider"
    if refund.succeeded_date:
        yield refund.succeeded_date, f"Refund of {amount} succeeded as {refund.provider_id}"
    if refund.failed_date:
        yield refund.failed_date, f"Refund of {amount} failed: {refund.failure or 'no reason given'}"


def _problem(problem: OrderProblem) -> Iterator[Event]:
    label = PROBLEM_LABELS[problem.kind]
    yield problem.created_date, f"Problem noted: {label}"
    if problem.done_date:
        done = f"marked as done by {problem.done_by}" if problem.done_by else "solved"
        yield problem.done_date, f"Problem {done}: {label}"


def _disputes(found: OrderInFull, wording: Wording) -> Iterator[Event]:
    for dispute in found.disputes:
        amount = wording.price(dispute.amount_cents, dispute.currency)
        yield dispute.created_date, f"{amount} disputed: {dispute.reason or 'no reason given'}"
        if dispute.won_date:
            yield dispute.won_date, f"Dispute over {amount} won or dropped"
        if dispute.lost_date:
            yield dispute.lost_date, f"Dispute over {amount} lost"


def _mail(mail: OutgoingMail) -> Iterator[Event]:
    yield mail.created_date, f"Email to {mail.recipient} written: {mail.subject}"
    if mail.sent_date:
        yield mail.sent_date, f"Email to {mail.recipient} delivered: {mail.subject}"
    if mail.failed_date:
        yield mail.failed_date, f"Email to {mail.recipient} given up: {mail.last_error or mail.subject}"
