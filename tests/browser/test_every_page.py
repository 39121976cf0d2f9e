"""What holds for every page in a real browser. Each is visited once for all these tests."""

import pytest

from tests.browser.pages import PAGES
from tests.support.page_reader import parse_strictly


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_html_as_the_standard_wants_it(survey, name):
    parse_strictly(survey(name).source.decode())


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_errors(survey, name):
    assert survey(name).complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_and_in_dark(survey, name):
    assert survey(name).axe == {}


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_however_narrow_the_window_or_large_the_letters(survey, name):
    assert survey(name).sideways == {}


@pytest.mark.parametrize("name", PAGES)
def test_everything_to_press_is_large_enough_for_a_thumb(survey, name):
    assert survey(name).small_targets == []
