"""The processes that are compared."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.support.checkout import CHECKOUT
from tests.support.production_ini import SITE_URL
from tests.support.running_store import free_port

START_LIMIT_S = 120
LOOK_AGAIN_S = 0.02
# What an https proxy on this machine sends.
FORWARDED = {
    "Host": SITE_URL.removeprefix("https://"),
    "X-Forwarded-For": "192.0.2.7",
    "X-Forwarded-Proto": "https",
}


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Server:
    """A server process on a local port."""

    name: str
    port: int
    process: subprocess.Popen = field(repr=False)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a request as a proxy sends it."""
        return get(self.port, path, headers)

    def wait(self, path: str = "/") -> None:
        """Return once the process answers. Raises AssertionError if it ends or takes too long."""
        deadline = time.monotonic() + START_LIMIT_S
        while self.process.poll() is None and time.monotonic() < deadline:
            with suppress(OSError):
                assert self.get(path).status == 200
                return
            time.sleep(LOOK_AGAIN_S)
        raise AssertionError(f"{self.name} did not start")

    def kill(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


def memory_mb(process_id: int) -> float:
    """Return the resident memory of a process."""
    status = Path(f"/proc/{process_id}/status").read_text("ascii")
    [resident] = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    return int(resident) / 1000


def processor_s(process_id: int) -> float:
    """Return the processor time that a process has used."""
    after_name = Path(f"/proc/{process_id}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def get(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """Return the answer to a request. Raises OSError if there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=FORWARDED | dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


class Fleet:
    """The processes of a run: each application of `serve.py` is started when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: dict[str, Server] = {}

    def servers(self, *names: str) -> list[Server]:
        """Return servers that answer. Those that have not been started start at the same time."""
        for name in names:
            if name not in self._servers:
                self._servers[name] = self._start(name)
        found = [self._servers[name] for name in names]
        for server in found:
            server.wait()
        return found

    def restart(self, name: str) -> Server:
        """Return a new process."""
        if server := self._servers.pop(name, None):
            server.kill()
        return self.servers(name)[0]

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Kill all processes."""
        for server in self._servers.values():
            server.kill()

    def _start(self, name: str) -> Server:
        port = free_port()
        command = [sys.executable, "-m", "tests.benchmark.serve", name, str(self._folder), str(port)]
        return Server(name, port, subprocess.Popen(command, cwd=CHECKOUT))
