"""Server processes killed with -9 while visitors set passwords and register, and what is left in the database."""

import http.client
import secrets
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.dbsession import DbSessionFactory
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.security.secret_codes import LinkCode, hash_secret, new_secret
from tests.support.factories import add_account, make_link
from tests.support.site_of_processes import SiteOfProcesses
from tests.support.site_visitor import SiteVisitor

OLD_HASH = "not a hash of any password"
PASSWORDS = {"password": "seventeen grey herons", "confirm_password": "seventeen grey herons"}
AT_ONCE = 6


def add_open_reset(db_sessions: DbSessionFactory, email: str) -> LinkCode:
    """Add an account with a session and a valid reset link; return the link."""
    account_id = add_account(db_sessions, OLD_HASH, email)
    secret = new_secret()
    with db_sessions.begin() as dbsession:
        reset = make_link(PasswordReset, account_id=account_id, secret_hash=hash_secret(secret))
        dbsession.add_all([reset, AccountSession(account_id=account_id, token_hash=hash_secret(new_secret()))])
        dbsession.flush()
        return LinkCode(reset.id, secret)


def kill_round(
    site: SiteOfProcesses, port: int, db_sessions: DbSessionFactory, name: str, visitors: int
) -> Counter[str]:
    """Kill one server process amid the forms of visitors, start it again, and check what each form has left.

    Returns how many forms were acknowledged, answered with a 503, lost with their connection, and carried out.
    Raises AssertionError if an acknowledged form was lost, or any was half done.
    """
    counts: Counter[str] = Counter()
    codes = {f"{name}-{number}@example.org": LinkCode("", "") for number in range(visitors)}
    codes = {email: add_open_reset(db_sessions, email) for email in codes}
    acknowledged: set[str] = set()
    answered = threading.Semaphore(0)

    def send(visitor: SiteVisitor, key: str, path: str, **fields: str) -> None:
        try:
            answer = visitor.post(path, **fields, **PASSWORDS)
        except (OSError, http.client.HTTPException):
            counts["lost"] += 1
            return
        finally:
            answered.release()
        assert answer.status in {303, 503}, answer.text
        if answer.status == 303:
            acknowledged.add(key)
        else:
            counts["503"] += 1
            assert answer.headers["Retry-After"]

    def visit(email: str) -> None:
        visitor = SiteVisitor(port)
        visitor.cookies = {"__Host-csrf": new_secret(), "__Host-reset": str(codes[email])}
        send(visitor, f"reset {email}", "/account/reset_password", link=codes[email].id)
        send(visitor, f"register {email}", "/account/register", email=f"new-{email}")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        visits = [threads.submit(visit, email) for email in codes]
        for _ in range(1 + secrets.randbelow(visitors)):
            assert answered.acquire(timeout=60)
        killed = secrets.randbelow(len(site.ports))
        site.kill(killed)
        site.start(killed)
    for visited in visits:
        visited.result()

    done = carried_out(db_sessions, list(codes))
    assert acknowledged <= done, acknowledged - done
    counts.update(acknowledged=len(acknowledged), done=len(done))
    return counts


def carried_out(db_sessions: DbSessionFactory, emails: Sequence[str]) -> set[str]:
    """Return which forms were carried out. Raises AssertionError if one was half done."""
    done = set()
    with db_sessions.read() as dbsession:

        def count(model: type, *conditions: object) -> int:
            return dbsession.scalar(select(func.count()).select_from(model).where(*conditions))

        for email in emails:
            account = dbsession.scalars(select(Account).where(Account.email == email)).one()
            reset = dbsession.scalars(select(PasswordReset).where(PasswordReset.account_id == account.id)).one()
            sessions = count(AccountSession, AccountSession.account_id == account.id)
            notices = count(OutgoingMail, OutgoingMail.recipient == email, OutgoingMail.kind == "password-changed")
            changed = account.password_hash != OLD_HASH
            assert (reset.was_used, sessions == 0, notices) == (changed, changed, int(changed)), email
            registered = count(PendingRegistration, PendingRegistration.email == f"new-{email}")
            assert registered == count(OutgoingMail, OutgoingMail.recipient == f"new-{email}") <= 1, email
            done |= {f"reset {email}"} if changed else set()
            done |= {f"register {email}"} if registered else set()
    return done
