"""The page of an album on a phone."""

from tests.browser.pages import ALBUM


def test_the_number_of_a_track_is_one_line_however_many_tracks_there_are(make_visitor):
    page = make_visitor(viewport={"width": 320, "height": 740}).page
    page.goto(ALBUM)
    number = page.locator(".track-number").first
    line = number.bounding_box()["height"]
    number.evaluate("element => { element.textContent = '1234'; }")
    assert number.bounding_box()["height"] == line
