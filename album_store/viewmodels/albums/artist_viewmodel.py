"""The page of one artist."""

from typing import Any
from urllib.parse import urlsplit

from pyramid.request import Request

from album_store.data.artist import Artist
from album_store.viewmodels.albums.album_cards import album_cards
from album_store.viewmodels.albums.cover_picture import large_picture
from album_store.viewmodels.shared.paragraphs import paragraphs

MAX_LINK_CHARS = 60
# The longer side of the picture, in CSS pixels.
SHOWN_PX = 480


class ArtistViewModel:
    """An artist and their albums, newest first."""

    def __init__(self, request: Request, artist: Artist) -> None:
        self._request = request
        self._artist = artist

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        after, before = self._request.GET.get("after", ""), self._request.GET.get("before", "")
        page = self._request.albums_service.by_artist(self._artist, after=after, before=before)
        picture = large_picture(self._request, self._artist.picture, SHOWN_PX) if self._artist.picture else None
        return {
            "artist": self._artist,
            "picture": picture,
            "share_image": self._request.site_links.absolute(picture.src) if picture else "",
            "links": [{"href": link, "text": _link_text(link)} for link in self._artist.links.splitlines()],
            "biography": paragraphs(self._artist.biography),
            "albums": album_cards(self._request, page.rows),
            "next_link": self._link(after=page.after) if page.after else "",
            "previous_link": self._link(before=page.before) if page.before else "",
        }

    def _link(self, **query: str) -> str:
        return self._request.route_path("artists.details", url=self._artist.url, _query=query)


def _link_text(link: str) -> str:
    """A short form of a link, for people: `example.org/ada`."""
    parts = urlsplit(link)
    text = parts.netloc.lower().removeprefix("www.") + parts.path.rstrip("/")
    return text if len(text) <= MAX_LINK_CHARS else f"{text[:MAX_LINK_CHARS]}\N{HORIZONTAL ELLIPSIS}"
