"""PostgreSQL and MariaDB servers of their own, for tests that stop them."""

import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.support.running_store import free_port

START_LIMIT_S = 60


class DatabaseServer(ABC):
    """A server with an empty database named `test`, at `url`. It can be stopped and started again."""

    kind: ClassVar[str]
    scheme: ClassVar[str]
    user: ClassVar[str]
    user_of_database: ClassVar[str]
    first_database: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self.port = free_port()
        self._address = f"{self.scheme}://{self.user_of_database}@127.0.0.1:{self.port}/"
        if os.getuid() == 0:  # the servers refuse to run as root
            folder.chmod(0o755)
            self.folder.mkdir()
            shutil.chown(self.folder, self.user, self.user)
        self._create()
        self.start()
        engine = create_engine(self._address + self.first_database, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE test"))
        engine.dispose()
        self.url = self._address + "test"

    @classmethod
    @abstractmethod
    def program(cls) -> str | None:
        """Return the path of the server, or None if it is not installed."""

    @abstractmethod
    def _create(self) -> None:
        """Create the data folder."""

    @abstractmethod
    def _arguments(self) -> list[str]:
        """Return the arguments of the server."""

    def start(self) -> None:
        """Start the server and wait until it responds."""
        command = [self.program(), *self._arguments()]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, **quiet, **self._as_user())
        self.await_answer()

    def await_answer(self) -> None:
        """Wait until the server responds."""
        deadline = time.monotonic() + START_LIMIT_S
        engine = create_engine(self._address + self.first_database)
        while True:
            try:
                engine.connect().close()
                break
            except OperationalError:
                assert time.monotonic() < deadline, f"{self.kind} did not start"
                time.sleep(0.05)
        engine.dispose()

    def stop(self) -> None:
        """Stop the server as its host does: it ends its connections, and nothing that was committed is lost."""
        self.process.send_signal(self.stop_signal)
        self.process.wait()

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, **self._as_user())

    def _as_user(self) -> Mapping[str, Any]:
        return {"user": self.user, "group": self.user, "extra_groups": []} if os.getuid() == 0 else {}


class PostgresqlServer(DatabaseServer):
    """A PostgreSQL server."""

    kind, scheme, user = "postgresql", "postgresql+psycopg", "postgres"
    user_of_database, first_database = "postgres", "postgres"
    stop_signal = signal.SIGINT  # "fast shutdown": does not wait for clients

    @classmethod
    def program(cls) -> str | None:
        """Return the newest version of Debian, or the one of the PATH."""
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
        return str(installed[-1]) if installed else shutil.which("postgres")

    def _create(self) -> None:
        initdb = str(Path(self.program()).with_name("initdb"))
        self._run(initdb, "-D", str(self.folder), "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8")

    def _arguments(self) -> list[str]:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder, "fsync": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return ["-D", str(self.folder), "-p", str(self.port), *options]


class MariadbServer(DatabaseServer):
    """A MariaDB server."""

    kind, scheme, user = "mariadb", "mariadb+pymysql", "mysql"
    user_of_database, first_database = "root", "mysql"
    stop_signal = signal.SIGTERM

    @classmethod
    def program(cls) -> str | None:
        """Return the path of the server, which Debian keeps in a folder that only root's PATH includes."""
        return shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")

    def _create(self) -> None:
        options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        self._run("mariadb-install-db", "--no-defaults", f"--datadir={self.folder}", *options)

    def _arguments(self) -> list[str]:
        files = [f"--{name}={self.folder}/{name}" for name in ("socket", "pid-file")]
        network = [f"--port={self.port}", "--bind-address=127.0.0.1"]
        return ["--no-defaults", f"--datadir={self.folder}", *files, *network, "--innodb-flush-log-at-trx-commit=0"]


@contextmanager
def database_server(kind: type[DatabaseServer]) -> Iterator[DatabaseServer]:
    """Run a server in a temporary folder."""
    with TemporaryDirectory() as folder:
        server = kind(Path(folder))
        try:
            yield server
        finally:
            server.stop()
