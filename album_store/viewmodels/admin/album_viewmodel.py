"""The page that changes the prices of an album."""

from typing import Any

from pyramid.request import Request

from album_store.data.album import Album
from album_store.infrastructure.payments.charge_limits import min_charge
from album_store.infrastructure.wording import isolated
from album_store.viewmodels.admin.album_price_viewmodel import KINDS, YES_OR_NO, AlbumPriceViewModel, stored_price
from album_store.viewmodels.admin.price_form_viewmodel import version_of
from album_store.viewmodels.admin.track_prices_viewmodel import TrackPricesViewModel, field_name, stored_prices
from album_store.viewmodels.albums.album_price import album_price


class AlbumViewModel:
    """An album with its form, and a page of its tracks with theirs. A form that failed keeps what was typed."""

    def __init__(self, request: Request, album: Album) -> None:
        self._request, self._album = request, album
        cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
        self._page = request.album_price_service.tracks(album, **cursors)
        self._cursor = {name: cursor for name, cursor in cursors.items() if cursor}

    def price_form(self) -> AlbumPriceViewModel:
        """Return the form of the album as it was sent."""
        return AlbumPriceViewModel(self._request, self._album)

    def tracks_form(self) -> TrackPricesViewModel:
        """Return the form of the tracks on this page as it was sent."""
        return TrackPricesViewModel.of(self._request, self._album, self._page.rows)

    def to_dict(self, failed: AlbumPriceViewModel | TrackPricesViewModel | None = None) -> dict[str, Any]:
        """The values of the page. Each form shows the stored prices, except the one that `failed`."""
        album, request = self._album, self._request
        price = failed.to_dict() if isinstance(failed, AlbumPriceViewModel) else stored_price(request, album)
        is_of_tracks = isinstance(failed, TrackPricesViewModel)
        tracks = failed.to_dict() if is_of_tracks else stored_prices(request, album, self._page.rows)
        return {
            "album": album,
            "album_link": request.route_path("albums.details", url=album.url) if album.published else "",
            "price_text": album_price(request, album),
            "too_cheap": self._too_cheap(),
            "kinds": KINDS,
            "yes_or_no": YES_OR_NO,
            "version": version_of(album),
            "price_form": price,
            "tracks": [self._line(track, tracks) for track in self._page.rows],
            "track_errors": tracks["errors"],
            "tracks_action": request.route_path("admin.track_prices", url=album.url, _query=self._cursor),
            "next_link": self._link(after=self._page.after) if self._page.after else "",
            "previous_link": self._link(before=self._page.before) if self._page.before else "",
        }

    def _line(self, track: Any, typed: dict[str, Any]) -> dict[str, Any]:
        name = field_name(track.id)
        disc = f"{track.disc_number}-" if track.disc_number > 1 else ""
        return {"name": name, "label": f"{disc}{track.track_number}. {isolated(track.title)}", "price": typed[name]}

    def _link(self, **cursor: str) -> str:
        return self._request.route_path("admin.album", url=self._album.url, _query=cursor, _anchor="tracks")

    def _too_cheap(self) -> str:
        """The least total of an order, if the album costs less."""
        least = min_charge(self._album.currency)
        is_too_cheap = 0 < self._album.price_cents < least
        return self._request.wording.price(least, self._album.currency) if is_too_cheap else ""
