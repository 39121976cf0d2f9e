"""A shop with two vulnerabilities, to check that the scanners find them."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from threading import Thread
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, make_server

PAGE = (
    "<html><body><form action='/'><input name='q' value='{value}'></form>{hits}<p>You asked for {q}.</p></body></html>"
)


def vulnerable_shop(environ: dict[str, Any], start_response: Callable) -> list[bytes]:
    """Search for albums. The query is inserted unescaped into the SQL and the page."""
    q = parse_qs(environ["QUERY_STRING"]).get("q", ["rain"])[0]
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE Album (title TEXT)")
        database.execute("INSERT INTO Album VALUES ('rain')")
        try:
            hits = database.execute(f"SELECT title FROM Album WHERE title = '{q}'").fetchall()  # noqa: S608 - intended
        except sqlite3.Error as error:
            hits = [("sqlite3.OperationalError: " + str(error),)]
    database.close()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [PAGE.format(value=escape(q), hits=escape(str(hits)), q=q).encode("utf-8", "replace")]


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def running_vulnerable_shop() -> Iterator[int]:
    """Run the shop on this machine only. Yields its port."""
    with make_server("127.0.0.1", 0, vulnerable_shop, handler_class=_QuietHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
