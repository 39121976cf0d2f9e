"""The audit of password resets on a phone, and by keyboard."""

import pytest

from tests.browser.pages import admin_page

PHONE = {"width": 360, "height": 740}
# How far the frame around what has the focus reaches beyond it.
FRAME = """element => {
    const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(element);
    return outlineStyle === "none" ? 0 : parseFloat(outlineWidth) + parseFloat(outlineOffset);
}"""


@pytest.fixture
def page(make_visitor):
    """The page on Ada's phone, with somebody on it who forgot a password, and whose address is another than hers."""
    visitor, ada = make_visitor(), make_visitor(viewport=PHONE)
    visitor.have_account()
    visitor.sign_out()
    visitor.ask_for_reset()
    admin_page("/admin/resets")(ada)
    return ada.page


def test_every_column_of_the_days_can_be_seen_at_once(page):
    widths = page.locator(".table-scroll").evaluate("element => [element.scrollWidth, element.clientWidth]")
    assert widths[0] <= widths[1]


def test_the_frame_around_the_button_that_opens_the_form_lies_over_nothing(page):
    summary = page.locator(".records summary").first
    page.keyboard.press("Tab")  # whoever uses the keyboard sees the frame
    summary.focus()
    page.keyboard.press("Enter")
    label = page.locator("details[open] label").first.bounding_box()
    box, frame = summary.bounding_box(), summary.evaluate(FRAME)
    assert frame > 0
    assert box["y"] + box["height"] + frame <= label["y"]
