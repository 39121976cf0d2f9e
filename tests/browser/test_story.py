"""The main journey of a visitor in a real browser, with and without scripts."""

import re

import pytest
from playwright.sync_api import expect

ALBUM = "Rain on Zinc"
NEW_PASSWORD = "seventeen grey herons"


@pytest.mark.parametrize(
    ("scripts", "framed"), [(True, True), (False, False)], ids=["scripts-html_mail", "no_scripts-text_mail"]
)
def test_a_visitor_listens_registers_forgets_resets_and_signs_in(make_visitor, scripts, framed):
    visitor = make_visitor(java_script_enabled=scripts)
    page = visitor.page
    visitor.go("/")
    page.get_by_role("link", name="Browse all albums").click()
    page.get_by_role("link", name=ALBUM, exact=True).click()
    visitor.sees_heading(ALBUM)
    (play_with_the_player if scripts else follow_the_clip)(page)

    visitor.register()
    visitor.follow_mail("Confirm your email address", framed=framed)
    visitor.press("Confirm and sign in")
    visitor.sees_flash_message("Welcome.")
    visitor.sign_out()

    visitor.ask_for_reset()
    visitor.follow_mail("Choose a new password", number=2, framed=framed)
    # The URL no longer contains the secret.
    expect(page).to_have_url(re.compile(r"/account/reset_password$"))
    visitor.fill(password=NEW_PASSWORD, confirm_password=NEW_PASSWORD)
    visitor.press("Set new password")
    visitor.sees_flash_message("Your new password is set")

    visitor.password = NEW_PASSWORD
    visitor.sign_in()
    page.get_by_role("link", name="Account").click()
    visitor.sees_heading("Your account")


def play_with_the_player(page):
    page.get_by_role("button", name=re.compile("Play a preview")).first.click()
    expect(page.locator(".player-time")).to_have_text(re.compile(r"^0:0[1-9] / 0:\d\d$"))
    page.get_by_role("region", name="Player").get_by_role("button", name="Pause").click()


def follow_the_clip(page):
    link = page.locator("a.track-play").first
    expect(page.locator(".player")).to_have_count(0)
    clip = page.request.get(link.get_attribute("href"))
    assert clip.status == 200
    assert clip.headers["content-type"] == "audio/mpeg"
    with page.expect_response(lambda response: "/previews/" in response.url) as answer:
        link.click()
    assert answer.value.ok
