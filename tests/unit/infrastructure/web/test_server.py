"""The HTTP server: what ends a connection, and what a server does that was asked to stop."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any
from zlib import crc32

import pytest

from album_store.infrastructure.processors import usable_processors
from album_store.infrastructure.web import server as module
from album_store.infrastructure.web.server import Dispatcher, Server

THREADS = 4
PAGE = b"a page"
ETAG = '"one"'
HEAD_END = b"\r\n\r\n"


class Site:
    """An application with answers of each kind. Those at /slow wait until the test lets them go."""

    def __init__(self) -> None:
        self.is_asked, self.may_answer = threading.Event(), threading.Event()
        self.threads: set[str] = set()
        self.processors: list[int] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"]
        self.threads.add(threading.current_thread().name)
        self.processors = usable_processors()
        if path == "/slow":
            self.is_asked.set()
            self.may_answer.wait(10)
        if path == "/nothing":
            start_response("204 No Content", [])
            return []
        if path == "/told":
            start_response("304 Not Modified", [("ETag", ETAG), ("Content-Length", str(len(PAGE)))])
            return [PAGE]
        if environ.get("HTTP_IF_NONE_MATCH") == ETAG:
            start_response("304 Not Modified", [("ETag", ETAG)])
            return []
        length = [] if path == "/unknown-length" else [("Content-Length", str(len(PAGE)))]
        start_response("200 OK", [("Content-Type", "text/plain"), *length])
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        return [PAGE[:2], PAGE[2:]] if path in ("/parts", "/unknown-length") else [PAGE]


class LocalServer(Server):
    """A server on a free port."""

    def __init__(self, site: Site) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        super().__init__(site, sockets=[listener], threads=THREADS)

    def run_on_a_processor(self) -> None:
        """Serve as `serve` does, in the thread that calls this."""
        self.share_a_processor()
        self.run()


@contextmanager
def served(site: Site) -> Iterator[LocalServer]:
    """Run a server in a thread."""
    server = LocalServer(site)
    thread = threading.Thread(target=server.run_on_a_processor)
    thread.start()
    try:
        yield server
    finally:
        site.may_answer.set()
        server.stop()
        thread.join(20)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def running() -> Iterator[LocalServer]:
    """A server that all tests of connections share."""
    with served(Site()) as server:
        yield server


class Connection:
    """A connection of a client."""

    def __init__(self, server: LocalServer) -> None:
        self._socket = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        self._heard = b""

    def __enter__(self) -> "Connection":
        """Leave it open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close it."""
        self._socket.close()

    def send(self, path: str, *headers: str, method: str = "GET", version: str = "1.1") -> None:
        """Send a request."""
        lines = [f"{method} {path} HTTP/{version}", "Host: localhost", *headers, "", ""]
        self._socket.sendall("\r\n".join(lines).encode())

    def head(self) -> str:
        """Read one answer up to the end of its headers, and return them in lower case."""
        while HEAD_END not in self._heard and (part := self._socket.recv(65_536)):
            self._heard += part
        head, _, self._heard = self._heard.partition(HEAD_END)
        return head.decode().lower()

    def body(self, length: int) -> bytes:
        """Read so much of a body."""
        while len(self._heard) < length and (part := self._socket.recv(65_536)):
            self._heard += part
        body, self._heard = self._heard[:length], self._heard[length:]
        return body

    def rest(self) -> bytes:
        """Return all that comes until the server closes the connection. Raises TimeoutError if it keeps it."""
        while part := self._socket.recv(65_536):
            self._heard += part
        return self._heard


@pytest.mark.parametrize(
    ("path", "headers", "method", "status"),
    [
        ("/", [f"If-None-Match: {ETAG}"], "GET", "304"),
        ("/", [f"If-None-Match: {ETAG}"], "HEAD", "304"),
        ("/told", [], "GET", "304"),
        ("/nothing", [], "GET", "204"),
        ("/", [], "HEAD", "200"),
    ],
)
def test_an_answer_without_a_body_is_followed_by_the_next_one(running, path, headers, method, status):
    with Connection(running) as connection:
        for _ in range(2):
            connection.send(path, *headers, method=method)
            head = connection.head()
            assert head.startswith(f"http/1.1 {status} ")
            assert "connection:" not in head
            assert "transfer-encoding" not in head
        connection.send("/")
        assert connection.head().startswith("http/1.1 200 ")  # no byte of a body came before
        assert connection.body(len(PAGE)) == PAGE


@pytest.mark.skipif(not usable_processors(), reason="this system does not say on which processors threads run")
def test_all_requests_are_answered_on_the_processor_that_host_and_port_choose(monkeypatch):
    usable, chosen = usable_processors(), set()
    for name in map(str, range(20)):  # such as those of containers, which may all have the same port
        monkeypatch.setattr(socket, "gethostname", lambda name=name: name)
        site = Site()
        with served(site) as server, Connection(server) as connection:
            connection.send("/")
            connection.head()
        [processor] = site.processors
        assert processor == usable[(crc32(name.encode()) + server.port) % len(usable)]
        chosen.add((usable.index(processor) - server.port) % len(usable))
    assert len(chosen) > 1 or len(usable) == 1
    assert usable_processors() == usable


@pytest.mark.parametrize("name", ["socket", "6543"])
def test_a_server_on_a_unix_socket_stays_on_all_processors(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    usable, site, path = usable_processors(), Site(), name
    server = Server(site, unix_socket=path)
    thread = threading.Thread(target=lambda: (server.share_a_processor(), server.run()))
    thread.start()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.0 200 ")
    server.stop()
    thread.join(20)
    assert site.processors == usable


def test_an_answer_has_the_headers_of_the_application_the_server_and_the_date(running):
    with Connection(running) as connection:
        for options in ([], ["Connection: close"]):
            connection.send("/", *options)
            status, *headers = connection.head().splitlines()
            assert status == "http/1.1 200 ok"
            date = next(header for header in headers if header.startswith("date: "))
            assert parsedate_to_datetime(date.removeprefix("date: ").title()).tzinfo is UTC
            ends = ["connection: close"] if options else []
            kept = ["content-type: text/plain", f"content-length: {len(PAGE)}", "server: waitress", date, *ends]
            assert sorted(headers) == sorted(kept)
            connection.body(len(PAGE))


@pytest.mark.parametrize("path", ["/", "/parts"])
def test_a_page_whose_length_is_known_is_followed_by_the_next_one(running, path):
    with Connection(running) as connection:
        for _ in range(2):
            connection.send(path)
            assert f"content-length: {len(PAGE)}" in connection.head()
            assert connection.body(len(PAGE)) == PAGE


@pytest.mark.parametrize("path", ["/", "/nothing"])
@pytest.mark.parametrize("condition", [["If-None-Match: none"], [f"If-None-Match: {ETAG}"]])
@pytest.mark.parametrize(
    ("version", "wish"),
    [("1.1", "close"), ("1.1", "Close"), ("1.0", "close"), ("1.0", "")],
)
def test_the_connection_ends_when_the_client_says_so(running, path, condition, version, wish):
    with Connection(running) as connection:
        connection.send(path, *condition, *([f"Connection: {wish}"] if wish else []), version=version)
        assert "connection: close" in connection.head()
        assert connection.rest() in (b"", PAGE)


def test_a_not_modified_answer_ends_a_connection_that_is_closed_among_other_wishes(running):
    with Connection(running) as connection:
        connection.send("/", f"If-None-Match: {ETAG}", "Connection: TE, close")
        assert "connection: close" in connection.head()
        assert connection.rest() == b""


def test_http_1_0_keeps_its_connection_only_for_an_answer_with_a_length(running):
    with Connection(running) as connection:
        connection.send("/", "Connection: keep-alive", version="1.0")
        assert "connection: keep-alive" in connection.head()
        assert connection.body(len(PAGE)) == PAGE
        connection.send("/", "Connection: keep-alive", f"If-None-Match: {ETAG}", version="1.0")
        assert "connection: close" in connection.head()
        assert connection.rest() == b""


def test_a_body_of_unknown_length_ends_the_connection(running):
    with Connection(running) as connection:
        connection.send("/unknown-length")
        assert "connection: close" in connection.head()
        assert connection.rest() == b"2\r\na \r\n4\r\npage\r\n0\r\n\r\n"


def wait_until_refused(server: LocalServer) -> None:
    """Return once the server accepts no connection."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            Connection(server).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:  # it connected at the moment of the end
            continue
    raise AssertionError("the server still accepts connections")


def test_a_server_that_stops_answers_what_it_has_and_accepts_nothing_more():
    site = Site()
    with served(site) as server, Connection(server) as idle, Connection(server) as busy:
        idle.send("/")
        assert idle.head()
        assert idle.body(len(PAGE)) == PAGE
        busy.send("/slow")
        assert site.is_asked.wait(10)
        server.stop()
        assert idle.rest() == b""
        wait_until_refused(server)
        site.may_answer.set()
        assert "connection: close" in busy.head()
        assert busy.rest() == PAGE


def test_a_request_that_arrives_while_the_server_stops_is_answered(monkeypatch):
    monkeypatch.setattr(module, "IDLE_S", 10)
    site = Site()
    with served(site) as server, Connection(server) as slow, Connection(server) as late:
        slow.send("/slow")
        assert site.is_asked.wait(10)
        server.stop()
        wait_until_refused(server)
        late.send("/", f"If-None-Match: {ETAG}")
        assert "connection: close" in late.head()
        assert late.rest() == b""


def test_a_request_that_takes_too_long_does_not_keep_the_server_from_ending(monkeypatch):
    monkeypatch.setattr(module, "MAX_STOP_S", 0.2)
    monkeypatch.setattr(module, "THREADS_S", 0.2)
    site = Site()
    server = LocalServer(site)
    thread = threading.Thread(target=server.run)
    thread.start()
    with Connection(server) as connection:
        connection.send("/slow")
        assert site.is_asked.wait(10)
        server.stop()
        thread.join(10)
        assert not thread.is_alive()
        site.may_answer.set()


class Work:
    """A request that takes as long as the test wants."""

    def __init__(self) -> None:
        self.is_begun, self.may_end = threading.Event(), threading.Event()

    def service(self) -> None:
        """Do it."""
        self.is_begun.set()
        self.may_end.wait(10)


def wait_for_idle(dispatcher: Dispatcher, count: int) -> None:
    """Return once so many threads wait for a request."""
    deadline = time.monotonic() + 10
    while len(dispatcher.threads) - dispatcher.active_count != count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_thread_is_started_only_when_all_others_are_at_work():
    dispatcher = Dispatcher()
    dispatcher.max_threads = 3
    slow, quick, third, fourth = works = [Work() for _ in range(4)]
    counts = []
    for work in (slow, quick):
        dispatcher.add_task(work)
        assert work.is_begun.wait(10)
        counts.append(len(dispatcher.threads))
    quick.may_end.set()
    wait_for_idle(dispatcher, 1)
    for work in (quick, third, fourth):
        dispatcher.add_task(work)
        counts.append(len(dispatcher.threads))
    assert counts == [1, 2, 2, 3, 3]
    for work in works:
        work.may_end.set()
    assert fourth.is_begun.wait(10)
    wait_for_idle(dispatcher, 3)
    dispatcher.shutdown()


def test_no_more_threads_are_started_than_the_ini_file_allows():
    site = Site()
    with served(site) as server, ExitStack() as stack:
        connections = [stack.enter_context(Connection(server)) for _ in range(10)]
        for connection in connections:
            connection.send("/slow")
        assert site.is_asked.wait(10)
        site.may_answer.set()
        for connection in connections:
            assert connection.head().startswith("http/1.1 200 ")
    assert 1 <= len(site.threads) <= THREADS
