"""The store behind nginx, set up as in docs/hosting.md: rate limits, and the client address that the store sees."""

import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from album_store.data.artist import Artist
from album_store.data.dbsession import DbSessionFactory
from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.security.secret_codes import new_secret
from tests.measure.production_store import production_store
from tests.support.factories import PASSWORD
from tests.support.nginx import NGINX, documented_configuration, running_nginx, with_cache
from tests.support.production_ini import SITE_URL
from tests.support.running_store import RunningStore

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")

HOST = SITE_URL.removeprefix("https://")
BURST, SIMULTANEOUS = 20, 10
# More than the burst plus what nginx lets through while a slow test runs.
MANY = 60
# nginx reads the client address from this header, so tests can use addresses that this machine does not have.
PRETENDING = "set_real_ip_from 127.0.0.1; real_ip_header X-Pretended;"

# A line of Debian's nginx.conf, around the site.
DEBIAN = "gzip on;"


class Door:
    """A port of nginx and the store behind it."""

    def __init__(self, port: int, store: RunningStore) -> None:
        self.port, self.store = port, store

    def connect(self, client: str) -> socket.socket:
        """Connect from an address of this machine."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=(client, 0))

    def ask(self, client: str, line: str, *headers: str, body: bytes = b"") -> tuple[int, str]:
        """Return the status and the whole response."""
        with closing(self.connect(client)) as connection:
            connection.sendall(request(line, *headers, body=body))
            answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode("latin-1")
        return status_of(answer), answer

    def flood(self, client: str, *headers: str, line: str = "POST /account/zzz") -> list[tuple[int, str]]:
        """Return the responses to many requests, sent below the limit for simultaneous connections."""
        with ThreadPoolExecutor(SIMULTANEOUS // 2) as threads:
            return list(threads.map(lambda _: self.ask(client, line, *headers), range(MANY)))

    def is_limited(self, client: str, *headers: str, line: str = "POST /account/zzz") -> bool:
        """Return whether the client has already used part of its limit."""
        passed = [status for status, _ in self.flood(client, *headers, line=line) if status != 429]
        return len(passed) <= BURST


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    """Return the bytes of a request that closes its connection."""
    if "Transfer-Encoding: chunked" not in headers and not line.startswith("GET"):
        headers = (*headers, f"Content-Length: {len(body)}")
    return "\r\n".join([f"{line} HTTP/1.1", f"Host: {HOST}", "Connection: close", *headers, "", ""]).encode() + body


def status_of(answer: str) -> int:
    return int(answer.split(" ", 2)[1])


@pytest.fixture(scope="module")
def store():
    with production_store() as store:
        yield store


@pytest.fixture(scope="module")
def door(store, tmp_path_factory):
    """The store behind nginx. Each test uses its own client addresses, because nginx remembers them."""
    with running_nginx(tmp_path_factory.mktemp("nginx"), store, documented_configuration()) as port:
        yield Door(port, store)


@pytest.fixture(scope="module")
def pretending_door(store, tmp_path_factory):
    """The same, for clients with any address, sent in a header."""
    with running_nginx(tmp_path_factory.mktemp("nginx"), store, documented_configuration(), PRETENDING) as port:
        yield Door(port, store)


@pytest.fixture(scope="module")
def caching_door(store, tmp_path_factory):
    """The store behind nginx with its cache, which says how it answered."""
    folder = tmp_path_factory.mktemp("nginx")
    site = with_cache(documented_configuration(), folder)
    site = site.replace("proxy_cache pages;", "proxy_cache pages; add_header X-Cache $upstream_cache_status always;")
    with running_nginx(folder, store, site) as port:
        yield Door(port, store)


def cache_answers(door: Door, path: str, *headers: str) -> set[str]:
    """Return how the cache answers several requests."""
    answers = [door.ask("127.0.10.1", f"GET {path}", *headers)[1] for _ in range(4)]
    return {found[1] for answer in answers for found in re.finditer(r"X-Cache: (\w+)", answer)}


def test_a_page_and_all_its_files_load_without_hitting_a_limit(door):
    status, page = door.ask("127.0.1.1", "GET /albums")
    parts = sorted(set(re.findall(r'(?:href|src)="(/(?:static|covers|styles|albums/)[^"]*)"', page)))
    assert (status, len(parts) > 30) == (200, True)
    with ThreadPoolExecutor(len(parts)) as threads:
        statuses = [status for status, _ in threads.map(lambda part: door.ask("127.0.1.1", f"GET {part}"), parts)]
    assert set(statuses) == {200}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_pages_is_not_limited(door, method):
    with ThreadPoolExecutor(100) as threads:
        answers = list(threads.map(lambda _: door.ask("127.0.1.2", f"{method} /styles.css")[0], range(200)))
    assert set(answers) == {200}


def test_a_client_that_exceeds_the_burst_of_forms_is_limited(door):
    for _ in range(BURST):
        assert door.ask("127.0.2.1", "POST /account/zzz")[0] == 404
    answers = door.flood("127.0.2.1")
    assert {status for status, _ in answers} <= {404, 429}
    assert [status for status, _ in answers].count(429) > MANY / 2
    refused = next(answer for status, answer in answers if status == 429)
    assert "\r\nRetry-After: 10\r\n" in refused
    assert refused.endswith("Too many forms from your network. Wait a moment, then go back and send the form again.\n")


def test_events_of_the_payment_provider_are_not_limited(door):
    assert {status for status, _ in door.flood("127.0.2.2", line="POST /payments/stripe")} == {404}


def test_a_limited_client_can_still_read_pages_and_others_are_not_limited(door):
    assert not door.is_limited("127.0.3.1")
    assert door.is_limited("127.0.3.1", line="POST /account/signin")
    assert door.ask("127.0.3.1", "GET /account/signin")[0] == 200
    assert not door.is_limited("127.0.3.2")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_other_methods_than_get_and_head_are_limited(door, method):
    client = f"127.0.5.{len(method)}"
    door.flood(client, line=f"{method} /")
    assert door.is_limited(client)


def test_slow_forms_are_limited_to_ten_connections_per_client(door):
    waits = request("POST /account/signin", "Expect: 100-continue", body=b"x" * 100)[:-50]
    with ExitStack() as held:
        for _ in range(SIMULTANEOUS):
            connection = held.enter_context(closing(door.connect("127.0.6.1")))
            connection.sendall(waits)
            assert status_of(connection.recv(100).decode()) == 100
        assert door.ask("127.0.6.1", "POST /account/zzz")[0] == 429
        assert door.ask("127.0.6.1", "GET /account/signin")[0] == 200
        assert door.ask("127.0.6.2", "POST /account/zzz")[0] == 404
    assert 404 in {status for status, _ in door.flood("127.0.6.1")}


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("2001:db8:a0a:a0a::1", "2001:db8:a0a:a0a:a0a:a0a:a0a:a0a", True),  # 0a is a line feed
        ("198.51.100.1", "198.51.100.2", False),
        ("198.51.100.3", "198.51.100.3", True),
    ],
)
def test_a_client_is_an_ipv4_address_or_an_ipv6_network_of_64_bits(pretending_door, first, second, is_same):
    pretending_door.flood("127.0.0.1", f"X-Pretended: {first}")
    assert pretending_door.is_limited("127.0.0.1", f"X-Pretended: {second}") is is_same


def register(door: Door, client: str, email: str, *headers: str) -> int:
    """Send the registration form; the status of the answer."""
    token = new_secret()
    fields = {"csrf_token": token, "email": email, "password": PASSWORD, "confirm_password": PASSWORD}
    kind = "Content-Type: application/x-www-form-urlencoded"
    same_site = (f"Origin: {SITE_URL}", f"Cookie: __Host-csrf={token}", kind)
    return door.ask(client, "POST /account/register", *same_site, *headers, body=urlencode(fields).encode())[0]


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("ann", []),
        ("ben", ["X-Forwarded-For: 203.0.113.9"]),
        ("cat", ["X-Forwarded-For: 203.0.113.9, 127.0.0.1", "X-Forwarded-For: 203.0.113.10"]),
        ("dan", ["X-Real-IP: 203.0.113.9", "Forwarded: for=203.0.113.9;proto=http;host=evil.test"]),
        ("eve", ["X-Forwarded-Proto: http", "X-Forwarded-Host: evil.test", "X-Forwarded-Port: 6666"]),
    ],
)
def test_the_store_sees_the_address_that_nginx_saw_and_ignores_forged_headers(door, name, headers):
    client, email = f"127.0.7.{ord(name[0])}", f"{name}@example.org"
    assert register(door, client, email, *headers) == 303
    database = DbSessionFactory(f"sqlite:///{door.store.folder}/album_store.sqlite")
    with database.read() as dbsession:
        address = dbsession.scalar(
            select(PendingRegistration.created_ip_address).where(PendingRegistration.email == email)
        )
    database.dispose()
    assert address == client


def test_a_forged_address_does_not_reset_the_limit(door):
    door.flood("127.0.8.1", "X-Forwarded-For: 203.0.113.1")
    assert door.is_limited("127.0.8.1", "X-Forwarded-For: 203.0.113.2")


@pytest.mark.parametrize("headers", [[], ["Transfer-Encoding: chunked"]])
def test_a_body_that_is_too_large_is_refused(door, headers):
    body = b"a" * 65_537
    if headers:
        body = b"10001\r\n" + body + b"\r\n0\r\n\r\n"
    status, answer = door.ask("127.0.9.1", "POST /account/signin", *headers, body=body)
    assert status == 413
    assert "waitress" not in answer, "nginx let the request through to the store"


def test_texts_are_compressed_and_caches_are_told_so(store, tmp_path):
    with running_nginx(tmp_path, store, documented_configuration(), DEBIAN) as port:
        door = Door(port, store)
        placeholder = re.search(r'"(/albums/[^"]*/cover\.svg[^"]*)"', door.ask("127.0.9.1", "GET /albums")[1])[1]
        for path in ("/albums", "/albums.atom", "/sitemap-1.xml", "/styles.css", placeholder):
            whole = door.ask("127.0.9.1", f"GET {path}")[1]
            compressed = door.ask("127.0.9.1", f"GET {path}", "Accept-Encoding: gzip")[1]
            assert "Content-Encoding" not in whole
            assert "Content-Encoding: gzip" in compressed
            for answer in (whole, compressed):
                assert "Vary: Accept-Encoding" in answer


def test_public_pages_are_answered_from_the_cache(caching_door):
    assert "HIT" in set.union(*(cache_answers(caching_door, "/albums") for _ in range(5)))


def test_private_pages_and_people_with_cookies_are_not_answered_from_the_cache(caching_door):
    cache_answers(caching_door, "/albums")
    assert cache_answers(caching_door, "/albums", f"Cookie: __Host-session={new_secret()}") == {"BYPASS"}
    for path in ("/account/signin", "/account", "/health", "/missing"):
        assert cache_answers(caching_door, path) == {"MISS"}, path


def test_a_change_shows_soon_behind_the_cache(caching_door):
    cache_answers(caching_door, "/artists/wrenfield-daughters")
    database = DbSessionFactory(f"sqlite:///{caching_door.store.folder}/album_store.sqlite")
    with database.begin() as dbsession:
        dbsession.scalars(select(Artist).where(Artist.url == "wrenfield-daughters")).one().biography = "They are back."
    database.dispose()
    deadline = time.monotonic() + 30
    while "They are back." not in caching_door.ask("127.0.10.2", "GET /artists/wrenfield-daughters")[1]:
        assert time.monotonic() < deadline
        time.sleep(0.1)
