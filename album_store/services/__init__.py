"""What the store can do, in its own words: no HTTP, no commit."""

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.infrastructure.web.known_browsers import COOKIE
from album_store.services.account.account_service import AccountService
from album_store.services.account.attempt_service import AttemptService
from album_store.services.account.deletion_service import DeletionService
from album_store.services.account.email_change_service import EmailChangeService
from album_store.services.account.export_service import ExportService
from album_store.services.account.known_browser_service import KnownBrowserService
from album_store.services.account.password_reset_service import PasswordResetService
from album_store.services.account.profile_service import ProfileService
from album_store.services.account.registration_service import RegistrationService
from album_store.services.account.role_service import RoleService
from album_store.services.account.session_service import SessionService
from album_store.services.admin.account_admin_service import AccountAdminService
from album_store.services.admin.account_list_service import AccountListService
from album_store.services.admin.block_service import BlockService
from album_store.services.admin.reset_audit_service import ResetAuditService
from album_store.services.audit_service import Actor, AuditService
from album_store.services.catalogue.albums_service import AlbumsService
from album_store.services.catalogue.search_service import SearchService
from album_store.services.catalogue.sitemap_service import SitemapService
from album_store.services.mail_service import MailService


def includeme(config: Configurator) -> None:
    """Hand the services out as attributes of the request, each made when it is first asked for."""
    for name, make in _MAKERS.items():
        config.add_request_method(make, name, reify=True)


def _account_admin_service(request: Request) -> AccountAdminService:
    return AccountAdminService(
        request.account_service,
        request.session_service,
        request.password_reset_service,
        request.role_service,
        request.audit_service,
    )


def _account_list_service(request: Request) -> AccountListService:
    return AccountListService(request.dbsession)


def _account_service(request: Request) -> AccountService:
    return AccountService(
        request.dbsession,
        request.registry.db_sessions,
        request.passwords,
        request.mail_service,
        request.attempt_service,
    )


def _albums_service(request: Request) -> AlbumsService:
    return AlbumsService(request.dbsession)


def _attempt_service(request: Request) -> AttemptService:
    return AttemptService(request.registry.rate_limiter, request.client, request.known_browser_service)


def _audit_service(request: Request) -> AuditService:
    """For those who are signed in; nobody else does anything that is audited."""
    who = request.signed_in
    return AuditService(request.dbsession, Actor(who.email, who.account_id, request.client.ip_address))


def _block_service(request: Request) -> BlockService:
    return BlockService(request.dbsession, request.audit_service)


def _deletion_service(request: Request) -> DeletionService:
    return DeletionService(request.dbsession, request.role_service, request.mail_service, request.site_links)


def _email_change_service(request: Request) -> EmailChangeService:
    return EmailChangeService(
        request.dbsession,
        request.account_service,
        request.attempt_service,
        request.mail_service,
        request.site_links,
        request.store_settings.registration_lifetime,
    )


def _export_service(request: Request) -> ExportService:
    return ExportService(request.dbsession, request.store_settings.store_name)


def _known_browser_service(request: Request) -> KnownBrowserService:
    return KnownBrowserService(request.dbsession, request.registry.db_sessions, request.store_cookies.get(COOKIE))


def _mail_service(request: Request) -> MailService:
    return MailService(request.dbsession, request.registry.mail_templates)


def _password_reset_service(request: Request) -> PasswordResetService:
    return PasswordResetService(
        request.dbsession,
        request.registry.db_sessions,
        request.account_service,
        request.attempt_service,
        request.mail_service,
        request.site_links,
        request.store_settings.reset_lifetime,
    )


def _profile_service(request: Request) -> ProfileService:
    return ProfileService(request.dbsession)


def _registration_service(request: Request) -> RegistrationService:
    return RegistrationService(
        request.dbsession,
        request.registry.db_sessions,
        request.passwords,
        request.attempt_service,
        request.mail_service,
        request.site_links,
        request.store_settings.registration_lifetime,
    )


def _reset_audit_service(request: Request) -> ResetAuditService:
    return ResetAuditService(request.dbsession, request.store_settings.reset_lifetime)


def _role_service(request: Request) -> RoleService:
    return RoleService(request.dbsession, request.audit_service)


def _search_service(request: Request) -> SearchService:
    return SearchService(request.dbsession)


def _session_service(request: Request) -> SessionService:
    return SessionService(request.dbsession, request.registry.db_sessions, request.store_settings)


def _sitemap_service(request: Request) -> SitemapService:
    return SitemapService(request.dbsession)


_MAKERS = {
    "account_admin_service": _account_admin_service,
    "account_list_service": _account_list_service,
    "account_service": _account_service,
    "albums_service": _albums_service,
    "attempt_service": _attempt_service,
    "audit_service": _audit_service,
    "block_service": _block_service,
    "deletion_service": _deletion_service,
    "email_change_service": _email_change_service,
    "export_service": _export_service,
    "known_browser_service": _known_browser_service,
    "mail_service": _mail_service,
    "password_reset_service": _password_reset_service,
    "profile_service": _profile_service,
    "registration_service": _registration_service,
    "reset_audit_service": _reset_audit_service,
    "role_service": _role_service,
    "search_service": _search_service,
    "session_service": _session_service,
    "sitemap_service": _sitemap_service,
}
