"""The list of albums."""

from collections.abc import Iterable
from typing import Any

from pyramid.request import Request

from album_store.data.search_words import MAX_QUERY
from album_store.services.catalogue.album_rows import CardRow
from album_store.viewmodels.albums.album_price import album_price


class AlbumsViewModel:
    """A page of all albums by title, or of the results of a search, which are those that visitors get."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._query = request.GET.get("q", "").strip()[:MAX_QUERY]

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        request, after = self._request, self._request.GET.get("after", "")
        if self._query:
            page = request.search_service.search(self._query, after=after)
        else:
            page = request.albums_service.list_albums("title", after=after)
        next_query = ({"q": self._query} if self._query else {}) | {"after": page.after}
        return {
            "albums": self._lines(page.rows),
            "wanted": self._query,
            "next_link": request.route_path("admin.albums", _query=next_query) if page.after else "",
        }

    def _lines(self, albums: Iterable[CardRow]) -> list[dict[str, str]]:
        return [
            {
                "link": self._request.route_path("admin.album", url=album.url),
                "title": album.title,
                "artist": album.artist_name,
                "price": album_price(self._request, album),
            }
            for album in albums
        ]
