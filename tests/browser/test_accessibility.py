"""Accessibility beyond single pages: emails, focus, the skip link and reduced motion."""

import pytest

from tests.browser.pages import ALBUM
from tests.browser.survey import MAIL_OPTIONS, axe_findings

MIN_OUTLINE_PX = 2

FOCUSED = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const style = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    const outline = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
    return { name: element.outerHTML.slice(0, 120), outline, width, height };
}"""
MOVING = """() => [...document.querySelectorAll("*")].filter(element => {
    const style = getComputedStyle(element);
    const durations = `${style.transitionDuration}, ${style.animationDuration}`;
    return durations.split(",").some(duration => parseFloat(duration) > 0);
}).map(element => element.className || element.tagName)"""


def test_axe_finds_no_problem_in_an_email(visitor):
    visitor.register()
    visitor.open_mail()
    visitor.go(visitor.page.locator("iframe").get_attribute("src"))
    assert axe_findings(visitor.page, MAIL_OPTIONS) == {}


@pytest.mark.parametrize("path", ["/", "/albums", "/account/signin", ALBUM])
def test_the_focus_is_visible_wherever_tab_leads(visitor, path):
    visitor.go(path)
    seen = []
    while True:
        visitor.page.keyboard.press("Tab")
        focused = visitor.page.evaluate(FOCUSED)
        if focused is None or focused["name"] in seen[:1]:
            break
        assert focused["outline"] >= MIN_OUTLINE_PX, focused["name"]
        assert min(focused["width"], focused["height"]) > 1, focused["name"]
        seen.append(focused["name"])
    assert "skip-link" in seen[0]
    focusable = visitor.page.locator("a, button, summary, select, input:not([type=hidden])").filter(visible=True)
    assert len(seen) == focusable.count()


def test_the_skip_link_leads_to_the_content(visitor):
    visitor.go("/")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"


def test_covers_do_not_move_with_reduced_motion(make_visitor):
    moving = make_visitor()
    moving.go("/albums")
    assert moving.page.evaluate(MOVING) != []
    still = make_visitor(reduced_motion="reduce")
    for path in ["/", "/albums", ALBUM, "/account/signin"]:
        still.go(path)
        assert still.page.evaluate(MOVING) == []
