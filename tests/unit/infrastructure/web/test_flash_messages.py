"""The one-line notice after a redirect."""

from datetime import timedelta

import pytest
from pyramid.testing import DummyRequest

from album_store.infrastructure.web.flash_messages import NOTICES, leave_notice, take_notice


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
    return request


def test_only_the_key_travels_and_not_for_long():
    request = request_with()
    leave_notice(request, "welcome")
    assert request.store_cookies.done == [("notice", "welcome", timedelta(minutes=1))]


def test_a_notice_that_does_not_exist_cannot_be_left():
    with pytest.raises(KeyError):
        leave_notice(request_with(), "no such notice")


@pytest.mark.parametrize("key", NOTICES)
def test_a_notice_is_shown_once(key):
    request = request_with(key)
    assert take_notice(request) == NOTICES[key]
    assert request.store_cookies.done == [("notice",)]


@pytest.mark.parametrize("planted", ["You have won!", "<script>", "__class__", "\xff"])
def test_nobody_can_put_words_into_the_stores_mouth(planted):
    request = request_with(planted)
    assert take_notice(request) == ""
    assert request.store_cookies.done == [("notice",)]


def test_without_a_notice_no_cookie_is_touched():
    request = request_with()
    assert take_notice(request) == ""
    assert request.store_cookies.done == []
