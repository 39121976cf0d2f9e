"""Makes the screenshots for the documentation. Run `python -m docs.screenshots` in the checkout.

The store of development.ini runs with its demo catalogue at a fixed time: the images change only with the pages.
"""

import io
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine
from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from pyramid.paster import get_appsettings
from waitress.server import create_server
from webtest import TestApp

import album_store
from tests.browser.conftest import ARGUMENTS
from tests.support.buyer import add, buy
from tests.support.checkout import CHECKOUT
from tests.support.clock import NOON
from tests.support.factories import PASSWORD, add_account
from tests.support.running_store import free_port
from tests.support.store_driver import StoreDriver, ask_for_reset, form_at, sign_in

FOLDER = CHECKOUT / "docs" / "images"
MAX_BYTES = 50_000
QUALITIES = (82, 74, 66, 58, 50, 42)

ADA, ALICE, BOB = "ada@example.org", "alice@example.org", "bob@example.org"
CUSTOMERS, DAYS = 40, 29
PHONE = "Mozilla/5.0 (Linux; Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TABLET = "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"


@dataclass(frozen=True)
class Shot:
    """A page, and the visitor who opens it. With a link, the image is of the page that it leads to from `path`."""

    name: str
    path: str
    email: str = ""
    link: str = ""


@dataclass(frozen=True)
class Screen:
    """A size of the window in CSS pixels, and image pixels for each of them."""

    name: str
    width: int
    height: int
    scale: float


SHOTS = (
    Shot("home", "/"),
    Shot("album", "/albums/rain-on-zinc"),
    Shot("checkout", "/checkout", BOB),
    Shot("purchase", "/library", BOB, link=".records a"),
    Shot("account", "/account", ALICE),
    Shot("admin", "/admin", ADA),
)
SCREENS = (Screen("phone", 390, 780, 1.5), Screen("desktop", 1280, 1080, 0.75))
SCHEMES = ("light", "dark")


def find_browser() -> str:
    """Chromium. Raises SystemExit if there is none."""
    found = os.environ.get("ALBUM_STORE_CHROMIUM") or shutil.which("chromium")
    return found or sys.exit("There is no Chromium: install it (apt-get install chromium).")


@contextmanager
def running_demo(folder: Path) -> Iterator[tuple[StoreDriver, str]]:
    """The store of development.ini in this process, which shares its clock; yields it and its address."""
    port = free_port()
    ini = (CHECKOUT / "development.ini").read_text("utf-8").replace("localhost:6543", f"localhost:{port}")
    (folder / "development.ini").write_text(ini, "utf-8")
    settings = dict(get_appsettings(str(folder / "development.ini"))) | {"mail.worker": "process"}
    app = album_store.main({}, **settings)
    server = create_server(app, host="127.0.0.1", port=port, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield StoreDriver(app), f"http://localhost:{port}"
    finally:
        server.close()
        app.registry.db_sessions.dispose()


def fill(store: StoreDriver, host: str, clock: time_machine.Traveller) -> dict[str, TestApp]:
    """Customers of the last 30 days, devices, purchases and work of an admin; returns who is signed in, by address."""

    def browser(address: str, user_agent: str) -> TestApp:
        return store.browser(REMOTE_ADDR=address, HTTP_USER_AGENT=user_agent, HTTP_HOST=host)

    def at(**ago: int) -> datetime:
        clock.move_to(NOON - timedelta(**ago), tick=True)
        return NOON - timedelta(**ago)

    password_hash = store.registry.password_hasher.hash(PASSWORD)
    for number in range(CUSTOMERS):
        email, created = f"customer-{number}@example.org", at(days=number * number % DAYS, minutes=number)
        add_account(store.db_sessions, password_hash, email, created_date=created)
    since = {"created_date": at(days=40)}
    add_account(store.db_sessions, password_hash, ADA, roles=("admin", "user"), display_name="Ada", **since)
    for email in (ALICE, BOB):
        add_account(store.db_sessions, password_hash, email, display_name=email.partition("@")[0].title(), **since)
    for ago, address, user_agent in (({"days": 9}, "198.51.100.7", TABLET), ({"hours": 20}, "203.0.113.9", PHONE)):
        at(**ago)
        sign_in(browser(address, user_agent), ALICE)
    at(hours=3)
    ask_for_reset(browser("203.0.113.50", PHONE), "customer-4@example.org")
    at(hours=1)
    signed_in = {email: browser(f"192.0.2.{number}", LAPTOP) for number, email in ((10, ADA), (20, ALICE), (30, BOB))}
    for email, visitor in signed_in.items():
        sign_in(visitor, email)
    buy(signed_in[BOB], "rain-on-zinc")
    for album in ("domingo-na-varanda", "traffic-thunder"):
        add(signed_in[BOB], album)
    form = form_at(signed_in[ADA].get("/admin/blocks"), "/admin/blocks")
    form["network"] = "203.0.113.50"
    form.submit(status=303)
    form = form_at(signed_in[ALICE].get("/account"), "/account/profile")
    form["location"], form["about"] = "Oxford", "I collect records by small labels."
    form.submit(status=303)
    at()
    for visitor in signed_in.values():
        visitor.get("/account")  # shows the flash messages, so that no image does
    return signed_in


def small_webp(png: bytes) -> bytes:
    """The image as WebP, with the best quality that keeps it small."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in QUALITIES:
        file = io.BytesIO()
        image.save(file, "WEBP", quality=quality, method=6)
        if len(file.getvalue()) <= MAX_BYTES:
            return file.getvalue()
    raise ValueError(f"the image has more than {MAX_BYTES} bytes even at quality {QUALITIES[-1]}")


def take(browser: Browser, url: str, shot: Shot, screen: Screen, scheme: str, visitor: TestApp | None) -> bytes:
    """The visible part of a page, as PNG."""
    with browser.new_context(
        base_url=url,
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        color_scheme=scheme,
        reduced_motion="reduce",
        user_agent=PHONE if screen.name == "phone" else LAPTOP,
    ) as context:
        if visitor:
            cookies = [{"name": name, "value": value, "url": url} for name, value in visitor.cookies.items()]
            context.add_cookies(cookies)
        page = context.new_page()
        response = page.goto(shot.path, wait_until="networkidle")
        if response.status != 200 or not page.url.endswith(shot.path):
            raise RuntimeError(f"{shot.path} led to {page.url} with status {response.status}")
        if shot.link:
            page.locator(shot.link).first.click()
            page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        return page.screenshot(animations="disabled", caret="hide")


def main() -> int:
    """Write one image for each page, screen and colour scheme, and print its size."""
    FOLDER.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as folder,
        time_machine.travel(NOON, tick=True) as clock,
        running_demo(Path(folder)) as (store, url),
        sync_playwright() as playwright,
    ):
        signed_in = fill(store, url.partition("//")[2], clock)
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        for shot in SHOTS:
            for screen in SCREENS:
                for scheme in SCHEMES:
                    image = small_webp(take(browser, url, shot, screen, scheme, signed_in.get(shot.email)))
                    file = FOLDER / f"{shot.name}-{screen.name}-{scheme}.webp"
                    file.write_bytes(image)
                    sys.stdout.write(f"{file.relative_to(CHECKOUT)}: {len(image) / 1000:.0f} KB\n")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
