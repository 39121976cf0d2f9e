"""What may follow a purchase without an account: a corrected address, a withdrawal and a refund, on a phone."""

import re

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from tests.browser.pages import ADA, ALBUM
from tests.browser.quick_forms import link_on
from tests.browser.visitor import Visitor

PHONE = {"width": 390, "height": 800}
# An album of two discs with six tracks each.
PRELUDES = "/albums/preludes-pour-les-heures-breves"


def words_of_mail(visitor: Visitor, *, number: int) -> str:
    """Wait for `number` emails to a visitor, and return the plain text of the newest in one line."""
    page = visitor.page.request.get(visitor.await_mail(number=number)).text()
    text = BeautifulSoup(page, "html.parser").select_one(".mail-text").text
    return " ".join(text.split())


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_a_guest_corrects_the_address_and_its_owner_finds_the_music_in_the_library(make_visitor, scripts):
    visitor = make_visitor(viewport=PHONE, java_script_enabled=scripts)
    page, right = visitor.page, visitor.email
    visitor.email = f"wrong-{right}"
    order = visitor.have_bought(ALBUM)
    wrong_link = link_on(page.request.get(visitor.await_mail()).text(), ".mail-text a")
    visitor.go(order)
    visitor.fill(email=right)
    visitor.press("Correct address")
    visitor.sees_flash_message("The address is corrected.")
    expect(page.locator(".lede")).to_contain_text(f"We've sent a receipt and a link to {right}.")
    assert page.request.get(wrong_link).status == 404

    visitor.email = right
    words = words_of_mail(visitor, number=1)
    for part in ("has been corrected to yours", "Total: €7.50", "Sold by", "You may withdraw from this purchase until"):
        assert part in words
    other = visitor.elsewhere()
    other.be_at_mailed_link("Your music")
    assert other.download().suggested_filename == "Copperline Dub Foundation - 01 - Rain on Zinc.mp3"
    other.be_registered()
    other.follow_link(other.await_mail(number=2), ".mail-text a")
    other.press("Confirm and sign in")
    other.sees_heading("Library")
    other.page.get_by_role("link", name="Rain on Zinc by Copperline Dub Foundation").click()
    other.sees_heading("Your music")
    other.page.close()


def test_a_guest_withdraws_and_gets_a_confirmation(make_visitor):
    visitor = make_visitor(viewport=PHONE)
    page = visitor.page
    visitor.go(visitor.have_bought(ALBUM))
    expect(page.get_by_role("button", name=re.compile("^Download "))).to_have_count(5)
    page.get_by_role("link", name="Withdraw from this purchase").click()
    visitor.sees_heading("Withdraw from this purchase")
    visitor.fill(name="Zoë Smith")
    visitor.press("Confirm withdrawal")
    visitor.sees_heading("Your order")
    expect(page.locator(".lede")).to_contain_text("You withdrew from this purchase on")
    expect(page.get_by_role("button", name=re.compile("^Download "))).to_have_count(0)
    words = words_of_mail(visitor, number=2)
    for part in ("Zoë Smith withdrew from this purchase on", "Rain on Zinc by Copperline Dub Foundation", "€7.50"):
        assert part in words
    page.get_by_role("link", name="Receipt ").click()
    visitor.sees_heading(re.compile("Receipt LOCAL-"))
    expect(page.locator(".receipt")).not_to_contain_text("You may withdraw")
    visitor.go("/purchases")
    expect(page.locator(".records .mark")).to_have_text("withdrawn")


def test_a_guest_sees_what_an_admin_refunds(make_visitor):
    visitor, ada = make_visitor(viewport=PHONE), make_visitor(viewport=PHONE)
    page = visitor.page
    visitor.have_in_cart(ALBUM)
    order = visitor.have_bought(PRELUDES)
    ada.email = ADA
    ada.be_signed_in()
    ada.go(f"/admin{order.replace('purchases', 'orders')}")
    ada.page.get_by_label("Rain on Zinc, €7.50").check()
    ada.fill(reason="Bought by mistake")
    ada.press("Refund")
    ada.sees_flash_message("Refund requested.")

    words = words_of_mail(visitor, number=2)
    for part in (
        "We have refunded €7.50",
        "Refunded: €7.50 of €19.50",
        "You can no longer download what was refunded.",
    ):
        assert part in words
    assert "mistake" not in words
    visitor.go(order)
    lines = page.locator(".order-lines")
    ended, kept = (lines.filter(has=page.get_by_role("link", name=title)) for title in ("Rain on Zinc", "Préludes"))
    expect(ended).to_contain_text("This can no longer be downloaded.")
    expect(kept.get_by_role("button", name=re.compile("^Download "))).to_have_count(12)
    page.get_by_role("link", name="Credit note ").click()
    visitor.sees_heading(re.compile("Credit note LOCAL-C-"))
    expect(page.locator(".receipt")).to_contain_text("Download of Rain on Zinc")
    visitor.go("/purchases")
    expect(page.locator(".records .mark")).to_have_text("partly refunded")
    ada.page.reload()
    expect(ada.page.locator(".records .mark")).to_have_text(["refunded", "access ended", "succeeded"])
    expect(ada.page.get_by_role("group", name="What is refunded").get_by_role("checkbox")).to_have_count(1)
