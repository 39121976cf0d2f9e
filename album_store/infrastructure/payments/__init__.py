"""Payment gateways: one class for each provider, chosen by `payments.gateway`."""

from pyramid.config import Configurator
from pyramid.interfaces import IRoutesMapper
from pyramid.registry import Registry

from album_store.infrastructure.payments.local_gateway import LocalGateway
from album_store.infrastructure.payments.payment_gateway import PaymentGateway


def includeme(config: Configurator) -> None:
    """Create the gateway as `registry.payment_gateway`; None if the store sells nothing."""
    config.registry.payment_gateway = make_gateway(config.registry)


def make_gateway(registry: Registry) -> PaymentGateway | None:
    """Return the gateway of the settings."""
    settings = registry.store_settings
    if settings.payment_gateway == "none":
        return None
    if settings.payment_gateway == "stripe":
        from album_store.infrastructure.payments.stripe_gateway import StripeGateway

        return StripeGateway(
            settings.stripe_secret_key,
            settings.stripe_webhook_secrets.split(),
            registry.db_sessions.store_id(),
            api_url=settings.stripe_api_url,
            origin=settings.stripe_checkout_origin,
        )

    def page_url(session_id: str) -> str:
        path = registry.getUtility(IRoutesMapper).generate("local_payments.details", {"session_id": session_id})
        return settings.site_url + path

    return LocalGateway(settings.payments_folder, page_url)
