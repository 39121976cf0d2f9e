"""Albums as cards in a list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyramid.request import Request

from album_store.data.album import Album


@dataclass(frozen=True)
class AlbumCard:
    """One album in a grid: cover, title, artist and price, its date if upcoming, and the tracks that match a search."""

    title: str
    link: str
    artist: str
    artist_link: str
    cover: str
    price: str
    upcoming: str
    tracks: tuple[str, ...] = ()


def cover_path(request: Request, album: Album, size: int) -> str:
    """The path of the cover, `size` pixels on its longest side, or of the placeholder cover."""
    if album.cover:
        return request.route_path("media.cover", name=f"{album.cover}-{size}.jpg")
    return request.route_path("albums.placeholder_cover", url=album.url)


def album_cards(
    request: Request, albums: Iterable[Album], tracks: Mapping[int, Sequence[str]] | None = None
) -> list[AlbumCard]:
    """The cards of the albums, whose artists must be loaded; `tracks` maps album ids to track titles to show."""
    today = request.calendar.today()
    return [
        AlbumCard(
            title=album.title,
            link=request.route_path("albums.details", url=album.url),
            artist=album.artist.name,
            artist_link=request.route_path("artists.details", url=album.artist.url),
            cover=cover_path(request, album, 480),
            price=request.wording.price(album.price_cents, album.currency),
            upcoming=request.wording.date(album.sort_date) if album.is_upcoming(today) else "",
            tracks=tuple((tracks or {}).get(album.id, ())),
        )
        for album in albums
    ]
