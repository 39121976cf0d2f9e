"""What the store does once a day without being asked: the mail worker, who is up anyway, also forgets what is due."""

from pyramid.config import Configurator

from album_store.services.purge_service import PurgeService


def includeme(config: Configurator) -> None:
    """Give the chore to the worker; where it has a process of its own, `album-store deliver-mail` does the same."""
    registry = config.registry
    registry.mail_worker.add_daily_task(PurgeService(registry.db_sessions, registry.store_settings).purge)
