"""Email: templates, transport, and the mailbox of a store in development."""

from pyramid.config import Configurator

from album_store.infrastructure.mail.mail_templates import make_mail_templates


def includeme(config: Configurator) -> None:
    """Register the email templates as `registry.mail_templates`."""
    config.registry.mail_templates = make_mail_templates(config.registry.store_settings)
