"""The store behind PgBouncer in transaction mode, where transactions take turns on a few connections."""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import album_store
from album_store.data.account import Account
from album_store.data.dbsession import DbSessionFactory
from tests.support.database_servers import PostgresqlServer, database_server
from tests.support.factories import PASSWORD, make_album, make_artist
from tests.support.needs import needs_server
from tests.support.running_store import free_port
from tests.support.store_driver import StoreDriver, confirmation_form, register, sign_in, together
from tests.support.store_settings import settings_in

# On Debian it is in a folder that only root's PATH includes.
PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed"),
    needs_server(PostgresqlServer),
]
CONNECTIONS = 2
CONFIGURATION = """
[databases]
test = host=127.0.0.1 port={server_port} user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    port = free_port()
    file = tmp_path_factory.mktemp("pgbouncer") / "pgbouncer.ini"
    with database_server(PostgresqlServer) as server:
        file.write_text(CONFIGURATION.format(server_port=server.port, port=port, connections=CONNECTIONS))
        # PgBouncer refuses to run as root, and another user cannot read the folder of the tests.
        user = {"user": "postgres"} if os.getuid() == 0 else {}
        copy = shutil.copy(file, Path(server.folder).parent / "pgbouncer.ini")
        bouncer = subprocess.Popen([PROGRAM, str(copy)], stderr=subprocess.DEVNULL, **user)
        url = f"postgresql+psycopg://postgres@127.0.0.1:{port}/test"
        await_answer(url)
        yield url
        bouncer.kill()
        bouncer.wait()


def await_answer(url):
    factory = DbSessionFactory(url)
    deadline = time.monotonic() + 30
    while True:
        with suppress(OperationalError), factory.engine.connect():
            break
        assert time.monotonic() < deadline, "PgBouncer did not start"
        time.sleep(0.05)
    factory.dispose()


@pytest.fixture
def store(url, tmp_path):
    store = StoreDriver(album_store.main({}, **settings_in(tmp_path) | {"sqlalchemy.url": url}))
    yield store
    store.db_sessions.dispose()


def journey(store, number):
    """Register, confirm, and sign in again."""
    email = f"fan{number}@example.org"
    browser = store.browser(REMOTE_ADDR=f"198.51.100.{number}")
    register(browser, email)
    confirmation_form(browser.get(store.mailed_link(email))).submit()
    return sign_in(store.browser(REMOTE_ADDR=f"198.51.100.{number}"), email, PASSWORD).status_int


def test_more_visitors_than_connections_take_turns(store):
    store.add(make_album("Rain on Zinc", make_artist("Alder Row")))
    numbers = range(1, 4 * CONNECTIONS + 1)
    assert together(*[lambda number=number: journey(store, number) for number in numbers]) == [303] * len(numbers)
    assert len(store.rows(Account)) == len(numbers)
    assert "Rain on Zinc" in store.browser().get("/search?q=zinc")


def test_timeouts_and_read_only_transactions_do_not_pass_to_the_next_transaction(store):
    def timeouts(dbsession: Session) -> list[str]:
        connection = dbsession.connection()
        names = ("lock_timeout", "statement_timeout", "transaction_read_only")
        return [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names]

    for _ in range(2 * CONNECTIONS):
        with store.db_sessions.begin() as dbsession:
            assert timeouts(dbsession) == ["5s", "30s", "off"]
        with store.db_sessions.begin_nowait() as dbsession:
            assert timeouts(dbsession) == ["50ms", "30s", "off"]
        with store.db_sessions.read() as dbsession:
            assert timeouts(dbsession) == ["5s", "30s", "on"]
    store.db_sessions.create_tables()
    with store.db_sessions.begin() as dbsession:
        assert timeouts(dbsession) == ["5s", "30s", "off"]


def test_a_repeated_statement_runs_on_every_connection(store, url):
    """The driver prepares a statement that it repeats, unless told not to; another connection would not know it."""

    def ask() -> None:
        with store.db_sessions.begin() as dbsession:  # after a rollback, the driver would begin to count again
            assert dbsession.scalar(text("SELECT 1 + :number"), {"number": 1}) == 2

    for _ in range(100):  # on each connection of the pool
        ask()
    other = DbSessionFactory(url)
    with other.read() as dbsession:
        dbsession.execute(text("SELECT 1"))  # holds the connection that was used last
        ask()
    other.dispose()
