"""Business logic without HTTP or commits: shared services, and a folder for each area."""

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.services.audit_service import AuditService
from album_store.services.mail_service import MailService
from album_store.services.purge_service import PURGE_RULES, PurgeService


def includeme(config: Configurator) -> None:
    """Register the shared services, and the purge rules and export parts, to which each area adds its own."""
    config.registry.purge_rules = [*PURGE_RULES]
    config.registry.export_parts = []
    config.add_request_method(_audit_service, "audit_service", reify=True)
    config.add_request_method(_mail_service, "mail_service", reify=True)
    config.add_request_method(_purge_service, "purge_service", reify=True)


def _audit_service(request: Request) -> AuditService:
    return AuditService(request.dbsession)


def _mail_service(request: Request) -> MailService:
    return MailService(request.dbsession, request.registry.mail_templates)


def _purge_service(request: Request) -> PurgeService:
    return PurgeService(request.dbsession, request.registry.purge_rules, request.store_settings)
