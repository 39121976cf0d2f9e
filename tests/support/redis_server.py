"""A Redis server for tests that kill it."""

import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing, suppress


class RedisServer:
    """A Redis server of the test's own, which can be killed and started again."""

    PROGRAM = shutil.which("redis-server")

    def __init__(self) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen([self.PROGRAM, *options], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while not self._answers():
            assert time.monotonic() < deadline, "redis-server does not start"
            time.sleep(0.02)

    def _answers(self) -> bool:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), 1)) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(10).startswith(b"+PONG")
        return False

    def kill(self) -> None:
        """End it at once; what it held is lost."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Let it take connections and never answer."""
        self.process.send_signal(signal.SIGSTOP)
