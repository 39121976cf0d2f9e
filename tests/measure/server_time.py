"""Processor time of this process and of the database's, so that a busy machine disturbs a measurement less."""

import time
from pathlib import Path

from sqlalchemy import Connection, text

# The thread that serves a connection, where the server runs on this machine.
_THREAD = {
    "postgresql": text("SELECT pg_backend_pid()"),
    "mysql": text("SELECT TID FROM information_schema.PROCESSLIST WHERE ID = CONNECTION_ID()"),
}


class Clock:
    """Reads the processor time in milliseconds that this thread and the server of a connection have used."""

    def __init__(self, connection: Connection) -> None:
        query = _THREAD.get(connection.dialect.name.replace("mariadb", "mysql"))
        self._server = Path(f"/proc/{connection.scalar(query)}/schedstat") if query is not None else None

    def ms(self) -> float:
        """Return the time until now."""
        server_ns = int(self._server.read_text().split()[0]) if self._server else 0
        return time.thread_time() * 1_000 + server_ns / 1_000_000
