"""Downloads of what was bought."""

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.data.download import Download
from album_store.services.delivery.download_service import DownloadService
from album_store.services.purge_service import PurgeRule, audit_limit

PURGE_RULES = (PurgeRule(Download, lambda settings, now: Download.created_date < audit_limit(settings, now)),)


def includeme(config: Configurator) -> None:
    """Register the services and purge rules."""
    config.registry.purge_rules += PURGE_RULES
    config.add_request_method(_download_service, "download_service", reify=True)


def _download_service(request: Request) -> DownloadService:
    return DownloadService(request.dbsession, request.media)
