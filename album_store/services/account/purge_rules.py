"""The purge rules of the account area."""

from datetime import timedelta

from sqlalchemy import or_

from album_store.data.account_session import AccountSession
from album_store.data.known_browser import KnownBrowser
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.reset_request import ResetRequest
from album_store.services.account import known_browser_service
from album_store.services.purge_service import PurgeRule, audit_limit

PURGE_RULES = (
    PurgeRule(PendingRegistration, lambda _, now: PendingRegistration.expires_date <= now),
    PurgeRule(PendingEmailChange, lambda _, now: PendingEmailChange.expires_date <= now),
    PurgeRule(
        AccountSession,
        lambda settings, now: or_(
            AccountSession.created_date < now - timedelta(days=settings.session_days),
            AccountSession.last_seen_date < now - timedelta(days=settings.session_idle_days),
        ),
    ),
    PurgeRule(KnownBrowser, lambda _, now: KnownBrowser.last_used_date < now - known_browser_service.LIFETIME),
    # The worker answers requests within seconds. One that is a day old keeps failing.
    PurgeRule(ResetRequest, lambda _, now: ResetRequest.created_date < now - timedelta(days=1)),
    PurgeRule(PasswordReset, lambda settings, now: PasswordReset.created_date < audit_limit(settings, now)),
)
