"""Changing how an album is sold."""

import pytest
from sqlalchemy import update

from album_store.data.album import Album
from album_store.data.audit_entry import AuditEntry
from tests.support.factories import make_album
from tests.support.page_reader import follow_pages
from tests.support.price_forms import PAGE, add_tide, field_errors, of_album, of_tracks, save_album, save_tracks
from tests.support.store_driver import form_at


@pytest.fixture
def tide(store):
    """The id of “Tide” for €9.00, with a track for €1.00 and one that is sold only with the album."""
    return add_tide(store)


@pytest.mark.parametrize(
    ("typed", "album", "tracks", "shown"),
    [
        ({"price": "12.50"}, (1_250, None, True), [(100, None), (None, None)], "€12.50"),
        ({"price": "8,00 €"}, (800, None, True), [(100, None), (None, None)], "€8.00"),
        ({"kind": "minimum", "minimum": "5"}, (900, 500, True), [(100, 100), (None, None)], "€5.00 or more"),
        ({"kind": "minimum", "minimum": "0"}, (900, 0, True), [(100, 100), (None, None)], "Name your price"),
        ({"kind": "free"}, (0, None, True), [(0, None), (None, None)], "Free"),
        ({"kind": "free", "price": "lots", "minimum": "x"}, (0, None, True), [(0, None), (None, None)], "Free"),
        ({"for_sale": "no"}, (900, None, False), [(100, None), (None, None)], "Not for sale"),
    ],
)
def test_an_album_is_sold_as_the_form_says(store, testapp, tide, ada_at, typed, album, tracks, shown):
    assert testapp.get("/albums/tide").html.select_one(".price").text == "€9.00"
    page = save_album(ada_at.get(PAGE), **typed)
    assert page.status_int == 303
    page = page.follow()
    assert "Prices saved." in page
    assert page.html.select_one(".price").text == shown
    assert (of_album(store, tide), of_tracks(store, tide)) == (album, tracks)
    # The page was kept, and shows the change at once.
    assert testapp.get("/albums/tide").html.select_one(".price").text == shown


def test_the_form_shows_what_is_stored(store, tide, ada_at):
    save_album(ada_at.get(PAGE), kind="minimum", minimum="5", for_sale="no")
    form = form_at(ada_at.get(PAGE), f"{PAGE}/price")
    assert [form[name].value for name in ("for_sale", "kind", "price", "minimum")] == ["no", "minimum", "9.00", "5.00"]
    form.submit(status=303)
    assert of_album(store, tide) == (900, 500, False)
    assert len(store.rows(AuditEntry)) == 1  # saving what is stored is no change


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"price": ""}, {"album-price-error": "Enter a price, such as 9.00."}),
        ({"price": "-1"}, {"album-price-error": "“-1” is below zero. Write 0 or more."}),
        ({"price": "cheap"}, {"album-price-error": "“cheap” is not a price. Write an amount such as 0.99."}),
        ({"price": "1.234,5678"}, {"album-price-error": "1234.5678 has too many decimal places. EUR allows 2."}),
        ({"price": "9.000"}, {"album-price-error": "“9.000” could mean 9000 or 9. Write 9000 or 9.00."}),
        (
            {"price": "1,234"},
            {"album-price-error": "“1,234” could mean 1234 or 1.234. If you mean 1234, write 1234.00."},
        ),
        (
            {"price": "$9"},
            {"album-price-error": "“$” is not a symbol for EUR, the album's currency. Write only the number."},
        ),
        ({"price": "1000000"}, {"album-price-error": "1000000 EUR is too high. The highest price is 999999.99 EUR."}),
        ({"price": "0"}, {"album-price-error": "To give the album away, choose “Free” as the kind of price."}),
        ({"price": "x" * 2_000}, {"album-price-error": "Use at most 1,000 characters."}),
        (
            {"kind": "minimum"},
            {"album-minimum-error": "Enter the least that buyers may pay, or 0 for any amount."},
        ),
        (
            {"kind": "minimum", "minimum": "9.01"},
            {"album-minimum-error": "Enter an amount that is not above the suggested price."},
        ),
        (
            {"kind": "minimum", "price": "", "minimum": "x"},
            {
                "album-price-error": "Enter a price, such as 9.00.",
                "album-minimum-error": "“x” is not a price. Write an amount such as 0.99.",
            },
        ),
    ],
)
def test_a_bad_price_is_refused_beside_its_field_and_kept(store, tide, ada_at, typed, errors):
    page = ada_at.get(PAGE)
    before = store.dump()
    page = save_album(page, **typed)
    assert field_errors(page) == errors
    form = form_at(page, f"{PAGE}/price")
    assert {name: form[name].value for name in typed} == typed
    assert store.dump() == before


@pytest.mark.parametrize(
    ("fields", "error"),
    [({"for_sale": "maybe"}, "Choose yes or no."), ({"kind": "rent"}, "Choose a kind of price.")],
)
def test_choices_that_the_form_does_not_offer_are_refused(store, tide, ada_at, fields, error):
    form = form_at(ada_at.get(PAGE), f"{PAGE}/price")
    for name, value in fields.items():
        form[name].force_value(value)
    assert list(field_errors(form.submit(status=400)).values()) == [error]
    assert of_album(store, tide) == (900, None, True)


@pytest.mark.parametrize(
    ("currency", "price", "error"),
    [
        ("UGX", "5", "Payment providers charge no amounts in UGX. Use another currency."),
        ("KWD", "1.234", "1.234 KWD cannot be charged. The third decimal place must be 0."),
        ("ISK", "1.5", "1.5 ISK cannot be charged. Write a whole number."),
    ],
)
def test_a_price_that_can_never_be_charged_is_refused(store, tide, ada_at, currency, price, error):
    store.change(Album, tide, currency=currency)
    page = ada_at.get(PAGE)
    assert f"Price in {currency}" in page
    assert field_errors(save_album(page, price=price)) == {"album-price-error": error}
    assert list(field_errors(save_tracks(page, price)).values()) == [error]


def test_a_price_too_small_to_be_charged_alone_is_explained(store, tide, ada_at):
    page = save_album(ada_at.get(PAGE), price="0.49").follow()
    assert "accept only totals of at least €0.50" in page.html.select_one(".warning").text
    assert save_album(page, price="0.50").follow().html.select_one(".warning") is None


@pytest.mark.parametrize("save", [lambda page: save_album(page, price="7"), lambda page: save_tracks(page, "7", "7")])
def test_a_form_that_was_opened_before_another_change_does_not_overwrite_it(store, tide, ada_at, save):
    page = ada_at.get(PAGE)
    save_album(ada_at.get(PAGE), price="10")
    refused = save(page)
    assert refused.status_int == 400
    assert "has been changed since you opened this page" in refused.html.select_one(".error-summary").text
    assert refused.html.select_one(".price").text == "€10.00"
    assert (of_album(store, tide), of_tracks(store, tide)[0]) == ((1_000, None, True), (100, None))
    # What was typed is still there, and can be saved now.
    assert save(refused).status_int == 303
    assert 700 in (of_album(store, tide)[0], of_tracks(store, tide)[0][0])


def test_each_change_is_audited_with_what_was_before(store, tide, ada, ada_at):
    save_album(ada_at.get(PAGE), kind="minimum", minimum="5", for_sale="no")
    save_tracks(ada_at.get(PAGE), "", "1.20")
    rows = sorted(store.rows(AuditEntry), key=lambda entry: entry.action)
    assert [(row.action, row.actor_id, row.target, row.ip_address, row.details) for row in rows] == [
        (
            "album-price-changed", ada, "tide", "203.0.113.1",
            "9.00 EUR to not for sale (9.00 EUR, at least 5.00 EUR)",
        ),
        (
            "track-prices-changed", ada, "tide", "203.0.113.1",
            "1-1: 1.00 EUR to album only; 1-2: album only to 1.20 EUR",
        ),
    ]  # fmt: skip
    page = ada_at.get("/admin/actions")
    assert "changed prices of tracks of tide" in " ".join(page.html.main.text.split())
    assert page.html.select_one('.records a[href="/admin/albums/tide"]')


def test_albums_are_listed_by_title_and_found_by_search(store, tide, ada_at):
    store.add(*(make_album(f"Album {number:02}") for number in range(30)), make_album("Secret", published=False))
    pages = follow_pages(ada_at, "/admin/albums")
    titles = [title.text for page in pages for title in page.html.select(".records strong")]
    assert titles == [*(f"Album {number:02}" for number in range(30)), "Noise", "Tide"]
    for wanted in ("tide", "ADA", "ebb", "sound tide"):
        found = ada_at.get("/admin/albums", {"q": wanted})
        assert [row.text.split() for row in found.html.select(".records li")] == [
            ["Tide", "by", "Ada", "Sound", "€9.00"]
        ], wanted
    assert found.click("Tide").html.h1.text == "Prices of Tide"
    assert "No album matches" in ada_at.get("/admin/albums?q=zzz")


def test_a_missing_album_is_not_found(store, ada_at):
    token = {"csrf_token": ada_at.cookies["csrf"]}
    ada_at.get("/admin/albums/nothing", status=404)
    for form in ("price", "tracks"):
        ada_at.post(f"/admin/albums/nothing/{form}", token, status=404)
        assert ada_at.get(f"/admin/albums/nothing/{form}", status=303).location.endswith("/admin/albums/nothing")


def test_an_import_may_change_the_album_while_its_form_is_open(store, tide, ada_at):
    page = ada_at.get(PAGE)
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(update(Album).where(Album.id == tide).values(price_cents=500))
    assert save_album(page, price="7").status_int == 400
    assert of_album(store, tide) == (500, None, True)


@pytest.mark.parametrize("version", ["", "x", "2026-01-01T00:00:00+00:00"])
def test_a_form_without_its_version_changes_nothing(store, tide, ada_at, version):
    form = form_at(ada_at.get(PAGE), f"{PAGE}/price")
    form["price"], form["version"] = "7", version
    assert "has been changed since" in form.submit(status=400)
    assert of_album(store, tide) == (900, None, True)
