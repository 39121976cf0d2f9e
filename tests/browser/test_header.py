"""The header of an account with a cart, on phones."""

from collections import Counter

from tests.browser.pages import ALBUM

# How far each item of the header is from the top of the page.
TOPS = "items => items.map(item => item.offsetTop)"


def test_no_link_of_the_header_is_alone_on_a_line(make_visitor):
    visitor = make_visitor()
    visitor.have_account()
    visitor.have_in_cart(ALBUM)
    visitor.go("/")
    items = visitor.page.get_by_role("navigation", name="Site").get_by_role("listitem")
    names = [text.strip() for text in items.all_inner_texts()]
    assert names == ["Albums", "Cart (1)", "Library", "Account", "Sign out"]
    for width in (320, 360, 390):
        visitor.page.set_viewport_size({"width": width, "height": 740})
        assert min(Counter(items.evaluate_all(TOPS)).values()) > 1, width
