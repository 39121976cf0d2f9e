"""Runs a store with `pserve` in a separate process, as an owner does."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from album_store.bin.open_store import open_store
from album_store.data.dbsession import DbSessionFactory
from tests.support.checkout import CHECKOUT
from tests.support.factories import PASSWORD, add_account
from tests.support.leak_watch import tokens_in

DEMO = "store.demo_catalogue = true"
START_LIMIT_S = 60
LOOK_AGAIN_S = 0.05


@dataclass(frozen=True)
class RunningStore:
    """The URL, folder and process id of a running store."""

    url: str
    folder: Path
    process_id: int

    def get(self, path: str) -> tuple[str, bytes]:
        """Return the media type and body at a path. Raises HTTPError for a status of 400 or higher."""
        with urllib.request.urlopen(self.url + path, timeout=30) as response:  # noqa: S310 - our own http address
            return response.headers.get_content_type(), response.read()

    def add_account(self, email: str, roles: tuple[str, ...] = ("user",)) -> None:
        """Add an account with the password from the factories."""
        db_sessions, password_hash = _database_of(self.folder / "development.ini")
        try:
            add_account(db_sessions, password_hash, email, roles=roles)
        finally:
            db_sessions.dispose()


@cache
def _database_of(ini: Path) -> tuple[DbSessionFactory, str]:
    """The database of a store, and the hash of the password from the factories, both made once."""
    with open_store(ini) as registry:
        return registry.db_sessions, registry.password_hasher.hash(PASSWORD)


def ini_without_albums() -> str:
    """Return development.ini without the demo catalogue, so that the store starts twice as fast."""
    ini = (CHECKOUT / "development.ini").read_text("utf-8")
    assert ini.count(DEMO) == 1
    return ini.replace(DEMO, "store.demo_catalogue = false")


@contextmanager
def running_store(folder: Path, python: str = sys.executable, ini: str | None = None) -> Iterator[RunningStore]:
    """Run development.ini, or `ini`, in a folder and on a free port, with any Python. The store ends with kill -9."""
    with _process(folder, python, ini) as (store, process):
        _wait_for(store, process)
        yield store
    log = (folder / "pserve.log").read_text("utf-8", "replace")
    assert tokens_in(log) == []
    assert PASSWORD not in log


def start_and_kill(folder: Path, when: Callable[[], bool], ini: str | None = None) -> None:
    """Start the store, and kill it with -9 as soon as `when` returns True."""
    with _process(folder, sys.executable, ini) as (store, process):
        _wait_until(when, store, process)


@contextmanager
def _process(folder: Path, python: str, ini: str | None = None) -> Iterator[tuple[RunningStore, subprocess.Popen]]:
    port = free_port()
    ini = ini or (CHECKOUT / "development.ini").read_text("utf-8")
    (folder / "development.ini").write_text(ini.replace("localhost:6543", f"localhost:{port}"), "utf-8")
    command = [str(Path(python).with_name("pserve")), "development.ini"]
    with (folder / "pserve.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=log, stderr=subprocess.STDOUT)
        try:
            yield RunningStore(f"http://localhost:{port}", folder, process.pid), process
        finally:
            process.kill()
            process.wait()


def free_port() -> int:
    """Return a free local port."""
    with socket.create_server(("localhost", 0)) as server:
        return server.getsockname()[1]


def environment() -> dict[str, str]:
    """Return the environment of this process, without variables that would affect the store."""
    changing = ("ALBUM_STORE_", "CHAMELEON_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(changing)}


def _wait_for(store: RunningStore, process: subprocess.Popen) -> None:
    _wait_until(lambda: _is_healthy(store), store, process)


def _wait_until(condition: Callable[[], bool], store: RunningStore, process: subprocess.Popen) -> None:
    """Return when the condition is met. Fails with the store's log if the store exits or takes too long."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        if condition():
            return
        try:
            process.wait(LOOK_AGAIN_S)
            break
        except subprocess.TimeoutExpired:
            pass
    raise AssertionError(f"The store did not start:\n{(store.folder / 'pserve.log').read_text('utf-8')}")


def _is_healthy(store: RunningStore) -> bool:
    try:
        store.get("/health")
    except (urllib.error.URLError, ConnectionError):
        return False
    return True
