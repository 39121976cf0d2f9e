"""The page of one artist."""

from typing import Any

from pyramid.request import Request

from album_store.data.artist import Artist
from album_store.viewmodels.albums.album_cards import album_cards
from album_store.viewmodels.shared.paragraphs import paragraphs


class ArtistViewModel:
    """An artist and their albums, newest first."""

    def __init__(self, request: Request, artist: Artist) -> None:
        self._request = request
        self._artist = artist

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        page = self._request.albums_service.by_artist(self._artist, after=self._request.GET.get("after", ""))
        link = self._request.route_path("artists.details", url=self._artist.url, _query={"after": page.after})
        return {
            "artist": self._artist,
            "biography": paragraphs(self._artist.biography),
            "albums": album_cards(self._request, page.rows),
            "next_link": link if page.after else "",
        }
