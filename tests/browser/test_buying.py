"""A guest buys on a phone, with a payment page of another origin as in production."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import TRUST
from tests.support.checkout import CHECKOUT
from tests.support.running_store import RunningStore, running_store
from tests.support.stripe_double import running_stripe_double, stripe_settings

PHONE = {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def stripe_store(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """The store of development.ini, which sells with the double of Stripe."""
    ini = (CHECKOUT / "development.ini").read_text("utf-8").replace("[server:main]\n", TRUST)
    ini = re.sub(r"(?m)^(payments|seller)\..*\n", "", ini)
    with running_stripe_double() as double:
        settings = "".join(f"{name.replace('__', '.')} = {value}\n" for name, value in stripe_settings(double).items())
        ini = ini.replace("[app:main]\n", f"[app:main]\n{settings}")
        with running_store(tmp_path_factory.mktemp("stripe_store"), ini=ini) as started:
            yield started


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no_scripts"])
def test_a_guest_names_a_price_for_a_cart_on_a_phone_and_finds_it_in_the_library(make_visitor, stripe_store, scripts):
    visitor = make_visitor(stripe_store, java_script_enabled=scripts, viewport=PHONE)
    page = visitor.page
    answer = visitor.go("/albums/rain-on-zinc")
    assert "form-action 'self';" in answer.headers["content-security-policy"]
    page.get_by_role("button", name="Add to cart").click()
    visitor.sees_flash_message("Added to your cart.")
    visitor.go("/albums/a-winter-sung-at-home")
    page.get_by_role("button", name="Name your price: Come In, Come In").click()
    visitor.sees_heading("Cart")
    page.get_by_label("Your price for Come In, Come In").fill("2,50")
    visitor.press("Check out")
    visitor.fill(email=visitor.email)
    visitor.press("Continue")
    expect(page.locator("main .address")).to_have_text(visitor.email)
    page.get_by_role("button", name="Pay €10.00").click()
    expect(page.get_by_role("heading")).to_have_text("Pay 1000")
    assert not page.url.startswith(stripe_store.url)
    page.get_by_role("button", name="Pay now").click()
    visitor.sees_heading("Your music")

    download = visitor.download()
    assert download.suggested_filename == "Copperline Dub Foundation - 01 - Rain on Zinc.mp3"
    assert Path(download.path()).stat().st_size > 1_000

    visitor.open_account(number=2)
    page.get_by_role("link", name="Library").click()
    page.get_by_role("link", name="Rain on Zinc by Copperline Dub Foundation").click()
    expect(page.locator(".order-lines h2")).to_have_text(["Rain on Zinc", "Come In, Come In"])
    visitor.sees_heading("Your music")
    visitor.download()
    # An account has the music wherever its owner signs in.
    other = visitor.elsewhere()
    other.sign_in()
    other.go("/library")
    expect(other.page.get_by_role("link", name="Rain on Zinc")).to_be_visible()
    other.page.close()
