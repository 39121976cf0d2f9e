"""Whose turn it is."""

import threading

import pytest
from pyramid.testing import DummyRequest

from album_store.infrastructure.turns import PAGES_AT_ONCE, turns_tween_factory
from tests.functional.store_driver import together

FORMS_AT_ONCE = 2
LIMIT_S = 10


class Settings:
    """As much of the settings as turns depend on."""

    hashes_at_once = FORMS_AT_ONCE


@pytest.fixture
def registry():
    return type("Registry", (), {"store": Settings})


def asking(method, path):
    return DummyRequest(environ={"REQUEST_METHOD": method, "PATH_INFO": path})


FORM = asking("POST", "/account/signin")
PAGE = asking("GET", "/albums")


class CountingHandler:
    """Notes how many requests were in work at the same moment; each ends once as many are as may be."""

    def __init__(self, expected: int) -> None:
        self.most = self.now = 0
        self._lock = threading.Lock()
        self._full = threading.Barrier(expected)

    def __call__(self, _request: object) -> str:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self._full.wait(LIMIT_S)
        with self._lock:
            self.now -= 1
        return "answer"


@pytest.mark.parametrize(
    ("request_", "at_once"),
    [
        (FORM, FORMS_AT_ONCE),
        (PAGE, PAGES_AT_ONCE),
        (asking("GET", "/account/signin"), PAGES_AT_ONCE),
        (asking("POST", "/elsewhere"), PAGES_AT_ONCE),
        (asking("GET", "/\udcff\xff"), PAGES_AT_ONCE),
    ],
)
def test_only_so_many_of_a_kind_are_in_work_at_once(registry, request_, at_once):
    handler = CountingHandler(at_once)
    tween = turns_tween_factory(handler, registry)
    assert together(*[lambda: tween(request_)] * (at_once * 3)) == ["answer"] * (at_once * 3)
    assert handler.most == at_once


def test_a_page_is_shown_while_forms_wait(registry):
    page_was_shown = threading.Event()

    def handler(request: object) -> bool:
        return page_was_shown.wait(LIMIT_S) if request is FORM else not page_was_shown.set()

    tween = turns_tween_factory(handler, registry)
    waiting = [lambda: tween(FORM)] * (FORMS_AT_ONCE * 3)
    assert together(*waiting, lambda: tween(PAGE)) == [True] * (FORMS_AT_ONCE * 3 + 1)


@pytest.mark.parametrize("request_", [FORM, PAGE])
def test_an_error_gives_its_turn_back(registry, request_):
    answers = iter([LookupError] * 9)

    def handler(_request: object) -> str:
        for error in answers:
            raise error
        return "answer"

    tween = turns_tween_factory(handler, registry)
    for _ in range(9):
        with pytest.raises(LookupError):
            tween(request_)
    assert tween(request_) == "answer"
