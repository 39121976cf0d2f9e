"""Albums as cards in a list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyramid.request import Request

from album_store.infrastructure.web.route_links import links_of
from album_store.services.catalogue.album_rows import CardRow
from album_store.viewmodels.albums.album_price import album_price
from album_store.viewmodels.albums.cover_picture import CoverPicture, card_pictures


@dataclass(frozen=True)
class AlbumCard:
    """One album in a grid: cover, title, artist and price, its date if upcoming, and the tracks that match a search."""

    title: str
    link: str
    artist: str
    artist_link: str
    cover: CoverPicture
    price: str
    upcoming: str
    tracks: tuple[str, ...] = ()


def album_cards(
    request: Request, albums: Iterable[CardRow], tracks: Mapping[int, Sequence[str]] | None = None
) -> list[AlbumCard]:
    """The cards of rows of `CARDS`; `tracks` maps album ids to track titles to show."""
    today = request.calendar.today()
    album_link, artist_link = links_of(request, "albums.details", "url"), links_of(request, "artists.details", "url")
    picture = card_pictures(request)
    return [
        AlbumCard(
            title=album.title,
            link=album_link(album.url),
            artist=album.artist_name,
            artist_link=artist_link(album.artist_url),
            cover=picture(album),
            price=album_price(request, album),
            upcoming=request.wording.date(album.sort_date) if album.sort_date > today else "",
            tracks=tuple((tracks or {}).get(album.id, ())),
        )
        for album in albums
    ]
