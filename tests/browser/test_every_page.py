"""Checks of every page in a real browser; each page is visited once for all checks."""

import pytest

from tests.browser.pages import PAGES
from tests.support.page_reader import parse_strictly


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_the_browser_is_valid_html(survey, name):
    parse_strictly(survey(name).source.decode())


@pytest.mark.parametrize("name", PAGES)
def test_no_page_causes_errors_in_the_browser(survey, name):
    assert survey(name).complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_problem_in_light_or_dark_mode(survey, name):
    assert survey(name).axe == {}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_in_narrow_windows_or_with_large_text(survey, name):
    assert survey(name).sideways == {}


@pytest.mark.parametrize("name", PAGES)
def test_every_touch_target_is_large_enough(survey, name):
    assert survey(name).small_targets == []
