"""The worker, the commands and startup run a transaction again that loses against another."""

from datetime import timedelta
from typing import Any

import pytest
from pyramid_mailer.message import Message
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from album_store.bin.main import main
from album_store.data.account import Account
from album_store.data.album import Album
from album_store.data.audit_entry import AuditEntry
from album_store.data.dbsession import MAX_RUNS
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_registration import PendingRegistration
from album_store.data.reset_request import ResetRequest
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.startup import fill_empty_store
from album_store.worker.daily_tasks import Purged, purge
from album_store.worker.mail_worker import MailWorker
from album_store.worker.reset_requests import answer_reset_requests
from tests.support.factories import add_account, make_link
from tests.support.lost_transactions import losing

pytestmark = pytest.mark.every_database

CATALOGUE = "artist,album,track_number,title,composer,genre,length_ms,price\nAda,Salt,1,Tide,,Folk,1000,0.99\n"


def add(db_sessions, *rows: Any) -> None:
    with db_sessions.begin() as dbsession:
        dbsession.add_all(rows)


def count(db_sessions, model):
    with db_sessions.read() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(model))


def mailed(db_sessions):
    with db_sessions.read() as dbsession:
        return dbsession.scalars(select(OutgoingMail.kind)).all()


@pytest.fixture
def expired(db_sessions):
    """Adds two links that have expired."""
    link = {"email": "carol@example.org", "password_hash": "x", "created_date": utc_now() - timedelta(days=2)}
    add(db_sessions, *[make_link(PendingRegistration, **link) for _ in range(2)])


@pytest.fixture
def catalogue(tmp_path):
    file = tmp_path / "catalogue.csv"
    file.write_text(CATALOGUE, "utf-8")
    return file


def test_a_lost_purge_runs_again(db_sessions, registry, expired):
    with losing(MAX_RUNS - 1, "DELETE", "PendingRegistration"):
        assert Purged("PendingRegistration", 2) in purge(registry)
    assert count(db_sessions, PendingRegistration) == 0


def test_a_purge_that_keeps_losing_fails_and_deletes_nothing(db_sessions, registry, expired):
    with losing(MAX_RUNS, "DELETE", "PendingRegistration"), pytest.raises(DBAPIError) as caught:
        purge(registry)
    assert db_sessions.database.is_retryable(caught.value)
    assert count(db_sessions, PendingRegistration) == 2


def test_a_lost_deletion_of_an_account_is_carried_out_once(db_sessions, registry):
    alice = add_account(db_sessions, "a hash")
    add(db_sessions, PendingDeletion(account_id=alice, due_date=utc_now() - timedelta(minutes=1)))
    with losing(MAX_RUNS - 1, "INSERT", "OutgoingMail"):
        assert Purged("Account", 1) in purge(registry)
    assert count(db_sessions, Account) == 0
    assert mailed(db_sessions) == ["account-deleted"]


def test_a_lost_answer_to_a_reset_request_is_given_once(db_sessions, registry, caplog):
    add_account(db_sessions, "a hash")
    add(db_sessions, ResetRequest(email="alice@example.org"))
    with losing(MAX_RUNS - 1, "INSERT", "OutgoingMail"):
        assert answer_reset_requests(registry) == 1
    assert mailed(db_sessions) == ["reset-password"]
    assert count(db_sessions, PasswordReset) == 1
    assert "event=reset-request-error" not in caplog.text


def test_an_email_whose_claim_and_record_are_lost_is_sent_once(db_sessions, registry, caplog):
    class Mailer:
        def __init__(self) -> None:
            self.sent: list[str] = []

        def send_immediately(self, message: Message) -> None:
            self.sent.append(message.subject)
            lose_record.__enter__()

    mailer = Mailer()
    lose_record = losing(MAX_RUNS - 1, "UPDATE", "OutgoingMail")
    add(db_sessions, OutgoingMail(kind="test-mail", recipient="alice@example.org", subject="Hello", text_body="Hello"))
    with losing(MAX_RUNS - 1, "UPDATE", "OutgoingMail"):
        worker = MailWorker(db_sessions, mailer, registry.store_settings)
        assert worker.deliver_due() == 1
    lose_record.__exit__(None, None, None)
    assert worker.deliver_due() == 0
    assert mailer.sent == ["Hello"]
    with db_sessions.read() as dbsession:
        [mail] = dbsession.scalars(select(OutgoingMail))
    assert mail.attempts == 1
    assert mail.sent_date is not None
    assert "mail-note-delayed" not in caplog.text


def test_a_lost_demo_catalogue_is_added_once(db_sessions, registry, catalogue):
    with losing(MAX_RUNS - 1, "INSERT", "Track"):
        fill_empty_store(registry, catalogue)
    assert count(db_sessions, Album) == count(db_sessions, Track) == 1


def test_the_import_command_runs_a_lost_transaction_again(db_sessions, store_ini, catalogue, capsys):
    with losing(MAX_RUNS - 1, "INSERT", "Track"):
        assert main(["import-catalogue", str(store_ini), str(catalogue)]) == 0
    assert "Albums: 1 added" in capsys.readouterr().out
    assert count(db_sessions, Album) == count(db_sessions, Track) == 1


def test_the_make_admin_command_runs_a_lost_transaction_again(db_sessions, store_ini, capsys):
    add_account(db_sessions, "a hash")
    with losing(MAX_RUNS - 1, "INSERT", "AuditEntry"):
        assert main(["make-admin", str(store_ini), "alice@example.org"]) == 0
    assert capsys.readouterr().out == "alice@example.org is now an admin.\n"
    assert count(db_sessions, AuditEntry) == 1


def test_the_purge_command_runs_a_lost_transaction_again(db_sessions, store_ini, expired, capsys):
    with losing(MAX_RUNS - 1, "DELETE", "PendingRegistration"):
        assert main(["purge", str(store_ini)]) == 0
    assert "PendingRegistration: 2 deleted\n" in capsys.readouterr().out


def test_another_error_is_not_run_again(db_sessions):
    runs = []

    def work() -> None:
        runs.append(1)
        with db_sessions.begin() as dbsession:
            dbsession.add_all(Account(email="twice@example.org", password_hash="x") for _ in range(2))

    with pytest.raises(DBAPIError):
        db_sessions.retry(work)
    assert runs == [1]
