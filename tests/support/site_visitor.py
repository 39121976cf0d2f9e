"""A visitor of a store in several processes, whose site address is https."""

import http.client
import itertools
from contextlib import closing
from dataclasses import dataclass
from ipaddress import IPv4Address
from urllib.parse import urlencode, urlsplit

from tests.support.production_ini import SITE_URL

# nginx sees addresses of this machine; the rest of 127.0.0.0/8 is unused.
_addresses = itertools.count(int(IPv4Address("127.88.0.1")))


@dataclass(frozen=True)
class Answer:
    """The status, headers and text of a response."""

    status: int
    headers: http.client.HTTPMessage
    text: str


class SiteVisitor:
    """A browser with cookies and an address of its own. It visits one port unless told another."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._address = str(IPv4Address(next(_addresses)))

    def get(self, path: str, port: int | None = None) -> Answer:
        """Request a page. Raises OSError and HTTPException."""
        return self._ask("GET", path, None, port)

    def post(self, path: str, port: int | None = None, **fields: str) -> Answer:
        """Submit a form with the CSRF token of the browser. Raises OSError and HTTPException."""
        if "__Host-csrf" not in self.cookies:
            self.get("/account/signin", port)
        return self._ask("POST", path, urlencode({"csrf_token": self.cookies["__Host-csrf"], **fields}), port)

    def sign_in(self, email: str, password: str, port: int | None = None) -> Answer:
        """Submit the sign-in form."""
        return self.post("/account/signin", port, email=email, password=password)

    def _ask(self, method: str, path: str, body: str | None, port: int | None) -> Answer:
        headers = {
            "Host": urlsplit(SITE_URL).netloc,
            "Referer": SITE_URL + path,
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self._address,
            "X-Forwarded-Proto": "https",
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        # nginx counts the address of the connection; without nginx, the store trusts only 127.0.0.1.
        source = ("127.0.0.1" if port else self._address, 0)
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=60, source_address=source)
        with closing(connection):
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers, text)
