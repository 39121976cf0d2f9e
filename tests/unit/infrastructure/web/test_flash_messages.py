"""The message after a redirect."""

from datetime import timedelta

import pytest
from pyramid.testing import DummyRequest

from album_store.infrastructure.web.flash_messages import add_flash_message, pop_flash_message

MESSAGES = {"welcome": "Welcome!", "signed-out": "You are signed out."}


class FakeCookies:
    """A jar that forgets nothing of what was done to it."""

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


def test_only_the_key_travels_and_not_for_long():
    request = request_with()
    add_flash_message(request, "welcome")
    assert request.store_cookies.done == [("flash", "welcome", timedelta(minutes=1))]


def test_a_message_that_does_not_exist_cannot_be_added():
    with pytest.raises(KeyError):
        add_flash_message(request_with(), "no such message")


@pytest.mark.parametrize("key", MESSAGES)
def test_a_message_is_shown_once(key):
    request = request_with(key)
    assert pop_flash_message(request) == MESSAGES[key]
    assert request.store_cookies.done == [("flash",)]


@pytest.mark.parametrize("planted", ["You have won!", "<script>", "__class__", "\xff"])
def test_a_planted_cookie_puts_no_words_into_a_page(planted):
    request = request_with(planted)
    assert pop_flash_message(request) == ""
    assert request.store_cookies.done == [("flash",)]


def test_without_a_message_no_cookie_is_touched():
    request = request_with()
    assert pop_flash_message(request) == ""
    assert request.store_cookies.done == []
