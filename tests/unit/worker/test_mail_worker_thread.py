"""The worker threads next to the web server."""

import threading

import pytest

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.settings import read_settings
from album_store.worker import mail_worker
from album_store.worker.interval_task import DAY_S, HOUR_S, IntervalTask
from album_store.worker.mail_worker import MailWorker
from album_store.worker.worker import Worker


class FakeMailer:
    """Signals the first email and holds it until the test lets it continue."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    def send_immediately(self, _message: object) -> None:
        """Accept an email."""
        self.arrived.set()
        assert self.may_go_on.wait(5)


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
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    yield thread
    worker.stop()
    thread.join(timeout=5)
    assert not thread.is_alive()


@pytest.mark.parametrize("pause", [60])
@pytest.mark.usefixtures("thread")
def test_a_woken_thread_sends_at_once(worker, post, mailer, pause):
    post()
    worker.wake()
    assert mailer.arrived.wait(5)


def test_a_slow_mail_server_does_not_delay_tasks(worker, post, mailer):
    done = threading.Event()
    mailer.may_go_on.clear()
    post()
    both = Worker(
        worker, [IntervalTask("task", lambda: mailer.arrived.wait(5) and done.set(), interval_s=DAY_S, retry_s=HOUR_S)]
    )
    threads = both.start()
    assert done.wait(5)
    assert not mailer.may_go_on.is_set()
    mailer.may_go_on.set()
    both.stop()
    for thread in threads:
        thread.join(timeout=10)
        assert not thread.is_alive()


@pytest.mark.usefixtures("thread")
def test_the_thread_finds_due_emails_without_being_woken(post, mailer):
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
