"""The admin overview: problems of orders, new accounts, the last test email and the latest actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyramid.request import Request

from album_store.viewmodels.admin import bar_chart, mail_check
from album_store.viewmodels.admin.audit_rows import audit_rows
from album_store.viewmodels.admin.orders_viewmodel import ALL_PROBLEMS

DAYS = 30
# The totals on the page: label -> number of days, today included.
SUMS = {"Today": 1, "Last 7 days": 7, "Last 30 days": DAYS}
LATEST = 10
# So many open problems of orders are counted at most.
MAX_PROBLEMS = 100
# Action -> what its alarm says that there is more of than usual.
ALARMS = {
    "form": "form submissions",
    "signin": "failed sign-ins",
    "password-check": "wrong passwords from signed-in accounts",
    "reset": "password reset requests",
    "registration": "registrations",
    "email-change": "email address changes",
    "cart": "items put into carts",
    "checkout": "orders",
    "purchase-link": "requests for a link to purchases",
    "address-correction": "corrections of a buyer's email address",
    "payment-check": "questions to the payment provider",
}


@dataclass(frozen=True)
class DayOfAccounts:
    """A day, in words and as an ISO 8601 date, and the number of its new accounts."""

    words: str
    iso: str
    count: int


class OverviewViewModel:
    """Problems of orders, new accounts per day, the state of the last test email, and the latest actions."""

    def __init__(self, request: Request, errors: Mapping[str, str] | None = None) -> None:
        """Read the request; `errors` are those of the form that sends a test email."""
        self._request = request
        self._errors = errors or {}

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        request = self._request
        counts = request.account_list_service.new_per_day(DAYS)
        days = [DayOfAccounts(request.wording.date(day), day.isoformat(), count) for day, count in counts.items()]
        numbers = list(counts.values())
        problems = request.order_list_service.count_open_problems(MAX_PROBLEMS)
        return {
            "sums": {name: sum(numbers[-length:]) for name, length in SUMS.items()},
            "days": days,
            "most": max(numbers),
            "timezone": request.store_settings.timezone.key.replace("_", " "),
            "bars": bar_chart.bars([(day.words, day.count) for day in days]),
            "chart_size": (bar_chart.WIDTH, bar_chart.HEIGHT),
            "alarms": [ALARMS[name] for name in request.attempt_service.alarms()],
            "problems": f"{MAX_PROBLEMS} or more" if problems == MAX_PROBLEMS else problems,
            "problems_link": request.route_path("admin.orders", _query={"show": ALL_PROBLEMS}),
            "test_mail": mail_check.outcome(request, request.mail_check_service.last(request.signed_in.email)),
            "errors": self._errors,
            "actions": audit_rows(request, request.audit_service.newest(LATEST)),
        }
