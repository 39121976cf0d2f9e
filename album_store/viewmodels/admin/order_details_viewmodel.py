"""The page of one order."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from album_store.data.payment import Payment
from album_store.infrastructure.security.user_agents import browser_name
from album_store.services.store.order_problems import PROBLEMS
from album_store.viewmodels.admin.order_labels import order_label


class OrderDetailsViewModel:
    """An order, and what happened to it, oldest first. Raises HTTPNotFound."""

    def __init__(self, request: Request) -> None:
        found = request.order_list_service.find_in_full(request.matchdict["order_id"])
        if found is None:
            raise HTTPNotFound
        self._request, self._found = request, found

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        order, request = self._found.order, self._request
        price = request.wording.price
        account_id = order.account_id
        return {
            "order": order,
            "label": order_label(order),
            "problem": PROBLEMS.get(order.problem, ""),
            "number": self._found.receipt.label if self._found.receipt else "",
            "account_link": request.route_path("admin.account", account_id=account_id) if account_id else "",
            "browser": browser_name(order.user_agent),
            "lines": [(line.title, line.artist_name, price(line.amount_cents, order.currency)) for line in order.lines],
            "total": price(order.total_cents, order.currency),
            "history": [(request.wording.moment(when), what) for when, what in self._history()],
        }

    def _history(self) -> list[tuple[Any, str]]:
        order = self._found.order
        events = [(order.created_date, "Ordered")]
        for payment in self._found.payments:
            events += _events_of(payment)
        if order.paid_date:
            events.append((order.paid_date, "Paid and delivered" if self._found.receipt else "Completed"))
        events += [(download.created_date, f"Downloaded {download.file_name}") for download in self._found.downloads]
        return sorted(events)


def _events_of(payment: Payment) -> list[tuple[Any, str]]:
    session = f"session {payment.session_id}" if payment.session_id else "no session opened"
    events = [(payment.created_date, f"Payment begun with {payment.gateway}, {session}")]
    if payment.paid_date:
        events.append((payment.paid_date, f"Money came with {payment.gateway}"))
    if payment.closed_date:
        events.append((payment.closed_date, f"Payment with {payment.gateway} ended"))
    return events
