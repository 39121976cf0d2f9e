"""A shop with two holes, to see that the scanners find holes."""

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
    """Find albums: the words go into the SQL as they are, and into the page as well."""
    q = parse_qs(environ["QUERY_STRING"]).get("q", ["rain"])[0]
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE Album (title TEXT)")
        database.execute("INSERT INTO Album VALUES ('rain')")
        try:
            hits = database.execute(f"SELECT title FROM Album WHERE title = '{q}'").fetchall()  # noqa: S608 - the hole
        except sqlite3.Error as error:
            hits = [("sqlite3.OperationalError: " + str(error),)]
    database.close()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [PAGE.format(value=escape(q), hits=escape(str(hits)), q=q).encode("utf-8", "replace")]


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def running_vulnerable_shop() -> Iterator[int]:
    """Run it on this machine only; gives its port."""
    with make_server("127.0.0.1", 0, vulnerable_shop, handler_class=_QuietHandler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()
