"""Controllers: one class per area, one view per action."""

from pyramid.config import Configurator

from album_store.infrastructure.security import cookie_names
from album_store.viewmodels.account import flash_messages as account_messages
from album_store.viewmodels.account.next_path import next_query
from album_store.viewmodels.admin import flash_messages as admin_messages


def includeme(config: Configurator) -> None:
    """Add flash messages, the personal parts of pages and `request.next_query`, and scan for views.

    The mailbox is among them if it is enabled.
    """
    config.add_flash_messages(account_messages.FLASH_MESSAGES)
    config.add_flash_messages(admin_messages.FLASH_MESSAGES)
    config.add_page_part("nav", "album_store:templates/shared/_nav.pt", frozenset({cookie_names.SESSION}))
    config.add_page_part("notice", "album_store:templates/shared/_notice.pt", frozenset({cookie_names.FLASH}))
    config.add_request_method(next_query, property=True)
    ignored = [] if config.registry.store_settings.shows_mailbox else ["album_store.controllers.mailbox_controller"]
    config.scan("album_store.controllers", ignore=ignored)
