"""Account services, from registration and sign-in to deletion."""

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.services.account.account_service import AccountService
from album_store.services.account.attempt_service import AttemptService
from album_store.services.account.deletion_service import DeletionService
from album_store.services.account.email_change_service import EmailChangeService
from album_store.services.account.export_parts import EXPORT_PARTS
from album_store.services.account.export_service import ExportService
from album_store.services.account.known_browser_service import KnownBrowserService
from album_store.services.account.password_reset_service import PasswordResetService
from album_store.services.account.profile_service import ProfileService
from album_store.services.account.purge_rules import PURGE_RULES
from album_store.services.account.registration_service import RegistrationService
from album_store.services.account.role_service import RoleService
from album_store.services.account.session_service import SessionService


def includeme(config: Configurator) -> None:
    """Register the account services, purge rules and export parts."""
    config.registry.purge_rules += PURGE_RULES
    config.registry.export_parts += EXPORT_PARTS
    config.add_request_method(_account_service, "account_service", reify=True)
    config.add_request_method(_attempt_service, "attempt_service", reify=True)
    config.add_request_method(_deletion_service, "deletion_service", reify=True)
    config.add_request_method(_email_change_service, "email_change_service", reify=True)
    config.add_request_method(_export_service, "export_service", reify=True)
    config.add_request_method(_known_browser_service, "known_browser_service", reify=True)
    config.add_request_method(_password_reset_service, "password_reset_service", reify=True)
    config.add_request_method(_profile_service, "profile_service", reify=True)
    config.add_request_method(_registration_service, "registration_service", reify=True)
    config.add_request_method(_role_service, "role_service", reify=True)
    config.add_request_method(_session_service, "session_service", reify=True)


def _account_service(request: Request) -> AccountService:
    return AccountService(
        request.dbsession,
        request.reading,
        request.registry.password_hasher,
        request.mail_service,
        request.attempt_service,
        request.site_links,
    )


def _attempt_service(request: Request) -> AttemptService:
    begun = request.environ.setdefault("album_store.attempts", {})
    return AttemptService(request.registry.rate_limiter, request.known_browser_service, begun)


def _deletion_service(request: Request) -> DeletionService:
    return DeletionService(
        request.dbsession, request.role_service, request.mail_service, request.site_links, request.registry.notify
    )


def _email_change_service(request: Request) -> EmailChangeService:
    return EmailChangeService(
        request.dbsession,
        request.reading,
        request.account_service,
        request.attempt_service,
        request.mail_service,
        request.site_links,
        request.store_settings.registration_lifetime,
        request.registry.notify,
    )


def _export_service(request: Request) -> ExportService:
    return ExportService(request.dbsession, request.registry.export_parts, request.store_settings.store_name)


def _known_browser_service(request: Request) -> KnownBrowserService:
    return KnownBrowserService(request.dbsession, request.reading)


def _password_reset_service(request: Request) -> PasswordResetService:
    return PasswordResetService(
        request.dbsession,
        request.reading,
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
        request.reading,
        request.registry.password_hasher,
        request.attempt_service,
        request.mail_service,
        request.site_links,
        request.store_settings.registration_lifetime,
        request.registry.notify,
    )


def _role_service(request: Request) -> RoleService:
    return RoleService(request.dbsession, request.audit_service)


def _session_service(request: Request) -> SessionService:
    return SessionService(request.dbsession, request.reading, request.store_settings)
