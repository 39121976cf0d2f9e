"""How the worker runs beside the web server."""

import threading

import pytest

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.settings import read_settings
from album_store.worker import mail_worker
from album_store.worker.mail_worker import MailWorker


class FakeMailer:
    """Says when the first mail arrives."""

    def __init__(self) -> None:
        self.arrived = threading.Event()

    def send_immediately(self, _message: object) -> None:
        """Take a mail."""
        self.arrived.set()


@pytest.fixture
def mailer():
    return FakeMailer()


@pytest.fixture
def worker(db_sessions, mailer, settings):
    return MailWorker(db_sessions, mailer, read_settings(settings, environ={}))


@pytest.fixture
def post(db_sessions):
    def post() -> None:
        with db_sessions.begin() as dbsession:
            dbsession.add(OutgoingMail(kind="test", recipient="alice@example.org", subject="Hello", text_body="Hello"))

    return post


@pytest.fixture
def pause():
    return 0.02


@pytest.fixture
def thread(worker, pause, monkeypatch):
    monkeypatch.setattr(mail_worker, "PAUSE_S", pause)
    thread = worker.start_thread()
    yield thread
    worker.stop()
    thread.join(timeout=5)
    assert not thread.is_alive()


@pytest.mark.parametrize("pause", [60])
@pytest.mark.usefixtures("thread")
def test_the_thread_looks_at_once_when_it_is_woken(worker, post, mailer, pause):
    post()
    worker.wake()
    assert mailer.arrived.wait(5)


def test_the_thread_does_its_chores_and_trouble_with_them_never_stops_mail(worker, post, mailer, request):
    tried, done = threading.Event(), threading.Event()

    def fail() -> None:
        tried.set()
        raise RuntimeError

    worker.add_daily_task(fail)
    worker.add_daily_task(done.set)
    request.getfixturevalue("thread")
    assert tried.wait(5)
    assert done.wait(5)
    post()
    assert mailer.arrived.wait(5)


@pytest.mark.usefixtures("thread")
def test_the_thread_looks_for_mail_on_its_own(post, mailer):
    post()
    assert mailer.arrived.wait(5)


def test_a_broken_database_does_not_end_the_thread(post, mailer, db_sessions, monkeypatch, request):
    failed = threading.Event()
    monkeypatch.setattr(mail_worker.log, "exception", lambda *_: failed.set())
    SqlAlchemyBase.metadata.drop_all(db_sessions.engine, tables=[OutgoingMail.__table__])
    request.getfixturevalue("thread")
    assert failed.wait(5)
    SqlAlchemyBase.metadata.create_all(db_sessions.engine)
    post()
    assert mailer.arrived.wait(5)
