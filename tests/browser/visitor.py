"""What a visitor does in the store, using the labels on the pages."""

import re
import shutil
import time
from collections.abc import Callable
from itertools import count
from urllib.parse import urlsplit

from playwright.sync_api import Download, Locator, Page, Response, expect

from tests.browser.quick_forms import link_on, newest_mail, next_page, send_form
from tests.browser.watch import Watch
from tests.support.factories import PASSWORD
from tests.support.running_store import LOOK_AGAIN_S, RunningStore

LIMIT_S = 20

_numbers = count(1)


class Visitor:
    """A person with a browser profile and an email address of their own."""

    def __init__(self, page: Page, store: RunningStore) -> None:
        self.page = page
        self._store = store
        self.watch = Watch(page)
        self.email = f"visitor-{next(_numbers)}@example.org"
        self.password = PASSWORD

    def go(self, path: str) -> Response:
        """Open a path of the store."""
        return self.page.goto(path)

    def press(self, name: str) -> None:
        """Press the button with this name in the main part of the page."""
        self.page.locator("main").get_by_role("button", name=name, exact=True).click()

    def fill(self, **values: str) -> None:
        """Type into the fields with these names."""
        for name, value in values.items():
            self.page.locator(f'main [name="{name}"]').fill(value)

    def sees_heading(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page has this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def sees_flash_message(self, text: str) -> None:
        """Wait until the page has a flash message with this text."""
        expect(self.page.locator(".flash-message")).to_contain_text(text)

    def register(self) -> None:
        """Fill in the registration form and send it."""
        self.go("/account/register")
        self.fill(email=self.email, password=self.password, confirm_password=self.password)
        self.press("Register")
        self.sees_heading("Check your email")

    def be_registered(self) -> None:
        """Send the registration form without showing a page."""
        request = self.page.request
        values = {"email": self.email, "password": self.password, "confirm_password": self.password}
        assert send_form(request, request.get("/account/register"), **values).status == 303

    def open_account(self, *, number: int = 1) -> None:
        """Register and confirm, which also signs in. The email is the visitor's first, or that of this number."""
        self.register()
        self.follow_mail("Confirm your email address", number=number)
        self.press("Confirm and sign in")
        self.sees_flash_message("Welcome.")

    def add_account(self) -> None:
        """Add an account to the database, without signing in."""
        self._store.add_account(self.email)

    def have_account(self) -> None:
        """Sign in to an account added to the database, and open its page."""
        self.add_account()
        self.be_signed_in()
        self.go("/account")

    def be_signed_in(self) -> None:
        """Sign in without showing a page, which takes an eighth of the processor time of `sign_in`."""
        request = self.page.request
        signed_in = send_form(request, request.get("/account/signin"), email=self.email, password=self.password)
        assert signed_in.status == 303

    def sign_in(self) -> None:
        """Fill in the sign-in form and send it."""
        self.go("/account/signin")
        self.fill(email=self.email, password=self.password)
        self.press("Sign in")
        expect(self.page.get_by_role("link", name="Account")).to_be_visible()

    def sign_out(self) -> None:
        """Press the button in the header."""
        self.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
        self.sees_flash_message("You are signed out.")

    def put_into_cart(self, album: str, button: str | re.Pattern[str] = "Add to cart") -> None:
        """Press a button of the album page at this path."""
        self.go(album)
        self.page.locator("main").get_by_role("button", name=button).first.click()

    def buy(self, album: str) -> None:
        """Buy the album at this path without an account."""
        self.go(album)
        self.page.locator("main").get_by_role("button", name="Buy album").click()
        self.sees_heading("Checkout")
        self.fill(email=self.email)
        self.press("Continue")
        self.page.locator("main").get_by_role("button", name=re.compile(r"^Pay ")).click()
        self.sees_heading("Test payment")
        self.press("Pay")
        self.sees_heading("Your music")

    def have_in_cart(self, album: str) -> None:
        """Press the first button of the album page at this path without showing it."""
        request = self.page.request
        assert send_form(request, request.get(album)).status == 303

    def have_ordered(self, album: str) -> str:
        """Order the album at this path without showing a page. Returns the path of the payment page."""
        self.have_in_cart(album)
        request, form = self.page.request, 'form[action="/checkout"]'
        page = request.get("/checkout")
        if 'type="email"' in page.text():
            page = send_form(request, page, form, email=self.email)
        return urlsplit(next_page(request, send_form(request, page, form)).url).path

    def have_bought(self, album: str) -> str:
        """Buy the album at this path without showing a page. Returns the path of the order."""
        request = self.page.request
        paid = send_form(request, request.get(self.have_ordered(album)), action="pay")
        return urlsplit(next_page(request, paid).url).path

    def have_downloaded(self, order: str) -> None:
        """Press the first download button of the order at this path without showing it."""
        request = self.page.request
        pressed = send_form(request, request.get(order), 'form[action*="/tracks/"]')
        assert next_page(request, pressed).status == 200

    def follow_link(self, path: str, link: str) -> None:
        """Wait until a page has a link that a selector finds, and open where it leads, without showing that page."""
        request = self.page.request
        self.go(_wait_for(lambda: link_on(request.get(path).text(), link), f"the link {link} at {path}"))

    def download(self) -> Download:
        """Press the first download button of an order."""
        with self.page.expect_download() as started:
            self.page.get_by_role("button", name=re.compile("^Download ")).first.click()
        return started.value

    def forget_payments(self) -> None:
        """Make the payment page of the store forget all payments."""
        shutil.rmtree(self._store.folder / "payments")

    def ask_for_reset(self) -> None:
        """Go from the sign-in page to the reset form and send it."""
        self.go("/account/signin")
        self.fill(email=self.email)
        self.press("Forgot your password?")
        self.sees_heading("Forgot your password?")
        expect(self.page.get_by_label("Email address")).to_have_value(self.email)
        self.press("Send link")
        self.sees_heading("Check your email")

    def be_sent_reset(self) -> None:
        """Send the reset form without showing it, and wait for the answer of the worker: the visitor's first email."""
        request = self.page.request
        asked = send_form(request, request.get("/account/forgot_password"), email=self.email)
        assert asked.status == 303
        self.await_mail()

    def open_mail(self, *, number: int = 1) -> None:
        """Wait for `number` emails to this visitor, then open the newest."""
        self.go(self.await_mail(number=number))
        expect(self.page.get_by_role("link", name="All emails")).to_be_visible()

    def await_mail(self, recipient: str | None = None, *, number: int = 1) -> str:
        """Wait for `number` emails to this visitor or to another recipient. Returns the path of the newest."""
        address = recipient or self.email
        # Without the browser, because loading the page again and again keeps a processor busy.
        return _wait_for(
            lambda: newest_mail(self._store.get("/mail")[1], address, number), f"email {number} to {address}"
        )

    def follow_mail(self, heading: str, *, number: int = 1, framed: bool = False) -> None:
        """Open the newest email and follow the first link of its text part or, if framed, its HTML part."""
        self.open_mail(number=number)
        part = self.page.frame_locator("iframe") if framed else self.page.locator(".mail-text")
        # With a key, because on a busy machine a click into the sandboxed frame is sometimes lost.
        part.get_by_role("link").first.press("Enter")
        self.sees_heading(heading)

    def be_at_mailed_link(self, heading: str, recipient: str | None = None) -> None:
        """Wait for the visitor's first email, and open the page that its first link leads to."""
        self.follow_link(self.await_mail(recipient), ".mail-text a")
        self.sees_heading(heading)

    def elsewhere(self) -> "Visitor":
        """The same person with a new browser profile."""
        address = urlsplit(self.page.url)
        page = self.page.context.browser.new_page(base_url=f"{address.scheme}://{address.netloc}")
        other = Visitor(page, self._store)
        other.email, other.password = self.email, self.password
        return other

    def tab_to(self, target: Locator) -> None:
        """Press Tab until this element has the focus."""
        for _ in range(100):
            self.page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError("Tab does not reach it")


def _wait_for(look: Callable[[], str | None], what: str) -> str:
    """Look until something is found, and return it."""
    deadline = time.monotonic() + LIMIT_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what} did not appear"
        time.sleep(LOOK_AGAIN_S)
    return found
