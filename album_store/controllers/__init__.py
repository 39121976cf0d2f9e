"""Web in, web out: one class per area, each action a view."""

from pyramid.config import Configurator


def includeme(config: Configurator) -> None:
    """Find the views; the mailbox only where the settings show it."""
    ignored = [] if config.registry.store_settings.shows_mailbox else ["album_store.controllers.mailbox_controller"]
    config.scan("album_store.controllers", ignore=ignored)
