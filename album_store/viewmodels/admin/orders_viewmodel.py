"""The list of orders."""

from typing import Any

from pyramid.request import Request

from album_store.data.order import Order
from album_store.services.store.order_problems import PROBLEMS
from album_store.viewmodels.admin.order_labels import PROBLEM_LABELS, order_label

MAX_QUERY = 254
ALL_PROBLEMS = "problems"


class OrdersViewModel:
    """A page of orders, newest first: all, those that need the owner, or the results of a search."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._query = request.GET.get("q", "").strip()[:MAX_QUERY]
        show = request.GET.get("show", "")
        self._show = show if show == ALL_PROBLEMS or show in PROBLEMS else ""

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        service, shown = self._request.order_list_service, {"show": self._show} if self._show else {}
        if self._query:
            orders, after = service.matching(self._query), ""
        else:
            problems = list(PROBLEMS) if self._show == ALL_PROBLEMS else [self._show] if self._show else []
            page = service.newest(problems=problems, after=self._request.GET.get("after", ""))
            orders, after = page.rows, page.after
        next_query = {**shown, "after": after}
        return {
            "orders": [self._line(order) for order in orders],
            "wanted": self._query,
            "show": self._show,
            "filters": {"": "All orders", ALL_PROBLEMS: "All with a problem", **PROBLEM_LABELS},
            "next_link": self._request.route_path("admin.orders", _query=next_query) if after else "",
        }

    def _line(self, order: Order) -> dict[str, Any]:
        wording = self._request.wording
        return {
            "link": self._request.route_path("admin.order", order_id=order.id),
            "titles": ", ".join(line.title for line in order.lines) or "What was ordered is not known",
            "email": order.email,
            "total": wording.price(order.total_cents, order.currency),
            "when": wording.moment(order.created_date),
            "label": order_label(order),
        }
