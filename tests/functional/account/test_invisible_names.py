"""Invisible names count as none; invisible characters that change a letter or an emoji are kept."""

import pytest

from album_store.data.account import Account
from album_store.data.profile import Profile
from tests.support.store_driver import confirmation_form, form_at, register

INVISIBLE = [
    "\u3164",
    "\u2800",
    "\u115f\u1160",
    "\uffa0",
    "\u034f",
    "\ufe0f",
    "\u180b",
    "\u200d",
    "\u2060",
    "\U000e0041",
]


@pytest.mark.parametrize("name", INVISIBLE, ids=ascii)
def test_an_invisible_name_counts_as_none_and_the_address_is_shown(store, testapp, name):
    register(testapp, "carol@example.org", name=name)
    confirmation_form(testapp.get(store.mailed_link("carol@example.org"))).submit(status=303)
    assert [account.display_name for account in store.rows(Account)] == [""]
    assert "carol@example.org" in testapp.get("/account").html.main.text


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_a_profile_of_invisible_characters_is_empty(store, alice, text):
    form = form_at(store.signed_in().get("/account"), "/account/profile")
    form["display_name"] = form["location"] = form["about"] = text
    form.submit(status=303)
    (profile,) = store.rows(Profile)
    assert (store.rows(Account)[0].display_name, profile.location, profile.about) == ("", "", "")


@pytest.mark.parametrize(
    "name",
    [
        "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627",
        "\u0915\u094d\u200d\u0937",
        "\U0001f468\u200d\U0001f373 Bo",
        "\u2764\ufe0f\u200d\U0001f525",
        "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    ],
    ids=ascii,
)
def test_a_name_is_kept_as_typed(store, alice, name):
    browser = store.signed_in()
    form = form_at(browser.get("/account"), "/account/profile")
    form["display_name"] = name
    form.submit(status=303)
    assert form_at(browser.get("/account"), "/account/profile")["display_name"].value == name
