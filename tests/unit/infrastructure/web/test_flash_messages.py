"""Flash messages."""

from datetime import timedelta

import pytest
from pyramid.testing import DummyRequest

from album_store.infrastructure.web.flash_messages import add_flash_message, pop_flash_message

MESSAGES = {"welcome": "Welcome!", "signed-out": "You are signed out."}


class FakeCookies:
    """Records every change to the cookies."""

    def __init__(self, sent: str = "") -> None:
        self._sent = sent
        self.done: list[tuple[object, ...]] = []

    def get(self, _name: str) -> str:
        return self._sent

    def set(self, name: str, value: str, lifetime: timedelta) -> None:
        self.done.append((name, value, lifetime))

    def delete(self, name: str) -> None:
        self.done.append((name,))


def request_with(sent=""):
    request = DummyRequest()
    request.store_cookies = FakeCookies(sent)
    request.registry.flash_messages = MESSAGES
    return request


def test_the_cookie_holds_only_the_key_and_expires_after_a_minute():
    request = request_with()
    add_flash_message(request, "welcome")
    assert request.store_cookies.done == [("flash", "welcome", timedelta(minutes=1))]


def test_an_unknown_message_cannot_be_added():
    with pytest.raises(KeyError):
        add_flash_message(request_with(), "no such message")


@pytest.mark.parametrize("key", MESSAGES)
def test_a_message_is_shown_once(key):
    request = request_with(key)
    assert pop_flash_message(request) == MESSAGES[key]
    assert request.store_cookies.done == [("flash",)]


@pytest.mark.parametrize("planted", ["You have won!", "<script>", "__class__", "\xff"])
def test_a_forged_cookie_shows_no_message(planted):
    request = request_with(planted)
    assert pop_flash_message(request) == ""
    assert request.store_cookies.done == [("flash",)]


def test_without_a_message_no_cookie_is_touched():
    request = request_with()
    assert pop_flash_message(request) == ""
    assert request.store_cookies.done == []
