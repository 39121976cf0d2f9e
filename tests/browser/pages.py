"""Every page of the store, each with the steps that lead to it; checks for all pages run on these."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

ALBUM = "/albums/rain-on-zinc"
# Buyers name the price of this album and of its tracks.
NAMED = "/albums/a-winter-sung-at-home"
DEAD_CODE = "nothing-that-was-ever-mailed"
WEAK = "12345678"
# The admin of the store.
ADA = "ada@example.org"

OpenPage = Callable[[Visitor], None]

# Pages that need only a path, with their status.
PLAIN_PAGES = {
    "home": ("/", 200),
    "albums": ("/albums", 200),
    "albums_filtered": ("/albums?genre=jazz&sort=title", 200),
    "search_empty": ("/search", 200),
    "search_found": ("/search?q=rain", 200),
    "search_not_found": ("/search?q=zzzzz", 200),
    "album": (ALBUM, 200),
    "album_of_two_discs": ("/albums/preludes-pour-les-heures-breves", 200),
    "artist": ("/artists/copperline-dub-foundation", 200),
    "register": ("/account/register", 200),
    "register_sent": ("/account/register_sent", 200),
    "signin": ("/account/signin", 200),
    "forgot_password": ("/account/forgot_password", 200),
    "reset_sent": ("/account/reset_sent", 200),
    "dead_link": (f"/account/confirm/{DEAD_CODE}", 404),
    "cart_empty": ("/cart", 200),
    "purchases_empty": ("/purchases", 200),
    "dead_purchase_link": (f"/purchases/open/{DEAD_CODE}", 404),
    "not_found": ("/nowhere", 404),
    "fault": ("/albums", 500),
}


def plain_page(path: str, status: int) -> OpenPage:
    """A page that needs no steps before it is opened."""

    def open_page(visitor: Visitor) -> None:
        visitor.watch.allow(status)
        assert visitor.go(path).status == status

    return open_page


def album_with_player(visitor: Visitor) -> None:
    """An album page with the player open."""
    visitor.go(ALBUM)
    visitor.page.locator("button.track-play").first.click()
    visitor.page.get_by_role("region", name="Player").get_by_role("button", name="Pause").click()


def album_with_lyrics(visitor: Visitor) -> None:
    """An album page with all lyrics open."""
    visitor.go(ALBUM)
    for summary in visitor.page.locator("summary").all():
        summary.click()
    expect(visitor.page.locator("details[open] p").first).to_be_visible()


def refused(visitor: Visitor, button: str, **values: str) -> None:
    """Send a form that the store refuses, with browser validation switched off."""
    visitor.watch.allow(400)
    form = visitor.page.locator("main form", has=visitor.page.get_by_role("button", name=button, exact=True))
    form.evaluate("form => { form.noValidate = true; }")
    form.locator("[maxlength]").evaluate_all("fields => fields.forEach(field => field.removeAttribute('maxlength'))")
    for name, value in values.items():
        form.locator(f'[name="{name}"]').fill(value)
    visitor.press(button)
    expect(visitor.page.get_by_role("alert")).to_be_focused()


def register_refused(visitor: Visitor) -> None:
    """Every field is wrong."""
    visitor.go("/account/register")
    refused(visitor, "Register", email="nobody", password=WEAK, confirm_password="other")


def signin_refused(visitor: Visitor) -> None:
    """The account does not exist."""
    visitor.go("/account/signin")
    refused(visitor, "Sign in", email="nobody@example.org", password=WEAK)


def forgot_password_refused(visitor: Visitor) -> None:
    """The email address is invalid."""
    visitor.go("/account/forgot_password")
    refused(visitor, "Send link", email="nobody")


def mail_again(visitor: Visitor) -> None:
    """The page after registration, where the email can be sent again."""
    visitor.register()
    expect(visitor.page.get_by_role("button", name="Send the email again")).to_be_visible()


def confirm(visitor: Visitor) -> None:
    """The page that a registration email links to."""
    visitor.be_registered()
    visitor.be_at_mailed_link("Confirm your email address")


def confirm_elsewhere(visitor: Visitor) -> None:
    """The same page in another browser, where it asks for the password."""
    visitor.be_registered()
    visitor.page.context.clear_cookies()
    visitor.be_at_mailed_link("Confirm your email address")
    expect(visitor.page.get_by_label("Password", exact=True)).to_be_visible()


def confirm_elsewhere_refused(visitor: Visitor) -> None:
    """The password is wrong."""
    confirm_elsewhere(visitor)
    refused(visitor, "Confirm and sign in", password=WEAK)


def reset_password(visitor: Visitor) -> None:
    """The form that a reset email links to."""
    visitor.add_account()
    visitor.be_sent_reset()
    visitor.be_at_mailed_link("Choose a new password")


def reset_password_refused(visitor: Visitor) -> None:
    """The new password is weak, and the repeated one differs."""
    reset_password(visitor)
    refused(visitor, "Set new password", password=WEAK, confirm_password="other")


def account(visitor: Visitor) -> None:
    """The account page of a customer signed in on two devices."""
    visitor.add_account()
    for _ in range(2):
        visitor.page.context.clear_cookies()
        visitor.be_signed_in()
    visitor.go("/account")
    expect(visitor.page.get_by_role("button", name="Sign out of all other devices")).to_be_visible()


def account_export(visitor: Visitor) -> None:
    """What the store holds about a customer with several emails and devices."""
    account(visitor)
    visitor.page.get_by_role("link", name="View your data").click()
    visitor.sees_heading("Your data")
    expect(visitor.page.get_by_role("table")).not_to_have_count(0)


def account_profile_refused(visitor: Visitor) -> None:
    """Every field is too long."""
    visitor.have_account()
    refused(visitor, "Save profile", display_name="long " * 40, location="long " * 40, about="long " * 300)


def account_password_refused(visitor: Visitor) -> None:
    """Every field is wrong."""
    visitor.have_account()
    refused(visitor, "Change password", current_password="no", password=WEAK, confirm_password="other")


def account_email_refused(visitor: Visitor) -> None:
    """Every field is wrong."""
    visitor.have_account()
    refused(visitor, "Change email address", email="nobody", current_password="no")


def account_deletion_refused(visitor: Visitor) -> None:
    """The password is wrong."""
    visitor.have_account()
    refused(visitor, "Delete account", current_password="no")


def account_to_be_deleted(visitor: Visitor) -> None:
    """The account page with a filled-in profile and a pending deletion."""
    visitor.have_account()
    form = visitor.page.locator('form[action="/account/profile"]')
    form.locator('[name="location"]').fill("Oxford")
    form.locator('[name="about"]').fill("I listen.\n\nSometimes I sing.")
    visitor.press("Save profile")
    visitor.sees_flash_message("Your profile has been saved.")
    visitor.page.locator('form[action="/account/delete"] [name="current_password"]').fill(visitor.password)
    visitor.press("Delete account")
    visitor.sees_flash_message("Your account will be deleted in seven days.")


def confirm_email(visitor: Visitor) -> None:
    """The page that an email to a new address links to."""
    visitor.have_account()
    form = visitor.page.locator('form[action="/account/email"]')
    form.locator('[name="email"]').fill(f"new-{visitor.email}")
    form.locator('[name="current_password"]').fill(visitor.password)
    visitor.press("Change email address")
    visitor.sees_flash_message("We've sent a link")
    visitor.be_at_mailed_link("Confirm your new email address", recipient=f"new-{visitor.email}")


def checkout(visitor: Visitor) -> None:
    """The checkout of a visitor without an account."""
    visitor.have_in_cart(ALBUM)
    visitor.go("/checkout")
    visitor.sees_heading("Checkout")


def checkout_refused(visitor: Visitor) -> None:
    """The email address is invalid."""
    checkout(visitor)
    refused(visitor, "Continue", email="nobody")


def checkout_confirm(visitor: Visitor) -> None:
    """The same with a valid address, which is shown once more."""
    checkout(visitor)
    visitor.fill(email=visitor.email)
    visitor.press("Continue")
    expect(visitor.page.get_by_role("button", name=re.compile("^Pay "))).to_be_visible()


def cart(visitor: Visitor) -> None:
    """An album and a track whose price the visitor names."""
    visitor.put_into_cart(ALBUM)
    visitor.put_into_cart(NAMED, re.compile("^Name your price"))
    visitor.go("/cart")
    expect(visitor.page.locator("main li")).to_have_count(2)


def cart_refused(visitor: Visitor) -> None:
    """The price is no amount."""
    visitor.have_in_cart(NAMED)
    visitor.go("/cart")
    name = visitor.page.locator("main input[type=text]").get_attribute("name")
    refused(visitor, "Update total", **{name: "nothing"})


def album_in_cart(visitor: Visitor) -> None:
    """The page of an album that is in the cart."""
    visitor.have_in_cart(ALBUM)
    visitor.go(ALBUM)
    expect(visitor.page.get_by_text("In your cart").first).to_be_visible()


def local_payment(visitor: Visitor) -> None:
    """The payment page of the store itself."""
    visitor.go(visitor.have_ordered(ALBUM))
    visitor.sees_heading("Test payment")


def local_payment_declined(visitor: Visitor) -> None:
    """The same page after a declined payment."""
    local_payment(visitor)
    visitor.press("Decline")
    visitor.sees_flash_message("The payment was declined.")


def order_unpaid(visitor: Visitor) -> None:
    """The order of a visitor who came back without paying."""
    local_payment(visitor)
    visitor.page.get_by_role("link", name="Back to the store").click()
    visitor.sees_flash_message("You have not paid.")
    visitor.page.get_by_role("link", name="Go on with your order").click()
    visitor.sees_heading("Your order")


def order_cancelled(visitor: Visitor) -> None:
    """An order that can no longer be paid."""
    order_unpaid(visitor)
    visitor.press("Cancel this order")
    visitor.sees_flash_message("The payment has been cancelled.")


def order_paid(visitor: Visitor) -> None:
    """What a visitor without an account has bought."""
    visitor.buy(ALBUM)


def order_of_two_discs(visitor: Visitor) -> None:
    """The same for an album of two discs."""
    visitor.go(visitor.have_bought("/albums/preludes-pour-les-heures-breves"))
    visitor.sees_heading("Your music")


def payment_trouble(visitor: Visitor) -> None:
    """The page for a payment provider that does not answer."""
    order_unpaid(visitor)
    visitor.forget_payments()
    visitor.watch.allow(503)
    visitor.page.get_by_role("link", name="Look again").click()
    visitor.sees_heading("The payment provider does not answer")


def receipt(visitor: Visitor) -> None:
    """The receipt of an order."""
    visitor.follow_link(visitor.have_bought(ALBUM), 'main a[href$="/receipt"]')
    visitor.sees_heading(re.compile("Receipt LOCAL-"))


def album_owned(visitor: Visitor) -> None:
    """The page of an album that the visitor owns."""
    visitor.have_bought(ALBUM)
    visitor.go(ALBUM)
    expect(visitor.page.get_by_text("You own this").first).to_be_visible()


def purchases(visitor: Visitor) -> None:
    """The purchases of a browser without an account."""
    visitor.have_bought(ALBUM)
    visitor.go("/purchases")
    expect(visitor.page.get_by_role("button", name="Forget this browser")).to_be_visible()


def purchases_refused(visitor: Visitor) -> None:
    """The email address is invalid."""
    visitor.go("/purchases")
    refused(visitor, "Send link", email="nobody")


def library_empty(visitor: Visitor) -> None:
    """The library of a new account."""
    visitor.add_account()
    visitor.be_signed_in()
    visitor.go("/library")
    visitor.sees_heading("Library")


def checkout_with_account(visitor: Visitor) -> None:
    """The checkout of a customer who is signed in."""
    visitor.add_account()
    visitor.be_signed_in()
    checkout(visitor)
    expect(visitor.page.locator("main").get_by_role("link", name="library")).to_be_visible()


def order_address_refused(visitor: Visitor) -> None:
    """The page of an order whose corrected address is invalid."""
    visitor.go(visitor.have_bought(ALBUM))
    refused(visitor, "Correct address", email="nobody")


def withdraw(visitor: Visitor) -> None:
    """The second step of a withdrawal."""
    visitor.follow_link(visitor.have_bought(ALBUM), 'main a[href$="/withdraw"]')
    visitor.sees_heading("Withdraw from this purchase")


def withdraw_refused(visitor: Visitor) -> None:
    """The name is missing."""
    withdraw(visitor)
    refused(visitor, "Confirm withdrawal", name="")


def order_withdrawn(visitor: Visitor) -> None:
    """An order from which the buyer has withdrawn."""
    visitor.go(visitor.have_bought(ALBUM))
    visitor.page.get_by_role("link", name="Withdraw from this purchase").click()
    visitor.fill(name="Carol")
    visitor.press("Confirm withdrawal")
    expect(visitor.page.get_by_text("You withdrew from this purchase on")).to_be_visible()


def library_not_found(visitor: Visitor) -> None:
    """A search in the library without a result."""
    library(visitor)
    visitor.page.get_by_label("Title or artist").fill("zzzzz")
    visitor.page.locator("main").get_by_role("button", name="Search").click()
    expect(visitor.page.get_by_text("You own nothing that matches.")).to_be_visible()


def library(visitor: Visitor) -> None:
    """The library of an account with one purchase."""
    visitor.add_account()
    visitor.be_signed_in()
    visitor.have_bought(ALBUM)
    visitor.go("/library")
    expect(visitor.page.locator(".records li")).to_have_count(1)


def admin_orders(visitor: Visitor) -> None:
    """The list of orders, with a paid one and one that is not paid."""
    visitor.have_ordered(ALBUM)
    visitor.page.context.clear_cookies()
    visitor.have_bought(ALBUM)
    visitor.page.context.clear_cookies()
    admin_page("/admin/orders")(visitor)
    expect(visitor.page.locator(".mark").first).to_be_visible()


def admin_order(visitor: Visitor) -> None:
    """The admin page of one order that was downloaded from."""
    visitor.have_downloaded(visitor.have_bought(ALBUM))
    visitor.page.context.clear_cookies()
    be_ada(visitor)
    visitor.follow_link("/admin/orders", ".records a")
    visitor.sees_heading("Order")


def admin_order_refunded(visitor: Visitor) -> None:
    """The admin page of an order that is refunded and whose receipt was sent again."""
    admin_order(visitor)
    visitor.press("Send the receipt again")
    visitor.page.locator('[name="lines"]').check()
    visitor.fill(reason="She asked for it")
    visitor.press("Refund")
    visitor.sees_flash_message("Refund requested.")
    expect(visitor.page.get_by_role("heading", name="Refunds")).to_be_visible()


def admin_order_refund_refused(visitor: Visitor) -> None:
    """Every field of the refund is wrong."""
    admin_order(visitor)
    refused(visitor, "Refund", amount="no", reason="long " * 110)


def credit_note(visitor: Visitor) -> None:
    """The credit note of a refunded order."""
    order = visitor.have_bought(ALBUM)
    cookies = visitor.page.context.cookies()
    visitor.page.context.clear_cookies()
    be_ada(visitor)
    visitor.follow_link("/admin/orders", ".records a")
    visitor.page.locator('[name="lines"]').check()
    visitor.fill(reason="She asked for it")
    visitor.press("Refund")
    visitor.sees_flash_message("Refund requested.")
    visitor.page.context.clear_cookies()
    visitor.page.context.add_cookies(cookies)
    visitor.follow_link(order, 'main a[href*="/credit_notes/"]')
    visitor.sees_heading(re.compile("Credit note LOCAL-C-"))


def be_ada(visitor: Visitor) -> None:
    """Sign in as the admin without showing a page."""
    visitor.email = ADA
    visitor.be_signed_in()


def admin_page(path: str) -> OpenPage:
    """A page that only Ada can open."""

    def open_page(visitor: Visitor) -> None:
        be_ada(visitor)
        assert visitor.go(path).status == 200

    return open_page


def admin_account(visitor: Visitor) -> None:
    """The admin page of a customer with a session, a reset request and an audit row."""
    email = visitor.email
    visitor.add_account()
    visitor.be_signed_in()
    visitor.page.context.clear_cookies()
    visitor.be_sent_reset()
    admin_page(f"/admin/accounts?q={email}")(visitor)
    visitor.page.get_by_role("link", name=email).click()
    visitor.press("Send password reset link")
    visitor.page.locator(".records .mark").first.wait_for()


def admin_account_disabled(visitor: Visitor) -> None:
    """The admin page of a disabled account."""
    visitor.add_account()
    admin_page(f"/admin/accounts?q={visitor.email}")(visitor)
    visitor.page.locator(".records a").click()
    visitor.press("Disable account")
    visitor.sees_flash_message("Account disabled. Its owner can't sign in.")


def admin_account_refused(visitor: Visitor) -> None:
    """Ada gives up her role, but with a wrong password."""
    admin_page(f"/admin/accounts?q={ADA}")(visitor)
    visitor.page.locator(".records a").click()
    refused(visitor, "Remove admin role", current_password="no")


def admin_resets(visitor: Visitor) -> None:
    """The reset audit with one request."""
    visitor.add_account()
    visitor.be_sent_reset()
    admin_page("/admin/resets")(visitor)
    expect(visitor.page.locator(".numbers tbody tr")).not_to_have_count(0)


def admin_blocks(visitor: Visitor) -> None:
    """The list with one block."""
    admin_page("/admin/blocks")(visitor)
    visitor.fill(network="2001:db8:1234:5678:9abc:def0:1234:5678")
    visitor.press("Block network")
    visitor.sees_flash_message("Network blocked.")


def admin_blocks_refused(visitor: Visitor) -> None:
    """The network contains the address of the admin."""
    admin_page("/admin/blocks")(visitor)
    refused(visitor, "Block network", network="10.0.0.0/16")


def admin_album_refused(visitor: Visitor) -> None:
    """The price of an album is no price."""
    admin_page("/admin/albums/iron-vespers")(visitor)
    refused(visitor, "Save album", price="cheap")


def admin_actions(visitor: Visitor) -> None:
    """The list of admin actions with one row."""
    admin_blocks(visitor)
    visitor.go("/admin/actions")
    expect(visitor.page.locator(".records li")).not_to_have_count(0)


def forged_form(visitor: Visitor) -> None:
    """The page for a form whose CSRF token does not match."""
    visitor.watch.allow(400)
    visitor.go("/account/signin")
    visitor.page.context.clear_cookies()
    visitor.fill(email=visitor.email, password=visitor.password)
    visitor.press("Sign in")
    visitor.sees_heading("This form could not be accepted")


def mailbox(visitor: Visitor) -> None:
    """The mailbox with one email."""
    visitor.be_registered()
    visitor.await_mail()
    visitor.go("/mail")


def mail(visitor: Visitor) -> None:
    """The page of one email in the mailbox."""
    mailbox(visitor)
    visitor.page.locator(".mail-list a").first.click()
    expect(visitor.page.get_by_role("link", name="All emails")).to_be_visible()


ADMIN_PAGES = {
    "admin_overview": "/admin",
    "admin_accounts": "/admin/accounts",
    "admin_accounts_not_found": "/admin/accounts?q=zzzzz",
    "admin_orders_problems": "/admin/orders?show=problems",
    "admin_albums": "/admin/albums",
    "admin_albums_not_found": "/admin/albums?q=zzzzz",
    "admin_album": "/admin/albums/iron-vespers",
    "admin_orders_not_found": "/admin/orders?q=zzzzz",
    "admin_selling": "/admin/selling",
    "admin_no_resets": "/admin/resets?day=2000-01-01",
}
PAGES: dict[str, OpenPage] = {name: plain_page(*values) for name, values in PLAIN_PAGES.items()}
PAGES |= {name: admin_page(path) for name, path in ADMIN_PAGES.items()}
PAGES |= {
    page.__name__: page
    for page in (
        album_with_player,
        album_with_lyrics,
        register_refused,
        signin_refused,
        forgot_password_refused,
        mail_again,
        confirm,
        confirm_elsewhere,
        confirm_elsewhere_refused,
        reset_password,
        reset_password_refused,
        account,
        account_export,
        account_profile_refused,
        account_password_refused,
        account_email_refused,
        account_deletion_refused,
        account_to_be_deleted,
        confirm_email,
        album_in_cart,
        cart,
        cart_refused,
        checkout,
        checkout_confirm,
        checkout_refused,
        checkout_with_account,
        local_payment,
        local_payment_declined,
        order_unpaid,
        order_cancelled,
        order_paid,
        order_of_two_discs,
        payment_trouble,
        receipt,
        album_owned,
        purchases,
        purchases_refused,
        library_empty,
        library,
        library_not_found,
        order_address_refused,
        order_withdrawn,
        withdraw,
        withdraw_refused,
        admin_order,
        admin_order_refunded,
        admin_order_refund_refused,
        admin_orders,
        credit_note,
        forged_form,
        mailbox,
        mail,
        admin_account,
        admin_account_disabled,
        admin_account_refused,
        admin_actions,
        admin_album_refused,
        admin_blocks,
        admin_blocks_refused,
        admin_resets,
    )
}
