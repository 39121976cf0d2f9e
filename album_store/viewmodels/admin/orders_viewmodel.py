"""The list of orders."""

from datetime import datetime
from typing import Any

from pyramid.request import Request

from album_store.data.order import Order
from album_store.data.order_problem import OrderProblem
from album_store.services.store.order_problems import PROBLEMS
from album_store.viewmodels.admin.order_export_viewmodel import OrderExportViewModel
from album_store.viewmodels.admin.order_labels import PROBLEM_LABELS, order_label

MAX_QUERY = 254
ALL_PROBLEMS = "problems"


class OrdersViewModel:
    """A page of orders, newest first: all, the results of a search, or one for each problem that is open.

    `export` is the form that exports orders, if it was refused.
    """

    def __init__(self, request: Request, export: OrderExportViewModel | None = None) -> None:
        self._request = request
        self._export = export
        self._query = request.GET.get("q", "").strip()[:MAX_QUERY]
        show = request.GET.get("show", "")
        self._show = show if show == ALL_PROBLEMS or show in PROBLEMS else ""

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        service, shown = self._request.order_list_service, {"show": self._show} if self._show else {}
        start, after = self._request.GET.get("after", ""), ""
        if self._query:
            lines = [self._line(order) for order in service.matching(self._query)]
        elif self._show:
            page = service.open_problems("" if self._show == ALL_PROBLEMS else self._show, after=start)
            lines, after = [self._problem(problem) for problem in page.rows], page.after
        else:
            newest = service.newest(after=start)
            lines, after = [self._line(order) for order in newest.rows], newest.after
        next_query = {**shown, "after": after}
        return {
            "orders": lines,
            "wanted": self._query,
            "show": self._show,
            "filters": {"": "All orders", ALL_PROBLEMS: "All open problems", **PROBLEM_LABELS},
            "export": self._export.to_dict() if self._export else {"errors": {}},
            "next_link": self._request.route_path("admin.orders", _query=next_query) if after else "",
        }

    def _line(self, order: Order) -> dict[str, Any]:
        return self._entry(order, order_label(order), order.created_date)

    def _problem(self, problem: OrderProblem) -> dict[str, Any]:
        """An order as one of its problems has it: with that alone, and since when."""
        return self._entry(problem.order, PROBLEM_LABELS[problem.kind], problem.created_date)

    def _entry(self, order: Order, label: str, when: datetime) -> dict[str, Any]:
        wording = self._request.wording
        return {
            "link": self._request.route_path("admin.order", order_id=order.id),
            "titles": ", ".join(line.title for line in order.lines) or "What was ordered is not known",
            "email": order.email,
            "total": wording.price(order.total_cents, order.currency),
            "when": wording.moment(when),
            "label": label,
        }
