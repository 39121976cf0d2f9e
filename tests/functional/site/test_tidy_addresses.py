"""Addresses copied with a trailing slash or with punctuation from a sentence."""

import pytest

from tests.support.factories import make_album, make_artist
from tests.support.store_driver import ask_for_reset, register

SURPLUS = [
    ".", ",", ")", ">", "%20", "%20%20", ").", "%3E", "%0A", "...", "%E2%80%9D", "%E2%80%A6", "'", "%22", "/", "//",
    "/.", "*", "%5D", ";", ":", "!", "%3F", "%C2%A0", "%C2%BB", "%5C",
    "%E3%80%82", "%EF%BC%89", "%E3%80%8D.", "&", "%E2%80%94", "%EF%BB%BF", "%E2%80%8E",
]  # fmt: skip


@pytest.fixture(autouse=True)
def catalogue(store):
    store.add(make_album("One", make_artist("Artist", url="artist"), url="one"))


@pytest.mark.parametrize("surplus", SURPLUS)
@pytest.mark.parametrize(
    "path", ["/albums/one", "/artists/artist", "/albums", "/account/signin", "/albums/one/cover.svg"]
)
def test_surplus_characters_at_the_end_of_an_address_are_dropped(testapp, path, surplus):
    answer = testapp.get(f"{path}{surplus}", status=301)
    assert answer.headers["Location"] == f"http://localhost{path}"
    answer.follow(status=200)


@pytest.mark.parametrize("path", ["/.", "/)", "//", "/%20"])
def test_the_home_page_is_found_too(testapp, path):
    assert testapp.get(path, status=301).headers["Location"] == "http://localhost/"


def test_the_query_is_kept_unchanged(testapp):
    answer = testapp.get("/albums/?sort=title&after=1~a%20b&x=%2F%2Fevil.example", status=301)
    assert answer.headers["Location"] == "http://localhost/albums?sort=title&after=1~a%20b&x=%2F%2Fevil.example"


@pytest.mark.parametrize("surplus", [".", ",", ")", ">", "%20", "/"])
def test_a_mailed_link_works_with_surplus_characters(store, testapp, alice, surplus):
    ask_for_reset(testapp)
    link = store.mailed_link("alice@example.org", "reset-password")
    answer = testapp.get(f"{link}{surplus}", status=301)
    assert answer.headers["Location"] == f"http://localhost{link}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Choose a new password" in answer.follow().follow().text
    register(testapp, "carol@example.org")
    confirm = testapp.get(f"{store.mailed_link('carol@example.org')}{surplus}", status=301)
    assert "carol@example.org" in confirm.follow(status=200).text


def test_a_secret_ending_in_a_hyphen_or_underscore_is_kept_whole(testapp):
    for code in ("a" * 32 + "." + "b" * 42 + end for end in "-_"):
        testapp.get(f"/account/confirm/{code}", status=404)
        assert testapp.get(f"/account/confirm/{code}.", status=301).headers["Location"].endswith(code)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "//evil.example/.",
        "//evil.example%2f",
        "/%2fevil.example/",
        "/%2f%2fevil.example)",
        "/%5cevil.example/",
        "/\\evil.example/",
        "///evil.example//",
        "//evil.example/albums/",
        "/https://evil.example/",
        "/@evil.example/",
        "/.evil.example/",
    ],
)
def test_no_address_leads_to_another_site(testapp, path):
    answer = testapp.get(path, expect_errors=True)
    assert answer.status_int in {400, 404}
    assert "Location" not in answer.headers


@pytest.mark.parametrize("slug", ["%2f%2fevil.example", "%5c%5cevil.example", "%0d%0aX-Evil:%201"])
def test_a_strange_slug_stays_on_the_site(testapp, slug):
    answer = testapp.get(f"/albums/{slug}.", expect_errors=True)
    assert "X-Evil" not in answer.headers
    location = answer.headers.get("Location", "http://localhost/")
    assert location.startswith("http://localhost/")
    assert not location.startswith("http://localhost//")


@pytest.mark.parametrize(
    "path",
    [
        "/albums/..",
        "/albums/../",
        "/albums/one/..",
        "/nothing/",
        "/nothing.",
        "/albums/one/x/",
        "/static/",
        "/static/css/",
    ],
)
def test_an_address_without_a_page_is_not_found(testapp, path):
    testapp.get(path, status=404)


def test_a_missing_album_is_not_found_with_a_full_stop_either(testapp):
    testapp.get("/albums/nothing.", status=301).follow(status=404)


def test_forms_are_not_redirected(testapp):
    assert testapp.post("/account/signout/", expect_errors=True).status_int == 404
    testapp.head("/albums/", status=301)


def test_another_host_is_still_refused(store):
    store.browser(HTTP_HOST="evil.example").get("/albums/", status=421)
