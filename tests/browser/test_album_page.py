"""The page of an album on a phone."""

from tests.browser.pages import ALBUM


def test_a_four_digit_track_number_fits_on_one_line(make_visitor):
    page = make_visitor(viewport={"width": 320, "height": 740}).page
    page.goto(ALBUM)
    number = page.locator(".track-number").first
    line = number.bounding_box()["height"]
    number.evaluate("element => { element.textContent = '1234'; }")
    assert number.bounding_box()["height"] == line
