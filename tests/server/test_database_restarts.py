"""A database server that stops, crashes or hangs is a busy database, and the store recovers."""

import signal
import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from album_store.data.dbsession import DbSessionFactory
from album_store.data.engines import KINDS
from album_store.infrastructure.security.password_hasher import PasswordHasher
from album_store.infrastructure.settings import read_settings
from tests.support.database_servers import MariadbServer, PostgresqlServer, database_server
from tests.support.factories import PASSWORD, add_account
from tests.support.needs import needs_server
from tests.support.nginx import NGINX
from tests.support.production_ini import SITE_URL, production_ini
from tests.support.restart_under_load import restart_under_load
from tests.support.site_of_processes import running_site, site_behind_nginx

SLEEP = {"postgresql": "SELECT pg_sleep(60)", "mariadb": "SELECT sleep(60)"}
OWN_ID = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT connection_id()"}
END_CONNECTION = {"postgresql": "SELECT pg_terminate_backend({})", "mariadb": "KILL {}"}
END_STATEMENT = {"postgresql": "SELECT pg_cancel_backend({})", "mariadb": "KILL QUERY {}"}
IS_WORKING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE pid = {} AND query LIKE '%sleep%' AND state = 'active'",
    "mariadb": "SELECT count(*) FROM information_schema.processlist WHERE id = {} AND info LIKE '%sleep%'",
}
CRASH = {"postgresql": signal.SIGQUIT, "mariadb": signal.SIGKILL}


@pytest.fixture(
    scope="module",
    params=[pytest.param(kind, marks=needs_server(kind), id=kind.kind) for kind in (PostgresqlServer, MariadbServer)],
)
def server(request):
    with database_server(request.param) as server:
        yield server


@pytest.fixture
def db_sessions(server):
    factory = DbSessionFactory(server.url)
    yield factory
    factory.dispose()


@contextmanager
def busy(db_sessions):
    """Expect an error that says that the database is busy."""
    with pytest.raises(DBAPIError) as caught:
        yield
    assert db_sessions.database.is_busy(caught.value), repr(caught.value.orig)


def ask(db_sessions):
    with db_sessions.read() as dbsession:
        dbsession.scalar(text("SELECT 1"))


@contextmanager
def working(server, db_sessions):
    """Run a statement that takes long; when it does, yield the id of its connection. It must end as a busy database."""
    started = threading.Event()
    ids = []

    def work() -> None:
        with busy(db_sessions), db_sessions.read() as dbsession:
            ids.append(dbsession.scalar(text(OWN_ID[server.kind])))
            started.set()
            dbsession.execute(text(SLEEP[server.kind]))
        ids.append("busy")

    thread = threading.Thread(target=work)
    thread.start()
    assert started.wait(30)
    watch = DbSessionFactory(server.url)
    while not scalar(watch, IS_WORKING[server.kind].format(ids[0])):
        time.sleep(0.02)
    watch.dispose()
    yield ids[0]
    thread.join(30)
    assert ids[1:] == ["busy"]


def scalar(db_sessions, statement):
    with db_sessions.read() as dbsession:
        return dbsession.scalar(text(statement))


@pytest.mark.parametrize("end", [END_CONNECTION, END_STATEMENT], ids=["connection", "statement"])
def test_a_statement_that_an_admin_ends_is_a_busy_database(server, db_sessions, end):
    with working(server, db_sessions) as connection_id, db_sessions.begin() as dbsession:
        dbsession.execute(text(end[server.kind].format(connection_id)))
    ask(db_sessions)


def test_a_server_that_stops_is_a_busy_database(server, db_sessions):
    with working(server, db_sessions):
        server.stop()
    with busy(db_sessions):
        ask(db_sessions)
    server.start()
    ask(db_sessions)
    with busy(db_sessions), db_sessions.read() as dbsession:
        dbsession.execute(text("SELECT 1"))
        server.stop()
        dbsession.execute(text("SELECT 1"))
    server.start()
    ask(db_sessions)


def test_a_restart_between_two_requests_goes_unnoticed(server, db_sessions):
    ask(db_sessions)
    server.stop()
    server.start()
    ask(db_sessions)


def test_a_server_that_crashes_is_a_busy_database(server, db_sessions):
    with working(server, db_sessions):
        server.process.send_signal(CRASH[server.kind])
        server.process.wait()
    server.start()
    ask(db_sessions)


@pytest.mark.parametrize("server", [PostgresqlServer], indirect=True)  # MariaDB does not wait for its clients
def test_a_server_that_shuts_down_and_still_has_clients_is_a_busy_database(server, db_sessions):
    late = DbSessionFactory(server.url)
    with db_sessions.read() as dbsession:
        dbsession.execute(text("SELECT 1"))
        server.process.send_signal(signal.SIGTERM)
        with busy(late):
            for _ in range(1_000):  # until the signal has arrived
                ask(late)
                late.dispose()
    db_sessions.dispose()
    server.process.wait()
    server.start()
    ask(db_sessions)


def test_a_server_that_hangs_is_a_busy_database(server, monkeypatch):
    arguments = KINDS[server.kind].engine_options["connect_args"]
    short = {"postgresql": "connect_timeout", "mariadb": "read_timeout"}[server.kind]
    assert arguments[short] <= 40
    monkeypatch.setitem(arguments, short, 2)
    db_sessions = DbSessionFactory(server.url)
    server.process.send_signal(signal.SIGSTOP)
    try:
        with busy(db_sessions):
            ask(db_sessions)
    finally:
        server.process.send_signal(signal.SIGCONT)
        db_sessions.dispose()


@pytest.mark.parametrize("server", [MariadbServer], indirect=True)  # only its driver limits the time of an answer
def test_a_migration_may_take_longer_than_a_statement_of_a_page(server, db_sessions, monkeypatch):
    monkeypatch.setitem(KINDS[server.kind].engine_options["connect_args"], "read_timeout", 1)
    engine = db_sessions.database.create_migration_engine()
    with engine.begin() as connection, db_sessions.database.schema_lock(connection):
        assert connection.scalar(text("SELECT sleep(1.5)")) == 0
    engine.dispose()


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_a_server_whose_name_is_unknown_is_a_busy_database(kind):
    driver = {"postgresql": "psycopg", "mariadb": "pymysql"}[kind]
    db_sessions = DbSessionFactory(f"{kind}+{driver}://store@nowhere.invalid/store")
    with busy(db_sessions):
        ask(db_sessions)


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
@needs_server(MariadbServer)
def test_a_restart_of_mariadb_gives_503_in_the_look_of_the_store_and_then_all_is_well(tmp_path):
    """The same with PostgreSQL is part of the tests of several processes."""
    settings = {"store.site_url": SITE_URL, "mail.sender": "hello@music.example.org", "mail.worker": "process"}
    with database_server(MariadbServer) as server:
        settings["sqlalchemy.url"] = server.url
        ini = production_ini(settings, listen="127.0.0.1:%(http_port)s")
        password_hash = PasswordHasher(read_settings(settings | {"media.folder": "x"}, environ={})).hash(PASSWORD)
        with running_site(tmp_path, ini, servers=1, workers=0) as site, site_behind_nginx(site) as port:
            factory = DbSessionFactory(server.url)
            add_account(factory, password_hash)
            factory.dispose()
            restart_under_load(server, port, "alice@example.org", PASSWORD)
            assert "event=fault" not in site.log()
