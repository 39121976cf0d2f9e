"""A minimal browser, which uses little processor time because it runs on the same machine as the store."""

import asyncio
import itertools
import re
from ipaddress import IPv4Address
from typing import Self
from urllib.parse import urlencode, urlsplit

from tests.support.production_ini import SITE_URL
from tests.support.running_store import RunningStore

# 198.18.0.0/15 is reserved for benchmarks (RFC 2544). Its 131,072 addresses are enough.
_addresses = itertools.count(int(IPv4Address("198.18.0.1")))


class Visitor:
    """A visitor with their own IP address, on one keep-alive connection, as forwarded by an https proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str = "") -> None:
        self._reader, self._writer = reader, writer
        self._address = address or str(IPv4Address(next(_addresses)))
        self._token = ""

    @classmethod
    async def arrive(cls, store: RunningStore, local_address: str = "127.0.0.1", address: str = "") -> Self:
        """Return a new visitor, by default with an unused address.

        A proxy in front of the store sees `local_address`, which may be any address in 127.0.0.0/8.
        """
        port = urlsplit(store.url).port
        return cls(*await asyncio.open_connection("127.0.0.1", port, local_addr=(local_address, 0)), address)

    async def leave(self) -> None:
        """Close the connection."""
        self._writer.close()
        await self._writer.wait_closed()

    async def get(self, path: str) -> int:
        """Request a page, and keep the CSRF token for its forms. Returns the status."""
        return await self._ask("GET", path)

    async def post(self, path: str, **fields: str) -> int:
        """Submit a form. Returns the status."""
        return await self._ask("POST", path, urlencode({"csrf_token": self._token, **fields}))

    async def _ask(self, method: str, path: str, body: str = "") -> int:
        head = [
            f"{method} {path} HTTP/1.1",
            f"Host: {urlsplit(SITE_URL).netloc}",
            f"X-Forwarded-For: {self._address}",
            "X-Forwarded-Proto: https",
            f"Referer: {SITE_URL}{path}",
            f"Cookie: __Host-csrf={self._token}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        self._writer.write("\r\n".join([*head, "", body]).encode())
        return await self._read_answer()

    async def _read_answer(self) -> int:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        await self._reader.readexactly(int(re.search(r"Content-Length: (\d+)", head)[1]))
        if token := re.search(r"__Host-csrf=([\w-]+)", head):
            self._token = token[1]
        return int(head.split()[1])
