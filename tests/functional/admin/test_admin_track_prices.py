"""Changing the prices of tracks."""

import pytest

from album_store.data.audit_entry import AuditEntry
from album_store.data.track import Track
from album_store.services.admin.album_price_service import TRACKS_PER_PAGE
from tests.support.factories import make_album, make_track
from tests.support.page_reader import follow_pages
from tests.support.price_forms import (
    PAGE,
    add_tide,
    field_errors,
    of_tracks,
    save_album,
    save_tracks,
    track_fields,
    tracks_form,
)


@pytest.fixture
def tide(store):
    """The id of “Tide” for €9.00, with a track for €1.00 and one that is sold only with the album."""
    return add_tide(store)


def test_tracks_that_were_free_with_the_album_are_not_given_away_later(store, tide, ada_at):
    save_album(ada_at.get(PAGE), kind="free")
    save_album(ada_at.get(PAGE), kind="fixed", price="9")
    assert of_tracks(store, tide) == [(None, None), (None, None)]


def test_tracks_get_prices_or_become_part_of_the_album_only(store, tide, ada_at):
    page = save_tracks(ada_at.get(PAGE), "", "1.20").follow()
    assert "Prices saved." in page
    assert of_tracks(store, tide) == [(None, None), (120, None)]
    save_album(ada_at.get(PAGE), kind="minimum", minimum="5")
    save_tracks(ada_at.get(PAGE), "0", "2")
    assert of_tracks(store, tide) == [(0, 0), (200, 200)]
    assert [track.price_cents for track in store.rows(Track, Track.title == "Hum")] == [0]


def test_a_bad_price_of_a_track_is_refused_beside_its_field_and_all_are_kept(store, tide, ada_at):
    page = save_tracks(ada_at.get(PAGE), "1.50", "free")
    [(field, error)] = field_errors(page).items()
    assert error == "“free” is not a price. Write an amount such as 0.99."
    assert [field.value for field in track_fields(page)] == ["1.50", "free"]
    assert page.html.select_one(f"#{field.removesuffix('-error')}")["aria-invalid"] == "true"
    assert of_tracks(store, tide) == [(100, None), (None, None)]


def test_a_form_cannot_change_tracks_of_other_albums(store, tide, ada_at):
    [hum] = store.rows(Track, Track.title == "Hum")
    fields = dict(tracks_form(ada_at.get(PAGE)).submit_fields()) | {
        f"price_{hum.id}": "5.00",
        "currency": "USD",
        "price_cents": "1",
    }
    ada_at.post(f"{PAGE}/tracks", fields, status=303)
    assert [track.price_cents for track in store.rows(Track, Track.title == "Hum")] == [0]
    assert store.rows(AuditEntry) == []


def test_long_albums_have_several_pages_of_tracks(store, ada_at):
    numbers = range(1, 501)
    tracks = [make_track(f"Track {number}", track_number=number, price_cents=100) for number in numbers]
    store.add(make_album("Tide", url="tide", price_cents=900, tracks=tracks))
    pages = follow_pages(ada_at, PAGE)
    counts = [len(page.html.select('[name^="price_"]')) for page in pages]
    assert counts == [TRACKS_PER_PAGE] * 5
    answer = save_tracks(pages[-1], "2.00")
    assert answer.location.partition("?")[2] == pages[-1].request.query_string
    assert answer.follow().html.select_one('[name^="price_"]')["value"] == "2.00"
    changed = store.rows(Track, Track.price_cents == 200)
    assert [track.title for track in changed] == ["Track 401"]


def test_a_track_of_a_free_album_gets_no_price(store, tide, ada_at):
    save_album(ada_at.get(PAGE), kind="free")
    [error] = field_errors(save_tracks(ada_at.get(PAGE), "", "1.00")).values()
    assert error == "This album is free, so its tracks are too. Enter 0, or leave this empty."
    assert of_tracks(store, tide) == [(0, None), (None, None)]
    save_tracks(ada_at.get(PAGE), "", "0").follow()
    assert of_tracks(store, tide) == [(None, None), (0, None)]
