"""Two server processes and two workers on one PostgreSQL and one Redis, behind nginx."""

import threading
from collections import Counter

import pytest
from sqlalchemy import func, select

from album_store.data.dbsession import DbSessionFactory
from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.security.password_hasher import PasswordHasher
from album_store.infrastructure.settings import read_settings
from tests.support.database_servers import PostgresqlServer, database_server
from tests.support.factories import PASSWORD, add_account
from tests.support.fake_smtp import FakeSmtp
from tests.support.kill_rounds import kill_round
from tests.support.needs import needs_server
from tests.support.nginx import NGINX
from tests.support.production_ini import SITE_URL, production_ini
from tests.support.redis_server import RedisServer
from tests.support.restart_under_load import restart_under_load
from tests.support.site_of_processes import running_site, site_behind_nginx
from tests.support.site_visitor import SiteVisitor

pytestmark = [
    needs_server(PostgresqlServer),
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
    pytest.mark.skipif(RedisServer.PROGRAM is None, reason="redis-server is not installed"),
]
MAILS = 40


@pytest.fixture(scope="module")
def postgresql():
    with database_server(PostgresqlServer) as server:
        yield server


@pytest.fixture(scope="module")
def redis():
    server = RedisServer()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def smtp():
    with FakeSmtp() as server:
        yield server


@pytest.fixture(scope="module")
def settings(postgresql, redis, smtp):
    return {
        "store.site_url": SITE_URL,
        "sqlalchemy.url": postgresql.url,
        "limits.storage": redis.url,
        "mail.sender": "hello@music.example.org",
        "mail.host": "127.0.0.1",
        "mail.port": str(smtp.port),
        "mail.tls": "none",
        "mail.worker": "process",
    }


@pytest.fixture(scope="module")
def site(settings, tmp_path_factory):
    ini = production_ini(settings, listen="127.0.0.1:%(http_port)s")
    with running_site(tmp_path_factory.mktemp("site"), ini, workers=2) as site:
        yield site


@pytest.fixture(scope="module")
def port(site):
    with site_behind_nginx(site) as port:
        yield port


@pytest.fixture(scope="module")
def db_sessions(site, postgresql):
    factory = DbSessionFactory(postgresql.url)
    yield factory
    factory.dispose()


@pytest.fixture(scope="module")
def add_customer(settings, db_sessions):
    """Adds accounts with the password from the factories."""
    password_hash = PasswordHasher(read_settings(settings | {"media.folder": "media"}, environ={})).hash(PASSWORD)
    return lambda email: add_account(db_sessions, password_hash, email)


@pytest.fixture
def first(site):
    return site.ports[0]


@pytest.fixture
def second(site):
    return site.ports[1]


def test_sessions_and_flash_messages_of_one_process_count_in_the_other(add_customer, first, second):
    add_customer("alice@example.org")
    visitor = SiteVisitor(first)
    assert visitor.sign_in("alice@example.org", PASSWORD).status == 303
    assert "alice@example.org" in visitor.get("/account", second).text
    session = dict(visitor.cookies)

    assert visitor.post("/account/signout", second).status == 303
    assert "You are signed out." in visitor.get("/", first).text
    visitor.cookies = session
    for port in (first, second):
        assert visitor.get("/account", port).status == 303


def test_attempts_in_one_process_count_in_the_other(add_customer, first, second):
    add_customer("bob@example.org")
    visitor = SiteVisitor(first)
    answers = [visitor.sign_in("bob@example.org", "wrong", port).status for port in (first, second) * 5]
    assert answers == [400] * 10
    assert [visitor.sign_in("bob@example.org", "wrong", port).status for port in (first, second)] == [429, 429]


def test_each_email_is_sent_once_by_two_workers(site, db_sessions, smtp):
    with db_sessions.begin() as dbsession:
        dbsession.add_all(
            OutgoingMail(kind="confirm-email", recipient=f"fan{number}@example.org", subject="Hello", text_body="Hello")
            for number in range(MAILS)
        )
    await_sent(db_sessions)
    received = Counter(recipient for mail in smtp.mails for recipient in mail.recipients)
    assert {received[f"fan{number}@example.org"] for number in range(MAILS)} == {1}
    with db_sessions.read() as dbsession:
        attempts = select(OutgoingMail.attempts).where(OutgoingMail.recipient.like("fan%"))
        assert set(dbsession.scalars(attempts)) == {1}


def await_sent(db_sessions):
    """Wait until no email is waiting."""
    watch = threading.Event()
    waiting = select(func.count()).where(OutgoingMail.next_attempt_date.is_not(None))
    for _ in range(600):
        with db_sessions.read() as dbsession:
            if dbsession.scalar(waiting) == 0:
                return
        watch.wait(0.05)
    raise AssertionError("an email was not sent")


def test_a_killed_process_loses_no_form_that_was_acknowledged_and_leaves_none_half_done(site, port, db_sessions, smtp):
    counts = sum((kill_round(site, port, db_sessions, f"round{number}", visitors=12) for number in range(2)), Counter())
    assert counts["acknowledged"] > 0
    await_sent(db_sessions)
    recipients = Counter(recipient for mail in smtp.mails for recipient in mail.recipients if "round" in recipient)
    assert set(recipients.values()) == {1}
    assert recipients.total() == counts["done"]


def test_a_page_is_served_by_the_other_process_while_one_is_down(site, port):
    site.kill(0)
    assert {SiteVisitor(port).get("/albums").status for _ in range(6)} == {200}
    site.kill(1)
    answer = SiteVisitor(port).get("/albums")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert answer.text.startswith("The store is being restarted. Wait a moment")
    site.start(0)
    assert SiteVisitor(port).get("/albums").status == 200
    site.start(1)


def test_a_restart_of_postgresql_gives_503_in_the_look_of_the_store_and_then_all_is_well(
    site, port, postgresql, add_customer, db_sessions, smtp
):
    add_customer("carol@example.org")
    restart_under_load(postgresql, port, "carol@example.org", PASSWORD)
    assert "event=fault" not in site.log()

    with db_sessions.begin() as dbsession:
        dbsession.add(OutgoingMail(kind="confirm-email", recipient="dora@example.org", subject="Hi", text_body="Hi"))
    await_sent(db_sessions)
    assert [mail.recipients for mail in smtp.mails][-1] == ["dora@example.org"]


def test_without_redis_each_process_counts_for_itself_and_sessions_go_on(site, redis, add_customer, first, second):
    add_customer("eve@example.org")
    visitor = SiteVisitor(first)
    visitor.sign_in("eve@example.org", PASSWORD)
    redis.kill()
    for port in (first, second):
        before = site.log().count("event=limits-storage-gone")
        assert "eve@example.org" in visitor.get("/account", port).text
        assert SiteVisitor(port).sign_in("eve@example.org", PASSWORD, port).status == 303
        # A slow machine takes so long that a process looks again, and says so again.
        assert site.log().count("event=limits-storage-gone") > before
    redis.start()


def test_sigterm_stops_the_workers(site):
    assert site.stop_workers() == [0, 0]
