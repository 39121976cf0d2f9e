"""A browser that costs next to nothing: it shares the processors with the store that is measured."""

import asyncio
import itertools
import re
from ipaddress import IPv4Address
from typing import Self
from urllib.parse import urlencode, urlsplit

from tests.measure.production_store import SITE_URL
from tests.support.running_store import RunningStore

# 198.18.0.0/15 is set aside for measuring (RFC 2544). 131,072 visitors should do.
_addresses = itertools.count(int(IPv4Address("198.18.0.1")))


class Visitor:
    """A visitor with an address of their own, on one kept connection, behind the proxy that speaks https."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str = "") -> None:
        self._reader, self._writer = reader, writer
        self._address = address or str(IPv4Address(next(_addresses)))
        self._token = ""

    @classmethod
    async def arrive(cls, store: RunningStore, local_address: str = "127.0.0.1", address: str = "") -> Self:
        """A new visitor; without an address, with one that no other has.

        A proxy before the store sees the local address, which may be any of 127.0.0.0/8.
        """
        port = urlsplit(store.url).port
        return cls(*await asyncio.open_connection("127.0.0.1", port, local_addr=(local_address, 0)), address)

    async def leave(self) -> None:
        """Close the connection."""
        self._writer.close()
        await self._writer.wait_closed()

    async def get(self, path: str) -> int:
        """Ask for a page, and keep the token that a form on it will need; returns the status."""
        return await self._ask("GET", path)

    async def post(self, path: str, **fields: str) -> int:
        """Send a form; returns the status."""
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
