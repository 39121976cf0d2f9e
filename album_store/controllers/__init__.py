"""Controllers: one class per area, one view per action."""

from pyramid.config import Configurator

from album_store.infrastructure.security import cookie_names
from album_store.viewmodels.account import flash_messages as account_messages
from album_store.viewmodels.account.next_path import next_query
from album_store.viewmodels.admin import flash_messages as admin_messages
from album_store.viewmodels.store import flash_messages as store_messages
from album_store.viewmodels.store.offer_actions import OfferActions, cart_keys
from album_store.viewmodels.store.visitor_of import visitor_of


def includeme(config: Configurator) -> None:
    """Add flash messages, the personal parts of pages and `request.next_query`, and scan for views.

    Those of the mailbox and of the local payment gateway are among them if these are enabled.
    """
    config.add_flash_messages(account_messages.FLASH_MESSAGES)
    config.add_flash_messages(admin_messages.FLASH_MESSAGES)
    config.add_flash_messages(store_messages.FLASH_MESSAGES)
    owner = frozenset({cookie_names.SESSION, cookie_names.CART})
    buyer = owner | {cookie_names.BUYER}
    config.add_page_part("album-action", "album_store:templates/store/_album_action.pt", buyer)
    config.add_page_part("track-action", "album_store:templates/store/_track_action.pt", buyer)
    config.add_page_part("nav", "album_store:templates/shared/_nav.pt", owner)
    config.add_page_part(
        "notice", "album_store:templates/shared/_notice.pt", frozenset({cookie_names.FLASH}), is_empty_without=True
    )
    config.add_request_method(next_query, property=True)
    config.add_request_method(cart_keys, reify=True)
    config.add_request_method(OfferActions, "offer_actions", reify=True)
    config.add_request_method(visitor_of, "visitor", reify=True)
    settings = config.registry.store_settings
    is_on = {
        "mailbox_controller": settings.shows_mailbox,
        "stripe_controller": settings.payment_gateway == "stripe",
        "local_payments_controller": settings.payment_gateway == "local",
    }
    ignored = [f"album_store.controllers.{name}" for name, on in is_on.items() if not on]
    config.scan("album_store.controllers", ignore=ignored)
