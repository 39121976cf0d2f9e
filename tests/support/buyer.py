"""Buys as visitors do, with the local payment gateway."""

from pathlib import Path
from typing import Any

from webtest import Form, TestApp, TestResponse

from album_store.data.album import Album
from album_store.worker.payment_task import ask_about_payments
from tests.support.factories import make_album, make_artist, make_track
from tests.support.media_files import save_wav
from tests.support.store_driver import StoreDriver, form_at


def add_album(store: StoreDriver, folder: Path, title: str, *, track_cents: int | None = None, **values: Any) -> Album:
    """Add an album with two tracks whose recordings are in the storage. `track_cents` is the price of each."""
    names = [
        store.registry.media.store_audio(save_wav(folder / f"{title}-{number}.wav", 250 * number), "audio")
        for number in (1, 2)
    ]
    tracks = [
        make_track(f"{title} {number}", track_number=number, audio=name, price_cents=track_cents)
        for number, name in enumerate(names, start=1)
    ]
    artist = make_artist("Ada Sound" if title == "Tide" else f"Ada Sound of {title}")
    store.add(make_album(title, artist, tracks=tracks, **values))
    return store.rows(Album, Album.title == title)[0]


# What browsers send with a form of the site. The button of an album page has no token.
OWN_FORM = {"Sec-Fetch-Site": "same-origin"}


def press(browser: TestApp, title: str = "", album: str = "tide", *, button: int = 0) -> TestResponse:
    """Press a button of an album's page: that of the album, or of the track with this title. Returns the next page.

    An album has a second button, which only puts it into the cart.
    """
    return _press_on(browser.get(f"/albums/{album}"), title, button)


def _press_on(page: TestResponse, title: str = "", button: int = 0) -> TestResponse:
    row = title and next(row for row in page.html.select(".track") if row.select_one(".track-title").text == title)
    form = next(
        form
        for form in page.forms.values()
        if "item" in form.fields and (form["item"].value == row["id"] if row else form["item"].value[:5] == "album")
    )
    return form.submit("then", index=button, headers=OWN_FORM, status=303).follow()


def add(browser: TestApp, album: str = "tide") -> TestResponse:
    """Put an album into the cart, unless it is in it."""
    page = browser.get(f"/albums/{album}")
    return page if "In your cart" in page.html.select_one(".album-action").text else _press_on(page)


def checkout_form(browser: TestApp, album: str = "tide", email: str = "") -> Form:
    """Return the checkout form whose button orders, filled in, after putting an album into the cart."""
    page = add(browser, album) if album else None
    if not page or page.request.path != "/checkout":
        page = browser.get("/checkout")
    form = form_at(page, "/checkout")
    if email:
        form["email"] = email
        form = form_at(form.submit(status=200), "/checkout")
    return form


def order(browser: TestApp, album: str = "tide", email: str = "") -> TestResponse:
    """Buy an album up to the payment. Returns the local gateway's page, or the page of a free order."""
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
