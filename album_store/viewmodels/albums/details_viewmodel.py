"""The page of one album."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from pyramid.request import Request

from album_store.infrastructure.web.route_links import links_of
from album_store.infrastructure.wording import clock_length, iso_length, isolated, spoken_length
from album_store.services.catalogue.album_rows import AlbumRow, TrackRow
from album_store.services.catalogue.albums_service import TrackTotals
from album_store.viewmodels.albums.album_cards import album_cards
from album_store.viewmodels.albums.album_json_ld import album_json_ld
from album_store.viewmodels.albums.album_price import album_price
from album_store.viewmodels.albums.cover_picture import SMALLEST_PX, album_picture, cover_path
from album_store.viewmodels.shared.paragraphs import lines, paragraphs


class DetailsViewModel:
    """An album with its tracks, price, description and credits."""

    def __init__(self, request: Request, album: AlbumRow) -> None:
        self._request = request
        self._album = album

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        album, request = self._album, self._request
        genres, description = request.albums_service.genres_of(album), paragraphs(album.description)
        following = request.albums_service.next_by_artist(album)
        after, before = request.GET.get("after", ""), request.GET.get("before", "")
        page = request.albums_service.tracks(album, after=after, before=before)
        is_first_page = not (after or before)
        is_only_page = is_first_page and not page.after
        self._offers = request.offer_service.of_album(album, page.rows)
        totals = TrackTotals.of(page.rows) if is_only_page else request.albums_service.track_totals(album)
        return {
            "album": album,
            "genres": genres,
            "artist_link": links_of(request, "artists.details", "url")(album.artist_url),
            "cover": album_picture(request, album),
            "cover_small": cover_path(request, album, SMALLEST_PX),
            # Link previews do not render SVG, so they get no placeholder cover.
            "share_image": request.site_links.absolute(cover_path(request, album)) if album.cover else "",
            "full_title": f"{isolated(album.title)} by {isolated(album.artist_name)}",
            "share_link": request.site_links.to("albums.details", url=album.url),
            "price": album_price(request, album),
            "offer": self._offers.album,
            "is_upcoming": album.sort_date > request.calendar.today(),
            "released": request.wording.date(album.release_date) if album.release_date else "",
            "description": description,
            "summary": self._summary(description),
            "credits": lines(album.credits),
            "discs": self._discs(page.rows, has_headings=totals.discs > 1),
            "track_count": totals.count,
            "total_length": spoken_length(totals.length_ms),
            "has_clips": any(track.preview for track in page.rows),
            "is_first_page": is_first_page,
            "next_link": self._link(after=page.after) if page.after else "",
            "previous_link": self._link(before=page.before) if page.before else "",
            "next_album": next(iter(album_cards(request, [following] if following else [])), None),
            "json_ld": album_json_ld(request, album, genres, page.rows, totals.count),
        }

    def _summary(self, description: Sequence[str]) -> str:
        """One line for search engines and shared links."""
        first = next(iter(description), "")
        return first[:300] or f"{isolated(self._album.title)}, an album by {isolated(self._album.artist_name)}."

    def _link(self, **query: str) -> str:
        return self._request.route_path("albums.details", url=self._album.url, _query=query, _anchor="tracks")

    def _discs(self, tracks: Sequence[TrackRow], *, has_headings: bool) -> list[dict[str, Any]]:
        by_disc = groupby(tracks, key=lambda track: track.disc_number)
        clip = links_of(self._request, "media.preview", "name")
        return [
            {
                "heading": f"Disc {number}" if has_headings else "",
                "tracks": [self._track(track, clip) for track in on_disc],
            }
            for number, on_disc in by_disc
        ]

    def _track(self, track: TrackRow, clip: Callable[[str], str]) -> dict[str, Any]:
        return {
            "id": track.id,
            "offer": self._offers.tracks.get(track.id),
            "number": track.track_number,
            "title": track.title,
            "composer": track.composer,
            "length": clock_length(track.length_ms),
            "iso_length": iso_length(track.length_ms),
            "lyrics": paragraphs(track.lyrics),
            "clip": clip(track.preview) if track.preview else "",
            "clip_label": f"Play a preview of {isolated(track.title)}",
            "artist": track.artist_name,
            "by": track.artist_name or self._album.artist_name,
        }
