"""What only a real server can show: client addresses, repeated headers, malformed bodies, files outside the site."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import select

from album_store.data.dbsession import DbSessionFactory
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.pending_registration import PendingRegistration
from album_store.infrastructure.processors import usable_processors
from album_store.infrastructure.security.secret_codes import new_secret
from tests.support.checkout import CHECKOUT
from tests.support.factories import PASSWORD
from tests.support.running_store import RunningStore, ini_without_albums, running_store

PROXY_SETTINGS = re.compile(r"^(?:clear_un)?trusted_proxy.*$", re.MULTILINE)


@contextmanager
def served(folder, proxy: str = "") -> Iterator[RunningStore]:
    """Run a store without albums that queues its email; `proxy` is trusted the way production.ini trusts one."""
    ini = ini_without_albums().replace("[app:main]\n", "[app:main]\nmail.worker = process\n")
    trust = "\n".join(PROXY_SETTINGS.findall((CHECKOUT / "production.ini").read_text("utf-8")))
    if proxy:
        ini = ini.replace("[server:main]\n", f"[server:main]\n{trust.replace('127.0.0.1', proxy)}\n")
    with running_store(folder, ini=ini) as store:
        yield store


@pytest.fixture(scope="module")
def direct(tmp_path_factory):
    """A store that visitors reach without a proxy."""
    with served(tmp_path_factory.mktemp("direct")) as store:
        yield store


@pytest.fixture(scope="module")
def behind_proxy(tmp_path_factory):
    """A store that trusts the test as its proxy."""
    with served(tmp_path_factory.mktemp("behind"), proxy="127.0.0.1") as store:
        yield store


@pytest.mark.skipif(len(usable_processors()) < 2, reason="this machine has one processor, or does not say")
def test_requests_are_answered_on_one_processor(direct):
    assert len(os.sched_getaffinity(direct.process_id)) == 1


@pytest.mark.skipif(len(usable_processors()) < 2, reason="this machine has one processor, or does not say")
def test_an_owner_may_leave_the_server_on_all_processors(tmp_path):
    ini = ini_without_albums().replace("[server:main]\n", "[server:main]\none_processor = false\n")
    with running_store(tmp_path, ini=ini) as store:
        assert len(os.sched_getaffinity(store.process_id)) == len(usable_processors())


def say(store: RunningStore, *lines: str, body: bytes = b"") -> str:
    """Send a request, close that side of the connection and return everything that comes back.

    A server that refuses the request may close the connection first.
    """
    heard = b""
    with socket.create_connection(("127.0.0.1", urlsplit(store.url).port), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while part := connection.recv(65_536):
                heard += part
    return heard.decode("latin-1")


def status_of(answer: str) -> int:
    return int(answer.split(" ", 2)[1]) if answer else 0


def register(store: RunningStore, email: str, *headers: str) -> str:
    """Submit the registration form with extra headers; return the response."""
    token = new_secret()
    form = {"csrf_token": token, "email": email, "password": PASSWORD, "confirm_password": PASSWORD}
    body = urlencode(form | {"display_name": ""}).encode()
    length = ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    host = [] if any(header.startswith("Host:") for header in headers) else ["Host: localhost"]
    lines = ["POST /account/register HTTP/1.1", *host, *length, f"Cookie: csrf={token}", *headers]
    return say(store, *lines, body=body)


def kept(store: RunningStore, model: type, email: str):
    """Return the registration or email stored for an address, or None."""
    database = DbSessionFactory(f"sqlite:///{store.folder}/album_store.sqlite")
    column = model.email if model is PendingRegistration else model.recipient
    with database.read() as dbsession:
        row = dbsession.scalars(select(model).where(column == email)).one_or_none()
        dbsession.expunge_all()
    database.dispose()
    return row


FORGED = ["X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9", "X-Real-IP: 203.0.113.9", "Client-IP: 1.2.3.4"]


def test_without_a_proxy_a_forged_forwarded_for_header_is_ignored(direct):
    assert status_of(register(direct, "carol@example.org", *FORGED)) == 303
    assert kept(direct, PendingRegistration, "carol@example.org").created_ip_address == "127.0.0.1"


def test_a_forwarded_for_header_from_an_untrusted_client_is_ignored(tmp_path):
    with served(tmp_path, proxy="192.0.2.1") as store:
        assert status_of(register(store, "carol@example.org", *FORGED)) == 303
        assert kept(store, PendingRegistration, "carol@example.org").created_ip_address == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "headers", "address"),
    [
        ("ann", ["X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
        ("ben", ["X-Forwarded-For: 198.51.100.1, 203.0.113.9"], "203.0.113.9"),  # the client forged the first
        ("cat", ["X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 203.0.113.9"], "203.0.113.9"),
        ("amy", ["X-Forwarded-For: ::ffff:203.0.113.9"], "203.0.113.9"),
        ("ada", ["X-Forwarded-For: [2001:DB8::9]:443"], "2001:db8::9"),
        ("ian", ["X-Forwarded-For: not an address"], "unknown"),
        ("dan", ["X-Forwarded-For: 2001:db8::9", "X-Real-IP: 198.51.100.1"], "2001:db8::9"),
        ("eve", ["Forwarded: for=198.51.100.1", "X-Real-IP: 198.51.100.1"], "127.0.0.1"),
    ],
)
def test_behind_the_trusted_proxy_the_address_is_what_the_proxy_saw(behind_proxy, name, headers, address):
    assert status_of(register(behind_proxy, f"{name}@example.org", *headers)) == 303
    assert kept(behind_proxy, PendingRegistration, f"{name}@example.org").created_ip_address == address


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("fay", ["Host: localhost", "Host: evil.test"]),
        ("gus", ["Host: evil.test", "Host: localhost"]),
        ("hal", ["Host: evil.test"]),
        ("ida", ["Host: localhost", "X-Forwarded-Host: evil.test"]),
        ("jim", ["Host: localhost", "X-Forwarded-Host: evil.test", "Forwarded: host=evil.test;proto=https"]),
        ("kim", ["Host: localhost", "X-Forwarded-Port: 6666", "X-Forwarded-Prefix: /evil.test"]),
        ("leo", ["Host: localhost@evil.test"]),
    ],
)
@pytest.mark.parametrize("through", ["direct", "behind_proxy"])
def test_a_repeated_or_forged_host_never_reaches_an_email(request, through, name, headers):
    store = request.getfixturevalue(through)
    assert status_of(register(store, f"{name}@example.org", *headers)) in {303, 400, 421}
    if mail := kept(store, OutgoingMail, f"{name}@example.org"):
        assert f"\n{store.url}/account/confirm/" in mail.text_body
        assert "evil.test" not in mail.text_body + mail.html_body
        assert ":6666" not in mail.text_body + mail.html_body


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["GET /account HTTP/1.1", "Host: localhost"], 303),
        (["GET /account HTTP/1.1", "Host: evil.test"], 421),
        (["GET /account HTTP/1.1", "Host: localhost", "Host: evil.test"], 400),
        (["GET /account HTTP/1.1", "Host: localhost", "Host: localhost"], 400),
        (["GET /account HTTP/1.1", "Host:"], 400),
        (["GET /account HTTP/1.1"], 400),
        (["GET /account HTTP/1.0"], 400),
        (["GET /health HTTP/1.0"], 200),
        (["GET http://evil.test/account HTTP/1.1", "Host: localhost"], 421),
        (["GET http://localhost/account HTTP/1.1", "Host: evil.test"], 303),
        (["GET http://localhost@evil.test/account HTTP/1.1", "Host: localhost"], 400),
        (["GET //evil.test/account HTTP/1.1", "Host: localhost"], 404),
    ],
)
@pytest.mark.parametrize("through", ["direct", "behind_proxy"])
def test_a_request_for_another_host_or_without_a_host_is_refused(request, through, lines, status):
    answer = say(request.getfixturevalue(through), *lines)
    assert status_of(answer) == status
    assert "evil.test" not in answer
    assert "Content-Security-Policy: default-src 'none'" in answer


@pytest.mark.parametrize(
    "header",
    ["If-Modified-Since: Sun, 06 Nov 19944 08:49:37 GMT", f"Range: bytes={'9' * 5_000}-", "If-None-Match: \xff"],
)
@pytest.mark.parametrize("path", ["/static/css/base.css", "/albums.atom", "/robots.txt"])
def test_a_malformed_conditional_header_is_ignored(direct, path, header):
    answer = say(direct, f"GET {path} HTTP/1.1", "Host: localhost", header)
    assert status_of(answer) == 200
    assert "Content-Security-Policy: default-src 'none'" in answer


POST = ("POST /account/signin HTTP/1.1", "Host: localhost", "Content-Type: application/x-www-form-urlencoded")
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    ("lies", "body", "statuses"),
    [
        (["Content-Length: 500"], b"email=a", {0, 400}),  # more than is sent
        (["Content-Length: 0"], SMUGGLED, {400}),  # less than is sent
        (["Content-Length: -1"], b"email=a", {400}),
        (["Content-Length: 1e3"], b"email=a", {400}),
        (["Content-Length: +7"], b"email=a", {400}),
        (["Content-Length: 7", "Content-Length: 8"], b"email=a", {400}),
        (["Content-Length: 4", "Transfer-Encoding: chunked"], b"0\r\n\r\n" + SMUGGLED, {400}),
        (["Transfer-Encoding: chunked, identity"], b"0\r\n\r\n", {400, 501}),
        (["Transfer-Encoding: chunked"], b"xyz\r\n", {400}),
        (["Transfer-Encoding: chunked"], b"10000000000\r\n", {0, 400, 413}),
        (["Content-Length: 65537"], b"a", {413}),
        (["Content-Length: 99999999999999"], b"a", {413}),
        (["Content-Length: 0", f"X: {'a' * 20_000}"], b"", {0, 431}),
    ],
)
def test_a_malformed_or_oversized_body_is_refused_and_smuggles_nothing(direct, lies, body, statuses):
    answer = say(direct, *POST, *lies, body=body)
    assert status_of(answer) in statuses
    assert answer.count("HTTP/1.1 ") <= 1
    assert "Traceback" not in answer
    assert direct.get("/health")[0] == "application/json"


@pytest.mark.parametrize(
    "path",
    [
        "/development.ini", "/album_store.sqlite", "/album_store.sqlite-wal", "/pserve.log", "/mailbox/", "/media/",
        "/.git/config", "/.env", "/setup.py", "/static/", "/static/css/", "/static/../routes.py",
        "/static/%2e%2e/routes.py", "/static/..%2froutes.py", "/static/..%5croutes.py", "/static//etc/passwd",
        "/static/css/..%2f..%2f..%2fdevelopment.ini", "/static/css/base.css/../../../development.ini", "//etc/passwd",
        "/../development.ini", "http://localhost/development.ini", "/covers/", "/covers/..%2f..%2fdevelopment.ini",
        "/previews/%2e%2e%2f%2e%2e%2falbum_store.sqlite", "/_debug_toolbar/", "/console", "/server-status",
    ],
)  # fmt: skip
def test_files_outside_the_site_are_not_served(direct, path):
    answer = say(direct, f"GET {path} HTTP/1.1", "Host: localhost")
    assert status_of(answer) in {400, 404}
    for inside in ("sqlalchemy", "SQLite format", "def includeme", "root:", "Index of", "Traceback"):
        assert inside not in answer


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET /nothing HTTP/1.1", 404),
        ("TRACE / HTTP/1.1", 405),
        ("GET /albums?sort=%ff HTTP/1.1", 400),
        ("POST /account/signin HTTP/1.1", 400),
        ("GET / HTTP/1.1\x00", 400),
        ("nonsense", 400),
    ],
)
def test_refusals_do_not_name_a_version_or_a_library(direct, line, status):
    answer = say(direct, line, "Host: localhost")
    assert status_of(answer) == status
    assert re.search(r"(?i)python|pyramid|webob|chameleon|sqlalchemy|waitress/|/\d+\.\d+\.\d+", answer) is None


def test_a_server_with_an_unusable_database_exits_with_one_sentence(tmp_path):
    (tmp_path / "album_store.sqlite").mkdir()
    (tmp_path / "development.ini").write_text(ini_without_albums(), "utf-8")
    pserve = str(Path(sys.executable).with_name("pserve"))
    done = subprocess.run(
        [pserve, "development.ini"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.endswith("The database cannot be used: unable to open database file.\n")
    assert "Traceback" not in done.stdout + done.stderr
