"""Whose turn it is."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from album_store.infrastructure.web.gate import PAGES_AT_ONCE, Gate
from tests.support.store_driver import together

FORMS_AT_ONCE = 2
LIMIT_S = 10


class FakeApp:
    """An application that answers as it is told."""

    registry = SimpleNamespace(store=SimpleNamespace(hashes_at_once=FORMS_AT_ONCE))

    def __init__(self, answer: Callable[[dict[str, str]], Any]) -> None:
        self._answer = answer

    def __call__(self, environ: dict[str, str], _start_response: object) -> Any:
        return self._answer(environ)


class CountingAnswer:
    """Notes how many requests were in work at the same moment; each ends once as many are as may be."""

    def __init__(self, expected: int) -> None:
        self.most = self.now = 0
        self._lock = threading.Lock()
        self._full = threading.Barrier(expected)

    def __call__(self, _environ: object) -> str:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self._full.wait(LIMIT_S)
        with self._lock:
            self.now -= 1
        return "answer"


def asking(method, path):
    return {"REQUEST_METHOD": method, "PATH_INFO": path}


FORM = asking("POST", "/account/signin")
PAGE = asking("GET", "/albums")


@pytest.mark.parametrize(
    ("environ", "at_once"),
    [
        (FORM, FORMS_AT_ONCE),
        (PAGE, PAGES_AT_ONCE),
        (asking("GET", "/account/signin"), PAGES_AT_ONCE),
        (asking("POST", "/elsewhere"), PAGES_AT_ONCE),
        (asking("POST", "/\xff"), PAGES_AT_ONCE),
    ],
)
def test_only_so_many_of_a_kind_are_in_work_at_once(environ, at_once):
    answer = CountingAnswer(at_once)
    turns = Gate(FakeApp(answer))
    assert together(*[lambda: turns(environ, None)] * (at_once * 3)) == ["answer"] * (at_once * 3)
    assert answer.most == at_once


def test_a_page_is_shown_while_forms_wait():
    page_was_shown = threading.Event()

    def answer(environ: dict[str, str]) -> bool:
        return page_was_shown.wait(LIMIT_S) if environ is FORM else not page_was_shown.set()

    turns = Gate(FakeApp(answer))
    waiting = [lambda: turns(FORM, None)] * (FORMS_AT_ONCE * 3)
    assert together(*waiting, lambda: turns(PAGE, None)) == [True] * (FORMS_AT_ONCE * 3 + 1)


@pytest.mark.parametrize("environ", [FORM, PAGE])
def test_an_error_gives_its_turn_back(environ):
    answers = iter([LookupError] * 9)

    def answer(_environ: object) -> str:
        for error in answers:
            raise error
        return "answer"

    turns = Gate(FakeApp(answer))
    for _ in range(9):
        with pytest.raises(LookupError):
            turns(environ, None)
    assert turns(environ, None) == "answer"
