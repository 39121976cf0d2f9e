"""A store in several processes behind nginx, set up as docs/several-processes.md says."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.leak_watch import tokens_in
from tests.support.nginx import documented_configuration, running_nginx
from tests.support.running_store import RunningStore, environment, free_port

START_LIMIT_S = 60
INI = "store.ini"


class SiteOfProcesses:
    """Server processes and workers in one folder, which serve one store. Each can be killed and started again."""

    def __init__(self, folder: Path, ini: str, *, servers: int, workers: int) -> None:
        self.folder = folder
        (folder / INI).write_text(ini, "utf-8")
        self.ports = [free_port() for _ in range(servers)]
        self._log = (folder / "log").open("ab")
        self._servers = [self._serve(port) for port in self.ports]
        self._workers = [self._run("album-store", "work", INI) for _ in range(workers)]
        for port in self.ports:
            self._await_server(port)

    @property
    def process_ids(self) -> list[int]:
        """The ids of the server processes."""
        return [server.pid for server in self._servers]

    def kill(self, number: int) -> None:
        """Kill a server process with -9."""
        self._servers[number].kill()
        self._servers[number].wait()

    def start(self, number: int) -> None:
        """Start a server process again, and wait until it answers."""
        self._servers[number] = self._serve(self.ports[number])
        self._await_server(self.ports[number])

    def stop_workers(self) -> list[int]:
        """Stop the workers with SIGTERM. Returns their exit codes."""
        for worker in self._workers:
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(30) for worker in self._workers]

    def log(self) -> str:
        """Return what all processes have logged."""
        return (self.folder / "log").read_text("utf-8", "replace")

    def close(self) -> None:
        """Kill all processes."""
        for process in (*self._servers, *self._workers):
            process.kill()
            process.wait()
        self._log.close()

    def _serve(self, port: int) -> subprocess.Popen:
        return self._run("pserve", INI, f"http_port={port}")

    def _run(self, program: str, *arguments: str) -> subprocess.Popen:
        command = [str(Path(sys.executable).with_name(program)), *arguments]
        return subprocess.Popen(command, cwd=self.folder, env=environment(), stdout=self._log, stderr=self._log)

    def _await_server(self, port: int) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while not _is_healthy(port):
            assert time.monotonic() < deadline, f"the store did not start:\n{self.log()}"
            time.sleep(0.05)


def _is_healthy(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30).close()
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


@contextmanager
def running_site(folder: Path, ini: str, *, servers: int = 2, workers: int = 1) -> Iterator[SiteOfProcesses]:
    """Run a store until the end of the block. Its ini file listens on `%(http_port)s`."""
    site = SiteOfProcesses(folder, ini, servers=servers, workers=workers)
    try:
        yield site
    finally:
        site.close()
    assert tokens_in(site.log()) == []


@contextmanager
def site_behind_nginx(site: SiteOfProcesses, port: int | None = None) -> Iterator[int]:
    """Run nginx in front of the server processes. Yields its port.

    Without `port`, it is a free one. With it, the address of the store has this port.
    """
    folder = site.folder / "nginx"
    folder.mkdir()
    first, *others = site.ports
    store = RunningStore(f"http://127.0.0.1:{first}", site.folder, 0)
    configuration = documented_configuration(*others)
    if port:
        configuration = configuration.replace("Host $host;", "Host $http_host;")
    with running_nginx(folder, store, configuration, port=port) as port:
        yield port
