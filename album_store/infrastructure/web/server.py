"""The HTTP server: waitress on one processor, with connections that outlive a 304, and an end that loses no request.

An ini file names it with `use = egg:album-store` in its section `[server:main]`. The options are those of waitress.
"""

import signal
import socket
import time
from collections.abc import Callable
from typing import Any
from zlib import crc32

from pyramid.settings import asbool
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import build_http_date

from album_store.infrastructure.processors import stay_on, usable_processors

# How long a process that was asked to stop works on the requests that it has.
MAX_STOP_S = 15
# A connection on which nothing has happened for this long is idle.
IDLE_S = 0.5
LOOK_AGAIN_S = 0.1
# For threads to end that have nothing left to do.
THREADS_S = 1


class Task(WSGITask):
    """The answer to a request."""

    def set_close_on_finish(self) -> None:
        """Have the connection closed after the answer, unless only its missing length asks for that.

        An answer without a body has no length, and the next one may follow it (RFC 9112, 6.3 and 9.3).
        """
        wants_close = "close" in self.request.headers.get("CONNECTION", "").lower()
        if self.has_body or self.version == "1.0" or wants_close:
            super().set_close_on_finish()

    def build_response_header(self) -> bytes:
        """Return the status line and the headers; they end the connection if the server is stopping."""
        server, wants = self.channel.server, self.request.headers
        if not server.accepting:
            wants["CONNECTION"] = "close"
        has_usual_length = self.has_body == (self.content_length is not None)
        if self.version != "1.1" or self.close_on_finish or "CONNECTION" in wants or not has_usual_length:
            return super().build_response_header()
        # The same for an answer after which the connection stays open, but headers are not spelt and sorted: that would
        # take 5 µs. The store sets neither of the added ones itself.
        added = [("Server", server.adj.ident)] if server.adj.ident else []
        headers = [*self.response_headers, *added, ("Date", build_http_date(self.start_time))]
        lines = [f"{name}: {value}\r\n" for name, value in headers]
        return f"HTTP/1.1 {self.status}\r\n{''.join(lines)}\r\n".encode("latin-1")

    def write(self, data: bytes) -> None:
        """Send a part of the body, after the headers. A whole body leaves together with them, in one system call."""
        if not data or len(data) != self.content_length or self.wrote_header or not (self.complete and self.has_body):
            super().write(data)
            return
        head = self.build_response_header()
        self.wrote_header = True
        self.content_bytes_written = len(data)
        self.channel.write_soon(head + data)


class Channel(HTTPChannel):
    """A connection."""

    task_class = Task

    @property
    def is_idle(self) -> bool:
        """Whether there is no request on it, and no rest of an answer."""
        is_at_work = self.requests or self.request is not None or self.total_outbufs_len
        return not is_at_work and time.time() - self.last_activity > IDLE_S


class Dispatcher(ThreadedTaskDispatcher):
    """The threads, each started when a request finds all others at work: one that was ever used costs 0.2 MB."""

    max_threads = 0

    def add_task(self, task: Channel) -> None:
        """Have a request on a connection answered."""
        with self.lock:
            threads = len(self.threads) - self.stop_count
            is_short = len(self.queue) >= threads - self.active_count
        if is_short and threads < self.max_threads:
            self.set_thread_count(threads + 1)
        super().add_task(task)


class Server:
    """Serves an application until `stop` is called."""

    def __init__(self, app: Callable[..., Any], **options: Any) -> None:
        self._sockets: dict[int, Any] = {}
        dispatcher = Dispatcher()
        self._server = create_server(app, map=self._sockets, _dispatcher=dispatcher, **options)
        dispatcher.max_threads = self._server.adj.threads
        self._listeners = [thing for thing in self._sockets.values() if isinstance(thing, BaseWSGIServer)]
        for listener in self._listeners:
            listener.channel_class = Channel
        self._is_stopping = False

    def share_a_processor(self) -> None:
        """Keep the thread that calls `run`, and those that answer requests, on one processor.

        The host's name and the port choose it: ports that follow each other have different ones, and containers with
        the same port do not all have the same. A server on a Unix socket has no port, and stays on all processors.

        Only one thread at a time runs Python code. On several processors, each turn wakes another one, which may take
        longer than the answer (`docs/measurements.md`, "One processor for each process").
        """
        processors, listener = usable_processors(), self._listeners[0]
        if processors and listener.family != getattr(socket, "AF_UNIX", None):
            number = crc32(socket.gethostname().encode()) + int(listener.effective_port)
            stay_on([processors[number % len(processors)]])

    def run(self) -> None:
        """Serve. Once stopped, refuse new connections, and answer the requests that are there within MAX_STOP_S."""
        self._server.print_listen("Serving on http://{}:{}")
        while not self._is_stopping:
            self._loop(self._server.adj.asyncore_loop_timeout)
        for listener in self._listeners:
            self._accept_waiting(listener)
            # Its own close() would take the trigger along, by which threads wake the loop.
            wasyncore.dispatcher.close(listener)
        deadline = time.monotonic() + MAX_STOP_S
        while self._close_idle() and time.monotonic() < deadline:
            self._loop(LOOK_AGAIN_S)
        self._server.task_dispatcher.shutdown(timeout=THREADS_S)
        wasyncore.close_all(self._sockets)

    def stop(self) -> None:
        """Make `run` come to its end. May be called in a signal handler, and by another thread."""
        if not self._is_stopping:
            self._is_stopping = True
            self._listeners[0].pull_trigger()

    def _loop(self, timeout_s: float) -> None:
        wasyncore.loop(timeout_s, self._server.adj.asyncore_use_poll, self._sockets, count=1)

    def _accept_waiting(self, listener: BaseWSGIServer) -> None:
        """Accept the clients that have connected already: closing the socket would throw them out."""
        before = -1
        while before < len(self._sockets) < self._server.adj.connection_limit:
            before = len(self._sockets)
            listener.handle_accept()

    def _close_idle(self) -> bool:
        """Close idle connections. Returns whether there are any connections left."""
        channels = [thing for thing in self._sockets.values() if isinstance(thing, Channel)]
        for channel in channels:
            channel.will_close = channel.will_close or channel.is_idle
        return bool(channels)


def serve(app: Callable[..., Any], _global_config: dict[str, str], **options: Any) -> None:
    """Serve an application until SIGTERM or Ctrl+C. A second signal ends the process at once.

    The options are those of waitress, and `one_processor`, which is true unless it is set to false.
    """
    has_one_processor = asbool(options.pop("one_processor", True))
    server = Server(app, **options)
    if has_one_processor:
        server.share_a_processor()
    usual = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def stop(*_: Any) -> None:
        for number, handler in usual.items():
            signal.signal(number, handler)
        server.stop()

    for number in usual:
        signal.signal(number, stop)
    server.run()
