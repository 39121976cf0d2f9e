"""The home page."""

from typing import Any

from pyramid.request import Request

from album_store.viewmodels.albums.album_cards import album_cards
from album_store.viewmodels.albums.cover_picture import album_picture

NEWEST_SHOWN = 9
UPCOMING_SHOWN = 4


class HomeViewModel:
    """The newest album, featured, and the next newest and the upcoming ones as cards."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        albums = self._request.albums_service.newest_cards(NEWEST_SHOWN)
        cards = album_cards(self._request, albums)
        return {
            "newest": cards[0] if cards else None,
            "newest_cover": album_picture(self._request, albums[0]) if albums else None,
            "albums": cards[1:],
            "upcoming": album_cards(self._request, self._request.albums_service.upcoming_cards(UPCOMING_SHOWN)),
        }
