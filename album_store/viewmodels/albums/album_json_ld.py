"""Structured data of an album page for search engines."""

import json
from collections.abc import Sequence
from typing import Any

from pyramid.request import Request

from album_store.infrastructure.money import to_decimal
from album_store.infrastructure.wording import iso_length
from album_store.services.catalogue.album_rows import AlbumRow, GenreRow, TrackRow
from album_store.viewmodels.albums.cover_picture import cover_path


def album_json_ld(
    request: Request, album: AlbumRow, genres: Sequence[GenreRow], tracks: Sequence[TrackRow], track_count: int
) -> str:
    """The album as a schema.org MusicAlbum, in JSON-LD that is safe inside a script element.

    `tracks` are those on the page, of `track_count` in all.
    """
    return json_for_html(_music_album(request, album, genres, tracks, track_count))


def json_for_html(value: Any) -> str:
    """JSON with the characters escaped that could end a script element or start a comment in it."""
    text = json.dumps(value, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _music_album(
    request: Request, album: AlbumRow, genres: Sequence[GenreRow], tracks: Sequence[TrackRow], track_count: int
) -> dict[str, Any]:
    links = request.site_links
    link = links.to("albums.details", url=album.url)
    artist = {
        "@type": "MusicGroup",
        "name": album.artist_name,
        "url": links.to("artists.details", url=album.artist_url),
    }
    found = {
        "@context": "https://schema.org",
        "@type": "MusicAlbum",
        "name": album.title,
        "url": link,
        "image": links.absolute(cover_path(request, album)),
        "byArtist": artist,
        "genre": [genre.name for genre in genres],
        "numTracks": track_count,
        "track": [
            {"@type": "MusicRecording", "name": track.title, "duration": iso_length(track.length_ms)}
            | ({"byArtist": {"@type": "MusicGroup", "name": track.artist_name}} if track.artist_name else {})
            | ({"isrcCode": track.isrc} if track.isrc else {})
            for track in tracks
        ],
    }
    if album.for_sale:
        found["offers"] = _offer(album, link)
    if album.release_date:
        found["datePublished"] = album.release_date.isoformat()
        if album.for_sale and album.release_date > request.calendar.today():
            found["offers"]["availabilityStarts"] = album.release_date.isoformat()
    if album.license_link:
        found["license"] = album.license_link
    return found


def _offer(album: AlbumRow, link: str) -> dict[str, Any]:
    """The price; if buyers name it, the least that they can pay."""
    is_named = album.minimum_cents is not None
    price = str(to_decimal(album.minimum_cents if is_named else album.price_cents, album.currency))
    offer = {"@type": "Offer", "price": price, "priceCurrency": album.currency, "url": link}
    if is_named:
        offer["priceSpecification"] = {
            "@type": "PriceSpecification",
            "minPrice": price,
            "priceCurrency": album.currency,
        }
    return offer
