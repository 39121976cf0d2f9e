"""The mail worker loses, blocks and repeats no email, even if a process is killed."""

import logging
import smtplib
import threading
from datetime import timedelta
from typing import Any, Never

import pytest
from pyramid_mailer.message import Message

from album_store.data import types
from album_store.data.dbsession import DbSessionFactory
from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.mail import mail_transport
from album_store.infrastructure.mail.mail_transport import make_mailer
from album_store.infrastructure.settings import read_settings
from album_store.worker import mail_worker
from album_store.worker.mail_worker import MailWorker, pause_after
from tests.support.clock import NOON
from tests.support.fake_smtp import HANG_UP, SILENCE, FakeSmtp, mail_settings

REFUSED = smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"no such user")})


class Killed(BaseException):
    """The end of a process, which no error handler catches."""


class FakeMailer:
    """Keeps the messages it is given, or raises `trouble` if that is set."""

    def __init__(self) -> None:
        self.default_sender = "store@example.org"
        self.sent: list[Message] = []
        self.trouble: BaseException | None = None

    def send_immediately(self, message: Message) -> None:
        if self.trouble:
            raise self.trouble
        self.sent.append(message)


@pytest.fixture
def store_settings(settings):
    return read_settings(settings, environ={})


@pytest.fixture
def mailer():
    return FakeMailer()


@pytest.fixture
def worker(db_sessions, mailer, store_settings):
    return MailWorker(db_sessions, mailer, store_settings)


@pytest.fixture
def post(db_sessions):
    def post(**values: Any) -> str:
        written = {"kind": "reset-password", "recipient": "alice@example.org", "subject": "Secret subject"}
        mail = OutgoingMail(**written | values)
        mail.text_body, mail.html_body = "secret words", "<p>secret words</p>"
        with db_sessions.begin() as dbsession:
            dbsession.add(mail)
            dbsession.flush()
            return mail.id

    return post


@pytest.fixture
def read(db_sessions):
    def read(mail_id: str) -> OutgoingMail:
        with db_sessions.read() as dbsession:
            return dbsession.get_one(OutgoingMail, mail_id)

    return read


def test_a_due_email_is_sent_and_its_text_is_deleted(worker, mailer, post, read, clock):
    mail_id = post()
    assert worker.deliver_due() == 1
    assert [message.recipients for message in mailer.sent] == [["alice@example.org"]]
    mail = read(mail_id)
    assert mail.sent_date == NOON
    assert (mail.next_attempt_date, mail.text_body, mail.html_body) == (None, None, None)
    assert worker.deliver_due() == 0


def test_an_email_has_the_id_of_its_row_and_its_creation_date(worker, mailer, post, clock):
    mail_id = post()
    clock.shift(timedelta(hours=1))
    worker.deliver_due()
    headers = mailer.sent[0].extra_headers
    assert headers["Message-ID"] == f"<{mail_id}@localhost>"
    assert headers["Date"] == "Tue, 31 Mar 2026 12:00:00 +0000"


def test_an_email_without_a_recipient_is_composed_and_discarded(worker, mailer, post, db_sessions, monkeypatch, clock):
    composed = []
    compose = Message.to_message

    def note(message: Message) -> Any:
        composed.append(compose(message))
        return composed[-1]

    monkeypatch.setattr(Message, "to_message", note)
    post(recipient="")
    assert worker.deliver_due() == 0
    assert mailer.sent == []
    assert [message["Subject"] for message in composed] == ["Secret subject"]
    with db_sessions.read() as dbsession:
        assert dbsession.query(OutgoingMail).count() == 0


def test_an_email_that_is_not_due_waits(worker, post, clock):
    post(next_attempt_date=NOON + timedelta(seconds=1))
    assert worker.deliver_due() == 0


def test_retry_intervals_double_up_to_six_hours_and_end_after_nearly_three_days():
    pauses = [pause_after(attempts) for attempts in range(1, mail_worker.MAX_ATTEMPTS)]
    minutes = [pause // timedelta(minutes=1) for pause in pauses]
    assert minutes[:10] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360]
    assert set(minutes[10:]) == {360}
    assert timedelta(days=2.5) < sum(pauses, timedelta()) < timedelta(days=3)


def test_a_failed_email_is_retried_after_each_interval_and_finally_given_up(worker, mailer, post, read, clock):
    mailer.trouble = ConnectionRefusedError(111, "Connection refused")
    mail_id = post()
    for attempt in range(1, mail_worker.MAX_ATTEMPTS + 1):
        assert read(mail_id).failed_date is None
        worker.deliver_due()
        worker.deliver_due()
        assert read(mail_id).attempts == attempt
        clock.shift(pause_after(attempt))
    mail = read(mail_id)
    assert mail.failed_date == types.utc_now() - mail_worker.MAX_PAUSE
    assert (mail.next_attempt_date, mail.text_body, mail.html_body) == (None, None, None)
    assert mail.last_error == "ConnectionRefusedError [Errno 111] Connection refused"


def test_a_failed_email_is_sent_when_the_server_is_back(worker, mailer, post, read, clock):
    mailer.trouble = smtplib.SMTPServerDisconnected("gone")
    mail_id = post()
    worker.deliver_due()
    assert read(mail_id).text_body == "secret words"
    mailer.trouble = None
    clock.shift(timedelta(minutes=1))
    assert worker.deliver_due() == 1
    assert (read(mail_id).attempts, read(mail_id).last_error) == (2, "SMTPServerDisconnected gone")


@pytest.mark.parametrize("refusal", [REFUSED, smtplib.SMTPDataError(554, b"no")])
def test_a_refused_email_is_given_up_at_once(worker, mailer, post, read, clock, refusal):
    mailer.trouble = refusal
    mail_id = post()
    assert worker.deliver_due() == 0
    mail = read(mail_id)
    assert mail.failed_date == NOON
    assert (mail.next_attempt_date, mail.text_body, mail.html_body) == (None, None, None)


@pytest.mark.parametrize(
    "trouble",
    [
        smtplib.SMTPRecipientsRefused({"alice@example.org": (451, b"grey-listed")}),
        smtplib.SMTPDataError(452, b"disk full"),
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        smtplib.SMTPSenderRefused(553, b"not your address", "hello@salt.example"),
        RuntimeError("a bug"),
    ],
)
def test_other_errors_are_retried(worker, mailer, post, read, clock, trouble):
    mailer.trouble = trouble
    mail_id = post()
    worker.deliver_due()
    assert read(mail_id).next_attempt_date == NOON + timedelta(minutes=1)


def test_a_failed_email_does_not_delay_the_others(worker, mailer, post, clock):
    def refuse_the_first(message: Message) -> None:
        mailer.sent.append(message)
        if len(mailer.sent) == 1:
            raise REFUSED

    mailer.send_immediately = refuse_the_first
    post()
    post()
    assert worker.deliver_due() == 1


def test_the_log_contains_no_addresses_or_email_text(worker, mailer, post, caplog, clock):
    caplog.set_level(logging.INFO, "album_store")
    sent_id = post()
    worker.deliver_due()
    mailer.trouble = smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"<alice@example.org> secret words")})
    failed_id = post()
    worker.deliver_due()
    assert caplog.messages == [
        f"event=mail-sent id={sent_id} kind=reset-password attempts=1",
        f"event=mail-failed id={failed_id} kind=reset-password attempts=1 error=SMTPRecipientsRefused-550 given-up=yes",
    ]


def test_setting_the_clock_back_during_a_pass_causes_no_second_attempt(worker, mailer, post, read, clock):
    def fail(_message: Message) -> Never:
        clock.move_to(NOON - timedelta(hours=1))
        raise ConnectionRefusedError

    mailer.send_immediately = fail
    mail_id = post()
    worker.deliver_due()
    assert read(mail_id).attempts == 1


def test_a_worker_killed_before_sending_loses_no_email(worker, mailer, post, clock):
    mailer.trouble = Killed()
    mail_id = post()
    with pytest.raises(Killed):
        worker.deliver_due()
    mailer.trouble = None
    assert worker.deliver_due() == 0
    clock.shift(timedelta(minutes=1))
    assert worker.deliver_due() == 1
    assert mailer.sent[0].extra_headers["Message-ID"] == f"<{mail_id}@localhost>"


def test_an_email_sent_twice_because_of_a_kill_has_one_message_id(
    worker, mailer, post, read, clock, db_sessions, store_settings
):
    class DyingWorker(MailWorker):
        def _note(self, *_: object, **__: object) -> Never:
            raise Killed

    mail_id = post()
    with pytest.raises(Killed):
        DyingWorker(db_sessions, mailer, store_settings).deliver_due()
    assert read(mail_id).sent_date is None
    clock.shift(timedelta(minutes=1))
    assert worker.deliver_due() == 1
    assert [message.extra_headers["Message-ID"] for message in mailer.sent] == [f"<{mail_id}@localhost>"] * 2
    assert mailer.sent[0].extra_headers == mailer.sent[1].extra_headers


def test_an_email_that_kills_every_worker_is_given_up(worker, mailer, post, read, clock):
    mail_id = post(attempts=mail_worker.MAX_ATTEMPTS)
    assert worker.deliver_due() == 0
    assert mailer.sent == []
    assert read(mail_id).failed_date == NOON
    assert read(mail_id).last_error == "InterruptedError the attempt was interrupted"


def test_a_late_success_is_final(worker, mailer, post, read, db_sessions, store_settings, clock):
    other_mailer = FakeMailer()
    other_mailer.trouble = REFUSED

    def send_slowly(message: Message) -> None:
        clock.shift(timedelta(minutes=2))
        MailWorker(db_sessions, other_mailer, store_settings).deliver_due()

    mailer.send_immediately = send_slowly
    mail_id = post()
    assert worker.deliver_due() == 1
    assert read(mail_id).sent_date is not None
    assert read(mail_id).failed_date is None


def test_an_attempt_claimed_by_another_worker_is_not_repeated(worker, post, clock):
    mail_id = post()
    assert worker._claim(mail_id, 0, NOON)
    assert worker._claim(mail_id, 0, NOON + timedelta(minutes=5)) is None
    assert worker._claim(mail_id, 1, NOON) is None


def test_two_simultaneous_workers_send_each_email_once(store_settings, post, mailer):
    ids = {f"<{post()}@localhost>" for _ in range(40)}
    factories = [DbSessionFactory(store_settings.database_url) for _ in range(2)]
    start = threading.Barrier(2)
    counts = []

    def deliver(factory: DbSessionFactory) -> None:
        start.wait()
        counts.append(MailWorker(factory, mailer, store_settings).deliver_due())

    threads = [threading.Thread(target=deliver, args=(factory,)) for factory in factories]
    for thread in threads:
        thread.start()
    for thread, factory in zip(threads, factories, strict=True):
        thread.join()
        factory.dispose()
    assert sorted(message.extra_headers["Message-ID"] for message in mailer.sent) == sorted(ids)
    assert sum(counts) == 40


@pytest.mark.parametrize(
    ("step", "answer", "given_up"),
    [
        ("CONTENT", SILENCE, False),
        ("CONTENT", HANG_UP, False),
        ("GREETING", SILENCE, False),
        ("RCPT", "451 later", False),
        ("RCPT", "550 never", True),
    ],
)
def test_only_a_permanent_error_of_a_real_server_is_final(
    db_sessions, post, read, tmp_path, monkeypatch, step, answer, given_up
):
    monkeypatch.setattr(mail_transport, "TIMEOUT_S", 0.2)
    mail_id = post()
    with FakeSmtp() as smtp:
        settings = mail_settings(tmp_path, host="127.0.0.1", port=smtp.port, tls="none")
        smtp.answers[step] = answer
        assert MailWorker(db_sessions, make_mailer(settings), settings).deliver_due() == 0
    assert (read(mail_id).failed_date is not None) == given_up
    assert (read(mail_id).next_attempt_date is None) == given_up


def test_a_stopped_worker_ends_after_the_current_email(worker, mailer, post, clock):
    mailer.send_immediately = lambda _message: worker.stop()
    post()
    post()
    assert worker.deliver_due() == 1
