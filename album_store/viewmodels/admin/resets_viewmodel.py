"""The audit of password resets, by day and by IP address."""

import datetime as dt
from typing import Any

from pyramid.request import Request

from album_store.data.account import Account
from album_store.services.admin.reset_audit_service import BUSIEST, BusyAddress, DayOfResets, Period
from album_store.viewmodels.admin.block_viewmodel import DURATIONS, choices_around
from album_store.viewmodels.admin.reset_rows import reset_rows


class ResetsViewModel:
    """Resets of one day or all days in view, optionally of one IP address. An invalid day is ignored."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.address = request.GET.get("address", "").strip()[:64]
        self.day, self._period = self._read_day(request.GET.get("day", ""))

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        service, get = self._request.reset_audit_service, self._request.GET
        page = service.requests(self._period, self.address, after=get.get("after", ""))
        lines = reset_rows(self._request, page.rows)
        addresses = [self._address(row) for row in service.busiest(self._period, self.address)]
        heading = f"{BUSIEST} busiest IP addresses" if len(addresses) == BUSIEST else "Busiest IP addresses"
        return {
            "chosen": self._chosen(),
            "days": [self._day(row) for row in service.by_day()],
            "addresses": addresses,
            "addresses_heading": heading,
            "durations": DURATIONS,
            "resets": [line | self._account(reset.account) for line, reset in zip(lines, page.rows, strict=True)],
            "next_link": self._link("requests", after=page.after) if page.after else "",
            "all_link": self._request.route_path("admin.resets"),
        }

    def _chosen(self) -> str:
        words = [f"on {self._request.wording.date(self.day)}"] if self.day else []
        return " ".join([*words, f"from {self.address}"] if self.address else words)

    def _day(self, row: DayOfResets) -> dict[str, Any]:
        name = self._request.wording.short_date(row.day)
        return {"name": name, "link": self._link("by-address", day=row.day, address=""), "counts": row}

    def _address(self, row: BusyAddress) -> dict[str, Any]:
        return {
            "ip_address": row.ip_address,
            "link": self._link("by-address", address=row.ip_address),
            "counts": row,
            "last": self._request.wording.moment(row.last_date),
            "networks": choices_around(row.ip_address, self._request.client.ip_address),
        }

    def _account(self, account: Account) -> dict[str, Any]:
        return {"email": account.email, "link": self._request.route_path("admin.account", account_id=account.id)}

    def _link(self, section: str, **changes: Any) -> str:
        chosen = {"day": self.day or "", "address": self.address} | changes
        query = {name: value for name, value in chosen.items() if value}
        return self._request.route_path("admin.resets", _query=query, _anchor=section)

    def _read_day(self, text: str) -> tuple[dt.date | None, Period]:
        service = self._request.reset_audit_service
        try:
            day = dt.date.fromisoformat(text)
            return day, service.day(day)
        except (ValueError, OverflowError):
            return None, service.in_view()
