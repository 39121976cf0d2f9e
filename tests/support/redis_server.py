"""A Redis server for tests that kill it."""

import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing, suppress


class RedisServer:
    """A Redis server for a single test, which can be killed and restarted."""

    PROGRAM = shutil.which("redis-server")

    def __init__(self) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start an empty server and wait until it responds."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([self.PROGRAM, *options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server did not start"
            time.sleep(0.02)

    def _answers(self) -> bool:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), 1)) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(10).startswith(b"+PONG")
        return False

    def kill(self) -> None:
        """Kill the server. Its data is lost."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Make the server accept connections but never respond."""
        self.process.send_signal(signal.SIGSTOP)
