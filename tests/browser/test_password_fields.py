"""Fields for passwords, as password managers and people with a clipboard use them."""

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
