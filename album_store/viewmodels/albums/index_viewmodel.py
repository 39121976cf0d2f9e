"""The catalogue page: which albums, in which order, and the pages beside this one."""

from typing import Any

from pyramid.request import Request

from album_store.services.albums_service import ORDERS
from album_store.viewmodels.albums.album_cards import album_cards

ORDER_NAMES = {"newest": "Newest", "title": "Title", "artist": "Artist", "price": "Price"}


class IndexViewModel:
    """A page of the catalogue. What the address says wrongly is passed over: a stale link still shows albums."""

    def __init__(self, request: Request) -> None:
        self._request = request
        asked = request.GET.get("sort", "")
        self.sort = asked if asked in ORDERS else "newest"
        self.genre_url = request.GET.get("genre", "")

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        albums = self._request.albums_service
        genres = albums.genres()
        genre = next((genre for genre in genres if genre.url == self.genre_url), None)
        after, before = self._request.GET.get("after", ""), self._request.GET.get("before", "")
        page = albums.list_albums(self.sort, genre, after=after, before=before)
        chosen = {"sort": self.sort} | ({"genre": genre.url} if genre else {})
        return {
            "albums": album_cards(self._request, page.rows),
            "genre": genre,
            "genres": genres,
            "sort": self.sort,
            "orders": ORDER_NAMES,
            "is_first_page": not (after or before),
            "next_link": self._link(chosen | {"after": page.after}) if page.after else "",
            "previous_link": self._link(chosen | {"before": page.before}) if page.before else "",
        }

    def _link(self, query: dict[str, str]) -> str:
        return self._request.route_path("albums.index", _query=query)
