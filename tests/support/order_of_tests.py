"""The order of the tests, and which of them run in one process, so that no processor is idle."""

from itertools import groupby

import pytest
from xdist.scheduler import LoadFileScheduling

# The longest of all. It runs in one process, and the other browser tests in another, because each process that runs
# browser tests starts a browser and stores of its own.
SURVEY = "tests/browser/test_every_page.py"
BROWSER = "tests/browser/"
# The last files are short ones, so that the processes end at the same time.
LAST_SERVER = 0.6


class Scheduling(LoadFileScheduling):
    """The tests of a file run in one process and share expensive fixtures; so do the files of browser tests."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return BROWSER if file.startswith(BROWSER) and file != SURVEY else file


def put_in_order(items: list[pytest.Item]) -> None:
    """Put browser tests first, and spread those that start servers among those that need only a processor.

    Browser and server tests often wait. If all processes ran them at once, processors would be idle.
    """
    files = [list(tests) for _, tests in groupby(items, key=lambda item: item.path)]
    browser = [tests for tests in files if _is(tests, "browser")]
    server = [tests for tests in files if _is(tests, "server") and tests not in browser]
    others = [tests for tests in files if tests not in browser and tests not in server]
    browser.sort(key=lambda tests: not tests[0].nodeid.startswith(SURVEY))
    places = [(LAST_SERVER * number / len(server), tests) for number, tests in enumerate(server)]
    places += [(number / len(others), tests) for number, tests in enumerate(others)]
    mixed = [tests for _, tests in sorted(places, key=lambda place: place[0])]
    items[:] = [item for tests in (*browser, *mixed) for item in tests]


def _is(tests: list[pytest.Item], mark: str) -> bool:
    return any(test.get_closest_marker(mark) for test in tests)
