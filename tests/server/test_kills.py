"""Work interrupted by kill -9 is either complete or not done at all."""

import http.client
import threading
import urllib.request
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, null, select, text, update

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.album import Album
from album_store.data.dbsession import DbSessionFactory
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.infrastructure.security.secret_codes import LinkCode, hash_secret, new_secret
from tests.support.factories import add_account, make_link
from tests.support.running_store import ini_without_albums, running_store, start_and_kill

OLD_HASH = "not a hash of any password"
ACCOUNTS = 60
LEAVERS = 300


@pytest.fixture
def database(tmp_path: Path):
    """The database of a store in the folder."""
    factory = DbSessionFactory(f"sqlite:///{tmp_path}/album_store.sqlite")
    yield factory
    factory.dispose()


def add_open_resets(db_sessions: DbSessionFactory) -> list[LinkCode]:
    """Add accounts that each have a session and a valid reset link; return the links."""
    codes = []
    for number in range(ACCOUNTS):
        account_id = add_account(db_sessions, OLD_HASH, f"fan{number}@example.org")
        with db_sessions.begin() as dbsession:
            secret = new_secret()
            reset = make_link(PasswordReset, account_id=account_id, secret_hash=hash_secret(secret))
            dbsession.add_all([reset, AccountSession(account_id=account_id, token_hash=hash_secret(new_secret()))])
            dbsession.flush()
            codes.append(LinkCode(reset.id, secret))
    return codes


def redeem(url: str, code: LinkCode) -> None:
    """Submit the form that sets a new password."""
    token = new_secret()
    password = "password=seventeen+grey+herons&confirm_password=seventeen+grey+herons"
    form = f"csrf_token={token}&link={code.id}&{password}"
    headers = {"Cookie": f"csrf={token}; reset={code}"}
    request = urllib.request.Request(f"{url}/account/reset_password", form.encode(), headers)  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - the same
        assert response.url == f"{url}/account/signin"


@pytest.mark.parametrize("answers_before_the_kill", [1, 6, 17])
def test_an_interrupted_reset_is_complete_or_not_done_at_all(tmp_path, database, answers_before_the_kill):
    database.create_tables()
    codes = iter(add_open_resets(database))
    answered = threading.Semaphore(0)

    def work(url: str) -> None:
        try:
            for code in codes:
                redeem(url, code)
                answered.release()
        except (OSError, http.client.HTTPException):
            return  # the store was killed, as planned

    with running_store(tmp_path, ini=ini_without_albums()) as store:
        workers = [threading.Thread(target=work, args=(store.url,)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for _ in range(answers_before_the_kill):
            assert answered.acquire(timeout=60)
    for worker in workers:
        worker.join()

    done = 0
    with database.read() as dbsession:
        for account in dbsession.query(Account):
            reset = dbsession.query(PasswordReset).filter_by(account_id=account.id).one()
            sessions = dbsession.query(AccountSession).filter_by(account_id=account.id).count()
            notices = dbsession.query(OutgoingMail).filter_by(recipient=account.email, kind="password-changed").count()
            changed = account.password_hash != OLD_HASH
            assert (reset.was_used, sessions == 0, notices) == (changed, changed, int(changed))
            done += changed
        assert dbsession.scalar(text("PRAGMA integrity_check")) == "ok"
        assert dbsession.execute(text("PRAGMA foreign_key_check")).all() == []
    assert answers_before_the_kill <= done < ACCOUNTS

    with database.begin() as dbsession:
        # An email interrupted by the kill waits for its next attempt. Make that due now.
        waiting = update(OutgoingMail).where(OutgoingMail.sent_date.is_(None))
        dbsession.execute(waiting.values(next_attempt_date=OutgoingMail.created_date))
    with running_store(tmp_path, ini=ini_without_albums()):
        await_mails(tmp_path / "mailbox", done)


def await_mails(folder: Path, count: int) -> None:
    """Wait until this many different emails have arrived. An email that was being sent at the kill may arrive twice.

    A file in the mailbox is named after the id of its row.
    """
    watch = threading.Event()
    for _ in range(300):
        if len({file.stem[-32:] for file in folder.glob("*.eml")}) == count:
            return
        watch.wait(0.1)
    raise AssertionError(f"fewer than {count} emails arrived")


@pytest.mark.parametrize("files_before_the_kill", [1, 20, 100])
def test_the_next_start_completes_an_interrupted_first_start(tmp_path, database, files_before_the_kill):
    def has_files() -> bool:
        return len(list((tmp_path / "media").rglob("*.*"))) >= files_before_the_kill

    start_and_kill(tmp_path, when=has_files)
    with running_store(tmp_path) as store:
        assert store.get("/albums")[0] == "text/html"
    with database.read() as dbsession:
        assert (dbsession.query(Album).count(), dbsession.query(Track).count()) == (15, 106)


def add_leavers(db_sessions: DbSessionFactory) -> None:
    """Add accounts that are due to be deleted, each with a session and an email."""
    with db_sessions.begin() as dbsession:
        for number in range(LEAVERS):
            account = Account(email=f"fan{number}@example.org", password_hash=OLD_HASH, confirmed=True)
            account.sessions = [AccountSession(token_hash=hash_secret(new_secret()))]
            dbsession.add(account)
            dbsession.flush()
            sent = {"sent_date": utc_now(), "next_attempt_date": null()}
            dbsession.add_all(
                [
                    PendingDeletion(account_id=account.id, due_date=utc_now()),
                    OutgoingMail(kind="deletion-asked", recipient=account.email, subject="Hello", **sent),
                ]
            )


def what_is_left(db_sessions: DbSessionFactory) -> Counter[tuple[str, ...]]:
    """Count the accounts by what is left of them."""
    with db_sessions.read() as dbsession:
        left: dict[str, list[str]] = {f"fan{number}@example.org": [] for number in range(LEAVERS)}
        for model in (AccountSession, PendingDeletion):
            for email in dbsession.scalars(select(Account.email).join(model, model.account_id == Account.id)):
                left[email].append(model.__tablename__)
        for email, kind in dbsession.execute(select(OutgoingMail.recipient, OutgoingMail.kind)):
            left[email].append(kind)
        return Counter(tuple(things) for things in left.values())


WHOLE = ("AccountSession", "PendingDeletion", "deletion-asked")
GONE = ("account-deleted",)


def test_an_interrupted_deletion_is_complete_or_not_done_at_all(tmp_path, database):
    database.create_tables()
    add_leavers(database)

    def are_left(at_most: int) -> bool:
        with database.read() as dbsession:
            return dbsession.scalar(select(func.count()).select_from(PendingDeletion)) <= at_most

    start_and_kill(tmp_path, lambda: are_left(LEAVERS - 50), ini_without_albums())
    left = what_is_left(database)
    assert set(left) == {WHOLE, GONE}
    assert left[GONE] >= 50

    start_and_kill(tmp_path, lambda: are_left(0), ini_without_albums())
    assert what_is_left(database) == {GONE: LEAVERS}
