"""A name of which nothing can be seen is none."""

import pytest

from album_store.data.account import Account
from album_store.data.profile import Profile
from tests.support.store_driver import form_at, register, the_button

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
def test_who_registers_without_a_visible_name_has_none_and_is_shown_by_address(store, testapp, name):
    register(testapp, "carol@example.org", name=name)
    the_button(testapp.get(store.mailed_link("carol@example.org"))).submit(status=303)
    assert [account.display_name for account in store.rows(Account)] == [""]
    assert "carol@example.org" in testapp.get("/account").html.main.text


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_a_profile_of_nothing_visible_is_empty(store, alice, text):
    form = form_at(store.signed_in().get("/account"), "/account/profile")
    form["display_name"] = form["location"] = form["about"] = text
    form.submit(status=303)
    (profile,) = store.rows(Profile)
    assert (store.rows(Account)[0].display_name, profile.location, profile.about) == ("", "", "")
