"""Two transactions on one account at once: links, passwords, sessions and sign-ins."""

from typing import Any

import pytest
from sqlalchemy import func, select

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.known_browser import KnownBrowser
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.security.client import Client, SignedIn
from album_store.services.account import known_browser_service, session_service
from album_store.services.account.email_change_service import EmailChangeLink
from album_store.services.account.password_reset_service import ResetLink
from album_store.services.account.registration_service import EmailTakenError, RegistrationLink
from album_store.services.account.secret_links import DeadLink, DeadLinkError, is_open
from album_store.services.audit_service import Actor
from tests.support.factories import PASSWORD, add_account, make_link
from tests.support.overlap import Work, overlap

pytestmark = pytest.mark.every_database

EMAIL, NEW_EMAIL = "alice@example.org", "alice@example.net"
CLIENT = Client("192.0.2.7")
ADA = Actor("ada@example.org")


@pytest.fixture
def alice(registry):
    return add_account(registry.db_sessions, registry.password_hasher.hash(PASSWORD))


def add(registry, *rows: Any):
    with registry.db_sessions.begin() as dbsession:
        dbsession.add_all(rows)
        dbsession.flush()
        return [row.id for row in rows]


def count(registry, model, *conditions: Any):
    with registry.db_sessions.read() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(model).where(*conditions))


def mailed(registry):
    with registry.db_sessions.read() as dbsession:
        return sorted(dbsession.scalars(select(OutgoingMail.kind).where(OutgoingMail.recipient != "")))


def reset_links(registry, alice, number):
    ids = add(registry, *[make_link(PasswordReset, account_id=alice) for _ in range(number)])
    return [ResetLink(link_id, alice, EMAIL, None) for link_id in ids]


def redeem(link, password):
    return lambda request: request.password_reset_service.redeem(link, password, CLIENT)


def change_link(registry, alice):
    [link_id] = add(registry, make_link(PendingEmailChange, account_id=alice, new_email=NEW_EMAIL))
    return EmailChangeLink(link_id, alice, NEW_EMAIL)


def confirm_change(link):
    return lambda request: request.email_change_service.confirm(link, CLIENT)


def registrations(registry, number, email=NEW_EMAIL):
    rows = [make_link(PendingRegistration, email=email, password_hash="x") for _ in range(number)]
    return [RegistrationLink(link_id, email, "", "x", "x") for link_id in add(registry, *rows)]


def sign_in(request):
    """Sign in with a new browser, as the sign-in form does. Returns whether it was accepted."""
    account_id = request.account_service.sign_in(EMAIL, PASSWORD, CLIENT)
    if account_id:
        request.session_service.start(account_id, CLIENT)
        request.known_browser_service.remember(account_id, ())
    return account_id is not None


def disable(account_id):
    return lambda request: request.account_admin_service.disable(request.account_service.lock(account_id), ADA)


@pytest.fixture
def another_admin(registry):
    return add_account(registry.db_sessions, "x", "ada@example.org", roles=("admin",))


def test_a_reset_link_is_redeemed_once(registry, alice):
    [link] = reset_links(registry, alice, 1)
    with pytest.raises(DeadLinkError) as caught:
        overlap(registry, redeem(link, "the first of two"), redeem(link, "the second of two"))
    assert caught.value.reason is DeadLink.USED
    assert mailed(registry) == ["password-changed"]


@pytest.mark.parametrize("early", [True, False])
def test_one_of_two_reset_links_of_an_account_is_redeemed(registry, alice, early):
    first, second = reset_links(registry, alice, 2)
    with pytest.raises(DeadLinkError) as caught:
        overlap(registry, redeem(first, "the first of two"), redeem(second, "the second of two"), early=early)
    assert caught.value.reason is DeadLink.ENDED
    assert mailed(registry) == ["password-changed"]


@pytest.mark.parametrize("early", [True, False])
def test_one_of_two_confirmations_of_an_address_creates_the_account(registry, early):
    first, second = registrations(registry, 2)

    def confirm(link) -> Work:
        return lambda request: request.registration_service.confirm(link, CLIENT)

    with pytest.raises((DeadLinkError, EmailTakenError)):
        overlap(registry, confirm(first), confirm(second), early=early)
    assert count(registry, Account, Account.email == NEW_EMAIL) == 1


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("change_is_first", [True, False])
def test_an_address_is_confirmed_by_a_registration_or_an_email_change(registry, alice, early, change_is_first):
    change, [registration] = change_link(registry, alice), registrations(registry, 1)
    works = [
        confirm_change(change),
        lambda request: request.registration_service.confirm(registration, CLIENT),
    ]
    first, second = works if change_is_first else reversed(works)
    with pytest.raises(EmailTakenError):
        overlap(registry, first, second, early=early)
    assert count(registry, Account, Account.email == NEW_EMAIL) == 1


def test_a_registration_sees_an_email_change_that_is_being_confirmed(registry, alice):
    change = change_link(registry, alice)
    overlap(
        registry,
        confirm_change(change),
        lambda request: request.registration_service.register(NEW_EMAIL, PASSWORD, "", CLIENT),
    )
    assert mailed(registry) == ["account-exists", "email-changed"]


def test_a_reset_asked_for_an_address_that_is_being_given_up_sends_nothing(registry, alice):
    change = change_link(registry, alice)
    overlap(
        registry,
        confirm_change(change),
        lambda request: request.password_reset_service.create_reset_code(EMAIL, CLIENT),
    )
    assert mailed(registry) == ["email-changed"]


def test_the_newer_of_two_email_changes_is_open(registry, alice):
    def ask(email) -> Work:
        return lambda request: request.email_change_service.ask(alice, email, CLIENT)

    overlap(registry, ask("first@example.org"), ask("second@example.org"))
    assert count(registry, PendingEmailChange) == 2
    assert count(registry, PendingEmailChange, is_open(PendingEmailChange)) == 1


def test_simultaneous_sign_ins_keep_to_the_limits_of_an_account(registry, alice, monkeypatch):
    monkeypatch.setattr(session_service, "MAX_SESSIONS", 2)
    monkeypatch.setattr(known_browser_service, "MAX_BROWSERS", 2)
    add(registry, *[AccountSession(account_id=alice, token_hash=str(number)) for number in range(2)])
    add(registry, *[KnownBrowser(account_id=alice, token_hash=str(number)) for number in range(2)])
    assert overlap(registry, sign_in, sign_in)
    assert count(registry, AccountSession) == count(registry, KnownBrowser) == 2


def test_a_disabled_account_cannot_sign_in_meanwhile(registry, alice, another_admin):
    assert overlap(registry, disable(alice), sign_in) is False
    assert count(registry, AccountSession) == 0


def test_a_sign_in_meanwhile_is_ended_with_the_account(registry, alice, another_admin):
    overlap(registry, sign_in, disable(alice))
    assert count(registry, Account, Account.disabled) == 1
    assert count(registry, AccountSession) == 0


@pytest.mark.parametrize("early", [True, False])
@pytest.mark.parametrize("kind", ["password", "address"])
def test_a_disabled_account_gets_no_new_password_or_address_meanwhile(registry, alice, another_admin, early, kind):
    [reset], change = reset_links(registry, alice, 1), change_link(registry, alice)
    redeem_link = redeem(reset, "a new password") if kind == "password" else confirm_change(change)
    with pytest.raises(DeadLinkError):
        overlap(registry, disable(alice), redeem_link, early=early)
    assert mailed(registry) == []


@pytest.mark.parametrize("early", [True, False])
def test_a_form_of_a_session_that_is_being_ended_is_refused(registry, alice, early):
    sessions = add(registry, *[AccountSession(account_id=alice, token_hash=str(number)) for number in range(2)])

    def change_password(session_id) -> Work:
        who = SignedIn(alice, session_id, EMAIL, "", frozenset())

        def work(request) -> bool:
            if not request.session_service.lock(request.dbsession.connection(), who):
                return False
            request.account_service.set_password_hash(request.account_service.lock(alice), "x")
            return True

        return work

    first, second = map(change_password, sessions)
    assert overlap(registry, first, second, early=early) is False
    assert mailed(registry) == ["password-changed"]
