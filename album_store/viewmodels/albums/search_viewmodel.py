"""The search page."""

from typing import Any

from pyramid.request import Request

from album_store.data.search_words import MAX_QUERY, query_terms
from album_store.viewmodels.albums.album_cards import album_cards

MAX_TRACKS_SHOWN = 3


class SearchViewModel:
    """The query and a page of its results."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.query = request.GET.get("q", "").strip()[:MAX_QUERY]

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        service = self._request.search_service
        after = self._request.GET.get("after", "")
        page = service.search(self.query, after=after)
        tracks = service.matching_tracks(page.rows, self.query) if page.rows else {}
        shown = {album_id: titles[:MAX_TRACKS_SHOWN] for album_id, titles in tracks.items()}
        next_query = {"q": self.query, "after": page.after}
        return {
            "query": self.query,
            "is_searching": bool(query_terms(self.query)),
            "is_first_page": not after,
            "albums": album_cards(self._request, page.rows, shown),
            "next_link": self._request.route_path("search.index", _query=next_query) if page.after else "",
        }
