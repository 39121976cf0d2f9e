"""`album-store work`, run as a process."""

import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest

from album_store.bin.main import main
from album_store.data import types
from album_store.data.dbsession import DbSessionFactory
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.pending_registration import PendingRegistration
from tests.support.factories import make_link
from tests.support.fake_smtp import PATIENCE, SILENCE, FakeSmtp

PROGRAM = "from album_store.bin.main import main; raise SystemExit(main())"
TIMEOUT_S = 60


@pytest.fixture
def smtp():
    with FakeSmtp() as server:
        yield server


@pytest.fixture
def ini(tmp_path, smtp):
    path = tmp_path / "store.ini"
    path.write_text(
        f"""
[app:main]
use = call:album_store:main
store.environment = development
store.site_url = http://localhost:6543
sqlalchemy.url = sqlite:///%(here)s/store.sqlite
media.folder = %(here)s/media
mail.worker = process
mail.sender = hello@salt.example
mail.host = 127.0.0.1
mail.port = {smtp.port}
mail.tls = none
"""
    )
    return path


@pytest.fixture
def db_sessions(ini):
    factory = DbSessionFactory(f"sqlite:///{ini.with_name('store.sqlite')}")
    factory.create_tables()
    yield factory
    factory.dispose()


@pytest.fixture
def mail_id(db_sessions):
    """An email waiting in the outbox."""
    with db_sessions.begin() as dbsession:
        mail = OutgoingMail(kind="confirm-email", recipient="alice@example.org", subject="Hello", text_body="Hello")
        dbsession.add(mail)
        dbsession.flush()
        return mail.id


@pytest.fixture
def start(ini):
    """Starts the command and kills it after the test."""
    processes = []

    def start(*arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-c", PROGRAM, "work", str(ini), *arguments]
        processes.append(subprocess.Popen(command, stderr=subprocess.PIPE))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def read(db_sessions: DbSessionFactory, mail_id: str) -> OutgoingMail:
    with db_sessions.read() as dbsession:
        return dbsession.get_one(OutgoingMail, mail_id)


def test_once_sends_due_emails_and_exits(ini, smtp, db_sessions, mail_id):
    assert main(["work", str(ini), "--once"]) == 0
    assert [mail.recipients for mail in smtp.mails] == [["alice@example.org"]]
    assert read(db_sessions, mail_id).sent_date is not None


def test_the_old_name_of_the_command_says_the_new_one_and_still_sends_emails(ini, smtp, mail_id, capsys):
    assert main(["deliver-mail", str(ini), "--once"]) == 0
    assert len(smtp.mails) == 1
    assert "deliver-mail is now called work" in capsys.readouterr().err


@pytest.fixture
def expired_id(db_sessions):
    """An expired registration that was never confirmed."""
    with db_sessions.begin() as dbsession:
        created = {"created_date": types.utc_now() - timedelta(days=8)}
        expired = make_link(PendingRegistration, email="carol@example.org", password_hash="x", **created)
        dbsession.add(expired)
        dbsession.flush()
        return expired.id


def is_there(db_sessions: DbSessionFactory, registration_id: str) -> bool:
    with db_sessions.read() as dbsession:
        return dbsession.get(PendingRegistration, registration_id) is not None


def test_it_purges_while_running_but_not_with_once(start, db_sessions, expired_id):
    assert start("--once").wait(TIMEOUT_S) == 0
    assert is_there(db_sessions, expired_id)
    start()
    deadline = time.monotonic() + TIMEOUT_S
    while is_there(db_sessions, expired_id):
        assert time.monotonic() < deadline, "the expired registration was not purged"
        time.sleep(0.05)


def test_it_creates_the_tables_if_it_starts_before_the_store(ini, smtp):
    assert main(["work", str(ini), "--once"]) == 0
    assert smtp.mails == []


@pytest.fixture
def signals_restored():
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


@pytest.mark.usefixtures("signals_restored")
def test_it_waits_for_emails_until_it_is_stopped(ini, smtp, mail_id):
    smtp.answers["QUIT"] = PATIENCE

    def ask_to_end() -> None:
        smtp.reached.wait(TIMEOUT_S)
        signal.raise_signal(signal.SIGTERM)
        smtp.go_on()

    threading.Thread(target=ask_to_end).start()
    assert main(["work", str(ini)]) == 0
    assert len(smtp.mails) == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_after_the_current_email(start, smtp, db_sessions, mail_id, how):
    smtp.answers["CONTENT"] = PATIENCE
    process = start()
    assert smtp.reached.wait(TIMEOUT_S)
    process.send_signal(how)
    smtp.go_on()
    assert process.wait(TIMEOUT_S) == 0
    assert read(db_sessions, mail_id).sent_date is not None


def test_an_email_interrupted_by_a_kill_is_sent_by_the_next_worker(start, smtp, db_sessions, mail_id):
    smtp.answers["DATA"] = SILENCE
    process = start()
    assert smtp.reached.wait(TIMEOUT_S)
    process.kill()
    process.wait(TIMEOUT_S)
    mail = read(db_sessions, mail_id)
    assert (mail.attempts, mail.sent_date, mail.text_body) == (1, None, "Hello")
    assert types.utc_now() < mail.next_attempt_date <= types.utc_now() + timedelta(minutes=1)

    smtp.answers.clear()
    with db_sessions.begin() as dbsession:  # a minute passes
        dbsession.get_one(OutgoingMail, mail_id).next_attempt_date = types.utc_now()
    assert start("--once").wait(TIMEOUT_S) == 0
    assert [f"<{mail_id}@localhost>".encode() in mail.content for mail in smtp.mails] == [True]
    assert read(db_sessions, mail_id).sent_date is not None
