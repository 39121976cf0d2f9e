"""The catalogue page: albums by genre and sort order, with links to the next and previous page."""

from string import punctuation
from typing import Any

from pyramid.request import Request

from album_store.services.catalogue.albums_service import ORDERS
from album_store.viewmodels.albums.album_cards import album_cards

ORDER_NAMES = {
    "newest": "Newest first",
    "title": "By title",
    "artist": "By artist",
    "price": "By price",
    "upcoming": "Coming soon",
}


class IndexViewModel:
    """A page of the catalogue.

    An unknown order or cursor is ignored, so that an old link still shows albums. An unknown genre is reported
    (`is_unknown_genre`), because a page with all albums would look as if they belonged to that genre.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        asked = request.GET.get("sort", "")
        self.sort = asked if asked in ORDERS else "newest"
        self.genres = request.albums_service.genres()
        wanted = request.GET.get("genre", "")
        wanted = wanted.rstrip(punctuation) or wanted  # copied with the address; no slug ends with any
        self.genre = next((genre for genre in self.genres if genre.url == wanted), None)
        if wanted and self.genre is None:
            self.genre = request.albums_service.find_genre(wanted)
            self.genres += [self.genre] if self.genre else []
        self.is_unknown_genre = bool(wanted) and self.genre is None

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        genre = self.genre
        after, before = self._request.GET.get("after", ""), self._request.GET.get("before", "")
        page = self._request.albums_service.list_albums(self.sort, genre, after=after, before=before)
        is_first_page = not (after or before)
        chosen = {"sort": self.sort} | ({"genre": genre.url} if genre else {})
        return {
            "albums": album_cards(self._request, page.rows),
            "genre": genre,
            "genres": self.genres,
            "sort": self.sort,
            "orders": ORDER_NAMES,
            "is_first_page": is_first_page,
            "is_part": genre is not None or self.sort == "upcoming" or not is_first_page,
            "why_empty": self._why_empty(is_first_page),
            "next_link": self._link(chosen | {"after": page.after}) if page.after else "",
            "previous_link": self._link(chosen | {"before": page.before}) if page.before else "",
        }

    def _why_empty(self, is_first_page: bool) -> str:
        if not is_first_page:
            return "There are no albums on this page."
        if self.sort == "upcoming":
            return "There are no upcoming albums here."
        return "There are no albums here yet. Come back soon."

    def _link(self, query: dict[str, str]) -> str:
        return self._request.route_path("albums.index", _query=query)
