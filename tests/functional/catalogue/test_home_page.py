"""The home page."""

import datetime as dt

from tests.support.factories import make_album, make_artist
from tests.support.page_reader import titles


def test_an_empty_store_says_that_there_are_no_albums_yet(testapp):
    page = testapp.get("/")
    assert page.html.h1.text == "Test Records"
    assert "Records for tests." in page.html.main.text
    assert "There are no albums here yet." in page.html.main.text


def test_the_home_page_features_the_newest_album_and_lists_eight_more(store, testapp):
    store.add(
        *(make_album(f"Of {year}", make_artist(), release_date=dt.date(year, 1, 1)) for year in range(2000, 2012)),
        make_album("Hidden", release_date=dt.date(2030, 1, 1), published=False),
    )
    page = testapp.get("/")
    assert page.html.select_one(".front-caption strong").text == "Of 2011"
    assert titles(page) == [f"Of {year}" for year in range(2010, 2002, -1)]


def test_a_single_album_is_featured_alone(store, testapp):
    store.add(make_album("Only"))
    page = testapp.get("/")
    assert page.html.select_one(".front-caption strong").text == "Only"
    assert page.html.select_one("#newest") is None


def test_visitors_see_a_sign_in_link_and_customers_their_account(store, testapp, alice):
    visitor = testapp.get("/").html.select_one(".site-nav").text
    assert "Sign in" in visitor
    assert "Register" in visitor
    signed_in = store.signed_in().get("/").html.select_one(".site-nav").text
    assert "Account" in signed_in
    assert "Sign in" not in signed_in


def test_the_locale_changes_dates_and_prices_but_not_the_language(make_store):
    store = make_store(store__locale="pt_BR")
    store.add(make_album("Só", url="so", price_cents=1_250, release_date=dt.date(2021, 3, 4)))
    page = store.browser().get("/albums/so").html
    assert page.html["lang"] == "en"
    assert page.select_one(".price").text == "€\xa012,50"
    [date] = page.select("time[datetime='2021-03-04']")
    assert (date.text, date["lang"]) == ("4 de março de 2021", "pt-BR")
