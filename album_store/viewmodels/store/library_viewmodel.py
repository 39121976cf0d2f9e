"""What the signed-in account has bought."""

from typing import Any

from pyramid.request import Request

from album_store.data.purchase import Purchase
from album_store.data.search_words import MAX_QUERY


class LibraryViewModel:
    """A page of what the account bought, newest first, or of what a search finds among it."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        request, library = self._request, self._request.library_service
        account_id = request.signed_in.account_id
        wanted, after = request.GET.get("q", "").strip()[:MAX_QUERY], request.GET.get("after", "")
        page = library.items(account_id, query=wanted, after=after)
        is_start = not (wanted or after)
        held = library.held(account_id) if is_start else []
        query = {"after": page.after} | ({"q": wanted} if wanted else {})
        return {
            "items": [self._item(purchase) for purchase in page.rows],
            "held": [request.route_path("purchases.details", order_id=order.id) for order in held],
            "wanted": wanted,
            "next_link": request.route_path("library.index", _query=query) if page.after else "",
            "is_start": is_start,
            "has_search": bool(page.rows or not is_start),
        }

    def _item(self, purchase: Purchase) -> dict[str, Any]:
        line, wording = purchase.line, self._request.wording
        order = line.order
        return {
            "link": self._request.route_path("purchases.details", order_id=order.id),
            "title": line.title,
            "artist": line.artist_name,
            "album": line.album_title,
            "bought": wording.day(order.paid_date),
            "price": wording.price(line.amount_cents, order.currency),
            "has_ended": purchase.revoked_date is not None,
        }
