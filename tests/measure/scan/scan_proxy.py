"""The proxy between the scanners and the store."""

import secrets
import shutil
import socket
import socketserver
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address
from itertools import takewhile
from threading import Thread

NETWORK = int(IPv4Address("10.0.0.0"))
OURS = (b"x-forwarded-for:", b"connection:")


class ScanProxy(socketserver.ThreadingTCPServer):
    """Forwards requests, each as if from a different client, and counts the responses.

    Otherwise the store would rate-limit the scanners after a few attempts. The bytes of a request are forwarded
    unchanged, because malformed requests are part of the scan.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.target = ("127.0.0.1", port)
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []

    @property
    def url(self) -> str:
        """The URL at which the scanners reach the store."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def note(self, asked: bytes, answered: bytes) -> None:
        """Count a response by its status line. The request line is kept if the status is 5xx."""
        status = int(answered.split()[1]) if answered else 0
        self.statuses[status] += 1
        if not 100 <= status < 500:
            self.faults.append(f"{status} {asked.decode('ascii', 'replace').strip()}")


class _Exchange(socketserver.StreamRequestHandler):
    """One request and its response, after which the connection is closed."""

    server: ScanProxy

    def handle(self) -> None:
        with suppress(ConnectionError):
            head = list(takewhile(lambda line: line != b"\r\n", self.rfile))
            if head:
                self._pass_on(head)

    def _pass_on(self, head: list[bytes]) -> None:
        # Repeated header lines are removed. wapiti's csrf module sends Content-Type twice, and the store would refuse
        # such a form whether its token is valid or not.
        lines = {line.lower(): line for line in head[1:]}.values()
        fields = [line for line in lines if not line.lower().startswith(OURS)]
        length = next((int(line.split(b":")[1]) for line in fields if line.lower().startswith(b"content-length:")), 0)
        client = IPv4Address(NETWORK + secrets.randbits(24))
        fields += [b"Connection: close\r\n", f"X-Forwarded-For: {client}\r\n".encode(), b"\r\n"]
        with socket.create_connection(self.server.target) as store, store.makefile("rb") as answer:
            store.sendall(b"".join([head[0], *fields, self.rfile.read(length)]))
            status_line = answer.readline()
            self.server.note(head[0], status_line)
            self.wfile.write(status_line)
            shutil.copyfileobj(answer, self.wfile)


@contextmanager
def scan_proxy(port: int) -> Iterator[ScanProxy]:
    """Run a proxy in front of a store that listens on a local port."""
    with ScanProxy(port) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()
