"""The admin overview: new accounts, the last test mail and the latest actions."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request

from album_store.viewmodels.admin import bar_chart, mail_check
from album_store.viewmodels.admin.audit_rows import audit_rows

DAYS = 30
# The totals on the page: label -> number of days, today included.
SUMS = {"Today": 1, "7 days": 7, "30 days": DAYS}
LATEST = 10
# What the alarm of an action says that there is more of than usual.
ALARMS = {
    "form": "forms",
    "signin": "sign-ins with a wrong password",
    "password-check": "wrong passwords of signed-in accounts",
    "reset": "requests for a reset link",
    "registration": "registrations",
    "email-change": "changes of address",
}


class OverviewViewModel:
    """New accounts per day, what became of the last test mail, and the latest actions."""

    def __init__(self, request: Request, errors: Mapping[str, str] | None = None) -> None:
        """Read the request; `errors` are those of the form that sends a test mail."""
        self._request = request
        self._errors = errors or {}

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        request = self._request
        counts = request.account_list_service.new_per_day(DAYS)
        days = [(request.wording.date(day), count) for day, count in counts.items()]
        numbers = list(counts.values())
        return {
            "sums": {name: sum(numbers[-length:]) for name, length in SUMS.items()},
            "days": days,
            "most": max(numbers),
            "bars": bar_chart.bars(days),
            "chart_size": (bar_chart.WIDTH, bar_chart.HEIGHT),
            "alarms": [ALARMS[name] for name in request.attempt_service.alarms()],
            "test_mail": mail_check.outcome(request, request.mail_check_service.last(request.signed_in.email)),
            "errors": self._errors,
            "actions": audit_rows(request, request.audit_service.newest(LATEST)),
        }
