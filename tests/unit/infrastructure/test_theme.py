"""The colours of the store."""

import re

import pytest

from album_store.infrastructure.theme import (
    MIN_CONTRAST,
    PAPER_DARK,
    PAPER_LIGHT,
    contrast,
    legible_on,
    on_colour,
    theme_css,
)

ACCENTS = ["#000000", "#ffffff", "#777777", "#c8391f", "#ffff00", "#0000ff", "#00ff00", "#131316", "#808080", "#010203"]


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#c8391f", "#c8391f", 1.0),
    ],
)
def test_contrast_follows_wcag(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("accent", ACCENTS)
def test_text_is_legible_in_and_on_every_accent(accent):
    assert contrast(on_colour(accent), accent) >= 4.5
    for paper in (PAPER_LIGHT, PAPER_DARK):
        assert contrast(legible_on(accent, paper), paper) >= MIN_CONTRAST


def test_a_legible_colour_is_not_changed():
    assert legible_on("#0000ff", PAPER_LIGHT) == "#0000ff"


@pytest.mark.parametrize("accent", ACCENTS)
def test_the_css_holds_only_colours(accent):
    css = theme_css(accent)
    values = re.findall(r"--[a-z-]+: ([^;]+);", css)
    assert values[0] == accent
    assert len(values) == 4
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in values)
    assert css.count("{") == css.count("}")
