"""Mail: templates, transport, and the mailbox of a store in development."""

from pyramid.config import Configurator

from album_store.infrastructure.mail.mail_templates import MailTemplates


def includeme(config: Configurator) -> None:
    """Register the mail templates as `registry.mail_templates`."""
    settings = config.registry.store_settings
    config.registry.mail_templates = MailTemplates(settings.store_name, settings.site_url, settings.accent)
