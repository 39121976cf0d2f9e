"""The list of accounts."""

from typing import Any

from pyramid.request import Request

from album_store.data.account import Account
from album_store.viewmodels.admin.account_labels import account_labels

MAX_QUERY = 254


class AccountsViewModel:
    """A page of all accounts, newest first, or the results of a search."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.query = request.GET.get("q", "").strip()[:MAX_QUERY]

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        found = self._found() if self.query else self._listed()
        return {**found, "wanted": self.query}

    def _found(self) -> dict[str, Any]:
        found = self._request.account_list_service.beginning_with(self.query)
        return {"accounts": self._lines(found.accounts), "is_cut": found.is_cut, "next_link": ""}

    def _listed(self) -> dict[str, Any]:
        page = self._request.account_list_service.newest(after=self._request.GET.get("after", ""))
        link = self._request.route_path("admin.accounts", _query={"after": page.after}) if page.after else ""
        return {"accounts": self._lines(page.rows), "is_cut": False, "next_link": link}

    def _lines(self, accounts: Any) -> list[dict[str, Any]]:
        return [self._line(account) for account in accounts]

    def _line(self, account: Account) -> dict[str, Any]:
        return {
            "link": self._request.route_path("admin.account", account_id=account.id),
            "email": account.email,
            "name": account.display_name,
            "since": self._request.wording.day(account.created_date),
            "marks": account_labels(account),
        }
