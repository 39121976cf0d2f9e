"""Password fields: pasting, and showing what was typed."""

import pytest
from playwright.sync_api import expect

from tests.support.factories import PASSWORD


@pytest.mark.parametrize(
    ("path", "names"), [("/account/signin", ["password"]), ("/account/register", ["password", "confirm_password"])]
)
def test_a_password_can_be_pasted(visitor, path, names):
    visitor.go(path)
    written = visitor.page.get_by_role("searchbox")
    written.fill(PASSWORD)
    written.press("ControlOrMeta+A")
    written.press("ControlOrMeta+C")
    for name in names:
        field = visitor.page.locator(f'main [name="{name}"]')
        field.press("ControlOrMeta+V")
        expect(field).to_have_value(PASSWORD)
        expect(field).to_have_attribute("type", "password")


def test_the_passwords_of_a_form_can_be_shown_and_are_hidden_again(visitor):
    visitor.go("/account/register")
    visitor.fill(password=PASSWORD, confirm_password=PASSWORD)
    fields = [visitor.page.locator(f'main [name="{name}"]') for name in ("password", "confirm_password")]
    box = visitor.page.get_by_label("Show passwords")
    for is_shown, kind in ((True, "text"), (False, "password")):
        box.set_checked(is_shown)
        for field in fields:
            expect(field).to_have_attribute("type", kind)
            expect(field).to_have_value(PASSWORD)
