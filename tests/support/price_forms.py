"""The admin page that changes the prices of an album, “Tide”."""

from typing import Any

from webtest import TestResponse

from album_store.data.album import Album
from album_store.data.track import Track
from tests.support.factories import make_album, make_artist, make_track
from tests.support.store_driver import StoreDriver, form_at

PAGE = "/admin/albums/tide"


def add_tide(store: StoreDriver) -> int:
    """Add “Tide” for €9.00, with a track for €1.00 and one that is sold only with the album. Returns its id."""
    tracks = [make_track("Flow", price_cents=100), make_track("Ebb", track_number=2)]
    store.add(
        make_album("Tide", make_artist("Ada Sound"), url="tide", price_cents=900, tracks=tracks),
        make_album("Noise", url="noise", tracks=[make_track("Hum", price_cents=0)]),
    )
    [album] = store.rows(Album, Album.url == "tide")
    return album.id


def save_album(page: TestResponse, **values: str) -> TestResponse:
    """Fill in the form of the album that a page gave, and send it."""
    form = form_at(page, f"{PAGE}/price")
    for name, value in values.items():
        form[name] = value
    return form.submit(expect_errors=True)


def track_fields(page: TestResponse) -> list[Any]:
    """Return the fields of the form of the tracks that a page gave."""
    return [field for name, [field] in tracks_form(page).fields.items() if name and name.startswith("price_")]


def tracks_form(page: TestResponse) -> Any:
    """Return the form of the tracks that a page gave."""
    return next(form for form in page.forms.values() if form.action.startswith(f"{PAGE}/tracks"))


def save_tracks(page: TestResponse, *prices: str) -> TestResponse:
    """Fill in the first fields of the form of the tracks, and send it."""
    for field, price in zip(track_fields(page), prices, strict=False):
        field.value = price
    return tracks_form(page).submit(expect_errors=True)


def of_album(store: StoreDriver, album_id: int) -> tuple[int, int | None, bool]:
    """Return the price, the minimum and whether the album is for sale, as they are stored."""
    [album] = store.rows(Album, Album.id == album_id)
    return album.price_cents, album.minimum_cents, album.for_sale


def of_tracks(store: StoreDriver, album_id: int) -> list[tuple[int | None, int | None]]:
    """Return the price and the minimum of each track, as they are stored."""
    tracks = sorted(store.rows(Track, Track.album_id == album_id), key=lambda track: track.display_order)
    return [(track.price_cents, track.minimum_cents) for track in tracks]


def field_errors(page: TestResponse) -> dict[str, str]:
    """Return the messages beside the fields of a form that failed. The summary links to each of them."""
    assert page.status_int == 400
    found = {error["id"]: error.text for error in page.html.select(".field-error")}
    assert [link["href"][1:] + "-error" for link in page.html.select(".error-summary a[href]")] == list(found)
    return found
