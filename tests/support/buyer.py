"""Buys as visitors do, with the local payment gateway."""

from pathlib import Path
from typing import Any

from webtest import Form, TestApp, TestResponse

from album_store.data.album import Album
from album_store.worker.payment_task import ask_about_payments
from tests.support.factories import make_album, make_artist, make_track
from tests.support.media_files import save_wav
from tests.support.store_driver import StoreDriver, form_at


def add_album(store: StoreDriver, folder: Path, title: str, **values: Any) -> Album:
    """Add an album with two tracks whose recordings are in the storage."""
    names = [
        store.registry.media.store_audio(save_wav(folder / f"{title}-{number}.wav", 250 * number), "audio")
        for number in (1, 2)
    ]
    tracks = [
        make_track(f"{title} {number}", track_number=number, audio=name) for number, name in enumerate(names, start=1)
    ]
    artist = make_artist("Ada Sound" if title == "Tide" else f"Ada Sound of {title}")
    store.add(make_album(title, artist, tracks=tracks, **values))
    return store.rows(Album, Album.title == title)[0]


def checkout_form(browser: TestApp, album: str = "tide", email: str = "") -> Form:
    """Return the form of the checkout page, filled in."""
    form = form_at(browser.get(f"/checkout?album={album}"), f"/checkout?album={album}")
    if email:
        form["email"] = email
    return form


def order(browser: TestApp, album: str = "tide", email: str = "") -> TestResponse:
    """Send the checkout form. Returns the local gateway's page, or the page of a free order."""
    answer = checkout_form(browser, album, email).submit()
    while answer.status_int == 303:
        answer = answer.follow()
    return answer


def pay(page: TestResponse, action: str = "pay") -> TestResponse:
    """Press a button of the local gateway's page. Returns the page at the end of all redirects."""
    form = next(form for form in page.forms.values() if form.action.startswith("/payments/local/"))
    answer = form.submit("action", value=action)
    while answer.status_int == 303:
        answer = answer.follow()
    return answer


def buy(browser: TestApp, album: str = "tide", email: str = "") -> TestResponse:
    """Order and pay. Returns the page of the order."""
    return pay(order(browser, album, email))


def order_id_of(page: TestResponse) -> str:
    """Return the id of the order that a page shows."""
    return page.request.path.split("/")[2]


def download(page: TestResponse, number: int = 1) -> TestResponse:
    """Press the download button of a track of an order's page. Returns the response with the file."""
    forms = [form for form in page.forms.values() if "/tracks/" in form.action]
    return forms[number - 1].submit(status=303).follow()


def settle_everything(store: StoreDriver) -> int:
    """Ask the gateway about all open payments, as the worker does in time. Returns how many were paid."""
    return ask_about_payments(store.registry, early=True)
