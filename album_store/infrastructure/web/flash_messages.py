"""Flash messages: a line that the page after a redirect shows once."""

from collections.abc import Mapping
from datetime import timedelta

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.infrastructure.security import cookie_names


def add_flash_message(request: Request, key: str) -> None:
    """Show the message with this key on the next page. Raises KeyError for an unknown key.

    The cookie contains only the key, so a forged cookie cannot add text to a page.
    """
    if key not in request.registry.flash_messages:
        raise KeyError(key)
    request.store_cookies.set(cookie_names.FLASH, key, timedelta(minutes=1))


def pop_flash_message(request: Request) -> str:
    """Return the message that the previous page left, and delete it; an empty string if there is none."""
    key = request.store_cookies.get(cookie_names.FLASH)
    if key:
        request.store_cookies.delete(cookie_names.FLASH)
    return request.registry.flash_messages.get(key, "")


def add_flash_messages(config: Configurator, messages: Mapping[str, str]) -> None:
    """Add the messages of an area (key -> text)."""
    config.registry.flash_messages |= messages


def includeme(config: Configurator) -> None:
    """Add `request.flash_message` and `config.add_flash_messages`."""
    config.registry.flash_messages = {}
    config.add_request_method(pop_flash_message, "flash_message", reify=True)
    config.add_directive("add_flash_messages", add_flash_messages)
