"""A busy database or a stalling mail server neither repeats an email nor delays the others."""

import smtplib
import socketserver
import threading
from typing import Any

import pytest
from pyramid_mailer.message import Message
from sqlalchemy.exc import OperationalError

from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.mail import mail_transport
from album_store.infrastructure.mail.mail_transport import DEADLINE_S, make_mailer
from album_store.infrastructure.settings import read_settings
from album_store.worker import mail_worker
from album_store.worker.mail_worker import MailWorker, pause_after
from tests.support.fake_smtp import mail_settings


class CountingMailer:
    """Accepts and counts every email."""

    sent = 0

    def send_immediately(self, _message: Message) -> None:
        self.sent += 1


class StallingHandler(socketserver.BaseRequestHandler):
    """A mail server that never finishes its greeting."""

    def handle(self) -> None:
        stopped: threading.Event = self.server.stopped
        while not stopped.wait(0.05):
            self.request.sendall(b"220-wait a little longer\r\n")


@pytest.fixture
def stalling_server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), StallingHandler) as server:
        server.handle_error = lambda *_: None
        server.daemon_threads = True
        server.stopped = threading.Event()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.stopped.set()
        server.shutdown()


@pytest.fixture
def mail_id(db_sessions):
    with db_sessions.begin() as dbsession:
        mail = OutgoingMail(kind="x", recipient="alice@example.org", subject="x", text_body="x")
        dbsession.add(mail)
        dbsession.flush()
        return mail.id


@pytest.fixture
def mailer():
    return CountingMailer()


@pytest.fixture
def worker(db_sessions, settings, mailer, monkeypatch):
    monkeypatch.setattr(mail_worker, "PAUSE_S", 0.01)
    return MailWorker(db_sessions, mailer, read_settings(settings, environ={}))


def make_busy(worker: MailWorker, times: int) -> None:
    """Make the database busy the next few times that the worker records a result."""
    note, left = worker._note, [None] * times

    def busy_note(*args: Any, **values: Any) -> None:
        if left:
            left.pop()
            raise OperationalError("UPDATE", {}, Exception("database is locked"))
        note(*args, **values)

    worker._note = busy_note


def test_a_sent_email_is_recorded_even_if_the_database_is_busy(worker, mailer, db_sessions, mail_id):
    make_busy(worker, times=3)
    assert worker.deliver_due() == 1
    assert mailer.sent == 1
    with db_sessions.read() as dbsession:
        assert dbsession.get_one(OutgoingMail, mail_id).sent_date is not None


def test_a_worker_that_is_stopped_does_not_wait_for_the_database(worker, mailer, mail_id):
    make_busy(worker, times=1_000)
    threading.Timer(0.1, worker.stop).start()
    with pytest.raises(OperationalError):
        worker.deliver_due()
    assert mailer.sent == 1


def test_a_server_that_never_finishes_its_greeting_is_abandoned(stalling_server, tmp_path, monkeypatch):
    monkeypatch.setattr(mail_transport, "DEADLINE_S", 0.3)
    mailer = make_mailer(mail_settings(tmp_path, port=stalling_server.server_address[1], tls="none"))
    with pytest.raises(smtplib.SMTPServerDisconnected):
        mailer.send_immediately(Message("x", ["alice@example.org"], "x", sender="store@example.org"))


def test_an_attempt_ends_before_the_next_may_start():
    assert pause_after(1).total_seconds() > DEADLINE_S
