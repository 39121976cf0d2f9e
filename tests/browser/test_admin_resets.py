"""The audit of password resets on a phone and by keyboard."""

import pytest

from tests.browser.pages import admin_page

PHONE = {"width": 360, "height": 740}
# How far the focus outline extends beyond the focused element.
FRAME = """element => {
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element);
    return outlineStyle === "none" ? 0 : parseFloat(outlineWidth) + parseFloat(outlineOffset);
}"""


@pytest.fixture
def page(make_visitor):
    """The reset audit on Ada's phone, with one request from another address than hers."""
    visitor, ada = make_visitor(), make_visitor(viewport=PHONE)
    visitor.add_account()
    visitor.be_sent_reset()
    admin_page("/admin/resets")(ada)
    return ada.page


def test_every_column_of_the_day_table_is_visible(page):
    widths = page.locator(".table-scroll").evaluate("element => [element.scrollWidth, element.clientWidth]")
    assert widths[0] <= widths[1]


def test_the_focus_outline_of_the_block_button_covers_nothing(page):
    summary = page.locator(".records summary").first
    page.keyboard.press("Tab")  # the outline appears only for keyboard users
    summary.focus()
    page.keyboard.press("Enter")
    label = page.locator("details[open] label").first.bounding_box()
    box, frame = summary.bounding_box(), summary.evaluate(FRAME)
    assert frame > 0
    assert box["y"] + box["height"] + frame <= label["y"]
