"""SIGTERM, by which systemd stops the store: what was begun is finished."""

import os
import signal
import socket
import sqlite3
import time
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import select

from album_store.data.dbsession import DbSessionFactory
from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.security.secret_codes import new_secret
from tests.support.factories import PASSWORD
from tests.support.running_store import RunningStore, ini_without_albums, running_store

EMAIL = "carol@example.org"
LIMIT_S = 20
LOOK_AGAIN_S = 0.02


def registration() -> bytes:
    """Return a request that submits the registration form."""
    token = new_secret()
    form = {"csrf_token": token, "email": EMAIL, "password": PASSWORD, "confirm_password": PASSWORD, "display_name": ""}
    body = urlencode(form)
    lines = [
        "POST /account/register HTTP/1.1", "Host: localhost", "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}", f"Cookie: csrf={token}", "", body,
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def answer_on(connection: socket.socket) -> bytes:
    """Return all that comes until the store closes the connection."""
    heard = b""
    while part := connection.recv(65_536):
        heard += part
    return heard


def connection_to(store: RunningStore) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(store.url).port), timeout=LIMIT_S)


def wait_until(is_so) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(LOOK_AGAIN_S)


def is_refused(store: RunningStore) -> bool:
    try:
        connection_to(store).close()
    except OSError:
        return True
    return False


def exit_of(store: RunningStore) -> tuple[int, int]:
    """Wait for the process, and return how it ended and with which status or signal."""
    ended = os.waitid(os.P_PID, store.process_id, os.WEXITED | os.WNOWAIT)
    return ended.si_code, ended.si_status


def test_sigterm_lets_a_form_in_flight_finish_and_refuses_new_connections(tmp_path):
    with (
        running_store(tmp_path, ini=ini_without_albums()) as store,
        closing(sqlite3.connect(tmp_path / "album_store.sqlite", isolation_level=None)) as other,
        connection_to(store) as connection,
    ):
        other.execute("BEGIN IMMEDIATE")  # the registration waits for this lock
        connection.sendall(registration())
        os.kill(store.process_id, signal.SIGTERM)
        wait_until(lambda: is_refused(store))
        other.execute("ROLLBACK")
        answer = answer_on(connection)
        assert answer.startswith(b"HTTP/1.1 303 ")
        assert b"\r\nConnection: close\r\n" in answer
        assert exit_of(store) == (os.CLD_EXITED, 0)
    database = DbSessionFactory(f"sqlite:///{tmp_path}/album_store.sqlite")
    with database.read() as dbsession:
        assert dbsession.scalars(select(PendingRegistration.email)).all() == [EMAIL]
    database.dispose()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_store_ends_at_once(tmp_path, number):
    with running_store(tmp_path, ini=ini_without_albums()) as store:
        os.kill(store.process_id, number)
        assert exit_of(store) == (os.CLD_EXITED, 0)
        assert is_refused(store)
    log = (tmp_path / "pserve.log").read_text("utf-8")
    assert "Traceback" not in log
    assert "still running" not in log
