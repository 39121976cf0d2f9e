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
    """Passes requests on, each as if from another client, and counts the answers.

    Otherwise the store would count the scanners' tries, as it should, and after ten they would see nothing but
    refusals. The bytes of a request are passed on as they come, because the crooked ones are the point.
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
        """Where the scanners find the store."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def note(self, asked: bytes, answered: bytes) -> None:
        """Count an answer by its status line; what the store answers with 5xx is remembered with its request line."""
        status = int(answered.split()[1]) if answered else 0
        self.statuses[status] += 1
        if not 100 <= status < 500:
            self.faults.append(f"{status} {asked.decode('ascii', 'replace').strip()}")


class _Exchange(socketserver.StreamRequestHandler):
    """One request and its answer; the connection ends with it."""

    server: ScanProxy

    def handle(self) -> None:
        with suppress(ConnectionError):
            head = list(takewhile(lambda line: line != b"\r\n", self.rfile))
            if head:
                self._pass_on(head)

    def _pass_on(self, head: list[bytes]) -> None:
        # Each line once: wapiti's csrf module says Content-Type twice. The store refuses to read such a form, so the
        # module could not tell a right token from a wrong one.
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
    """Run a proxy before the port of this machine at which a store listens."""
    with ScanProxy(port) as proxy:
        Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()
