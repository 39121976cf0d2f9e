"""The one-line notice that a page shows after a redirect."""

from datetime import timedelta

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.infrastructure.security import cookie_names

# Only the key travels in the cookie, so nobody can put words into the store's mouth.
FLASH_MESSAGES = {
    "account-disabled": "Nobody can sign in to this account any more.",
    "account-enabled": "The owner of this account can sign in again.",
    "account-kept": "Your account stays.",
    "address-blocked": "Forms from that network are refused from now on.",
    "block-lifted": "That network may send forms again.",
    "devices-signed-out": "All devices of this account have been signed out.",
    "deletion-asked": "Your account will be deleted in seven days. We have sent you a mail about it.",
    "deletion-pending": "Your account will be deleted soon; see your account page if you want to keep it.",
    "email-change-asked": (
        "We have sent a link to the new address. Your address changes when you open that link and press the button."
    ),
    "email-changed": "Your e-mail address has been changed.",
    "email-taken": "This address has an account already. Sign in, or ask for a new password.",
    "password-changed": "Your password has been changed. Your other devices have been signed out.",
    "password-set": "Your new password is set, and every device has been signed out. Sign in with it now.",
    "profile-saved": "Your profile has been saved.",
    "reset-started": "A link for a new password is on its way to the owner.",
    "role-granted": "This account can run the store now.",
    "role-taken": "This account cannot run the store any more.",
    "session-ended": "That device has been signed out.",
    "sessions-ended": "All your other devices have been signed out.",
    "signed-out": "You are signed out.",
    "welcome": "Welcome! Your address is confirmed, and you are signed in.",
}


def add_flash_message(request: Request, key: str) -> None:
    """Have the next page show the notice with this key of FLASH_MESSAGES."""
    if key not in FLASH_MESSAGES:
        raise KeyError(key)
    request.store_cookies.set(cookie_names.FLASH, key, timedelta(minutes=1))


def pop_flash_message(request: Request) -> str:
    """The notice left by the page before, shown once; an empty text if there is none."""
    key = request.store_cookies.get(cookie_names.FLASH)
    if key:
        request.store_cookies.delete(cookie_names.FLASH)
    return FLASH_MESSAGES.get(key, "")


def includeme(config: Configurator) -> None:
    """Make `request.flash_message`."""
    config.add_request_method(pop_flash_message, "flash_message", reify=True)
