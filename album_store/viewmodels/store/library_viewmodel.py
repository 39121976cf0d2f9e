"""What the signed-in account has bought."""

from typing import Any

from pyramid.request import Request

from album_store.viewmodels.store.order_cards import order_cards


class LibraryViewModel:
    """A page of the account's orders, newest first."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        request = self._request
        after = request.GET.get("after", "")
        page = request.ownership_service.orders_of_account(request.signed_in.account_id, after=after)
        return {
            "orders": order_cards(request, page.rows),
            "next_link": request.route_path("library.index", _query={"after": page.after}) if page.after else "",
            "is_first_page": not after,
        }
