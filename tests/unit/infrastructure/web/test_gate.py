"""The gate that limits how many forms hash a password at once."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from configparser import ConfigParser
from contextlib import contextmanager
from itertools import islice
from typing import Any

import pytest
from pyramid.registry import Registry
from pyramid.threadlocal import get_current_request
from webtest import TestApp, TestResponse

from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.web import gate
from album_store.infrastructure.web.gate import MAX_WAITING, MAX_WAITING_PER_CLIENT, MAX_WAITING_PER_NETWORK, Gate
from tests.support.checkout import CHECKOUT
from tests.support.factories import PASSWORD
from tests.support.page_reader import parse_strictly
from tests.support.shared_store import store_in
from tests.support.store_driver import StoreDriver, ask_for_reset
from tests.support.whole_site import WholeSite

AT_ONCE = 2
WAITING = 3
ADDRESS = "203.0.113.1"
LIMIT_S = 10
THREADS_FOR_ALL_ELSE = 16
NEW_PASSWORD = "four quiet harbour lamps"

FORMS = [
    "/account/signin",
    "/account/register",
    "/account/reset_password",
    "/account/confirm/a-code",
    "/account/confirm/\xff",
    "/account/password",
    "/account/email",
    "/account/delete",
    "/admin/accounts/an-id/role",
]
OTHERS = [
    ("GET", "/albums"),
    ("GET", "/account/signin"),
    ("HEAD", "/account/signin"),
    ("post", "/account/signin"),
    ("POST", "/account/signin/"),
    ("POST", "/account/signout"),
    ("POST", "/account/profile"),
    ("POST", "/account/zzz"),
    ("POST", "/account/confirm/a/b"),
    ("POST", "/admin/accounts/an-id/disable"),
    ("POST", "/x/account/signin"),
    ("POST", "/\xff"),
    ("POST", ""),
]


class FakeApp:
    """A WSGI application with the routes of the store. Forms wait until `may_answer` is set, then return "passed"."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.may_answer = threading.Event()
        self.begun = self.at_work = self.max_at_work = 0
        self._changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] not in FORMS:
            return [b"passed"]
        with self._changed:
            self.begun += 1
            self.at_work += 1
            self.max_at_work = max(self.max_at_work, self.at_work)
            self._changed.notify_all()
        assert self.may_answer.wait(LIMIT_S)
        with self._changed:
            self.at_work -= 1
        return [b"passed"]

    def wait_until_begun(self, count: int) -> None:
        """Wait until this many forms have passed the gate."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.begun == count, LIMIT_S)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Iterator[StoreDriver]:
    with store_in(tmp_path_factory.mktemp("gate"), password__hashes_at_once=str(AT_ONCE)) as store:
        yield store


@pytest.fixture
def app(store) -> FakeApp:
    return FakeApp(store.registry)


@pytest.fixture
def at_gate(app, monkeypatch) -> Gate:
    """A gate with few places to wait."""
    monkeypatch.setattr(gate, "MAX_WAITING", WAITING)
    return Gate(app)


def ask(at_gate: Gate, method: str = "POST", path: str = "/account/signin", address: str = ADDRESS) -> str:
    """Return "passed" or the status of the gate's own page."""
    statuses: list[str] = []
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "REMOTE_ADDR": address}
    body = at_gate(environ, lambda status, _headers: statuses.append(status))
    return statuses[0][:3] if statuses else b"".join(body).decode()


@contextmanager
def crowd(count: int, at_gate: Gate, address: str = ADDRESS) -> Iterator[list[Future[str]]]:
    """Send this many simultaneous sign-ins from one client."""
    with ThreadPoolExecutor(count) as threads:
        yield [threads.submit(ask, at_gate, address=address) for _ in range(count)]


@contextmanager
def full(at_gate: Gate, app: FakeApp) -> Iterator[list[Future[str]]]:
    """Fill all slots and places to wait; the forms that took them pass at the end."""
    too_many = 1
    with crowd(AT_ONCE + WAITING + too_many, at_gate) as asked:
        try:
            turned_away = next(as_completed(asked, LIMIT_S))
            assert turned_away.result() == "503"
            yield [future for future in asked if future is not turned_away]
        finally:
            app.may_answer.set()


def test_no_more_forms_pass_at_once_than_the_setting_allows(app, at_gate):
    with crowd(AT_ONCE + WAITING, at_gate) as asked:
        app.wait_until_begun(AT_ONCE)
        app.may_answer.set()
    assert [future.result() for future in asked] == ["passed"] * len(asked)
    assert app.max_at_work == AT_ONCE


def test_without_a_place_to_wait_a_form_gets_a_503_at_once(app, at_gate):
    too_many = 4
    with crowd(AT_ONCE + WAITING + too_many, at_gate) as asked:
        turned_away = [future.result() for future in islice(as_completed(asked, LIMIT_S), too_many)]
        app.may_answer.set()
    assert turned_away == ["503"] * too_many
    assert sorted(future.result() for future in asked) == ["503"] * too_many + ["passed"] * (AT_ONCE + WAITING)


@pytest.mark.parametrize("path", FORMS)
def test_every_form_that_hashes_waits_at_the_gate(app, at_gate, path):
    with full(at_gate, app):
        assert ask(at_gate, "POST", path) == "503"


@pytest.mark.parametrize(("method", "path"), OTHERS)
def test_everything_else_passes_while_forms_wait(app, at_gate, method, path):
    with full(at_gate, app):
        assert ask(at_gate, method, path) == "passed"


def test_a_form_that_waits_too_long_gets_a_503(app, at_gate, monkeypatch):
    monkeypatch.setattr(gate, "MAX_WAIT_S", 0.01)
    with crowd(AT_ONCE + WAITING, at_gate) as asked:
        waited = [future.result() for future in islice(as_completed(asked, LIMIT_S), WAITING)]
        app.may_answer.set()
    assert waited == ["503"] * WAITING
    assert app.begun == AT_ONCE


def test_refused_forms_are_logged_at_intervals_and_not_one_by_one(app, at_gate, caplog, monkeypatch):
    with full(at_gate, app):
        ask(at_gate)
        assert caplog.messages == [f"event=gate-full ip={ADDRESS}"]
        monkeypatch.setattr(at_gate, "_next_log", time.monotonic())
        ask(at_gate)
        assert caplog.messages == [f"event=gate-full ip={ADDRESS}"] * 2


@pytest.mark.parametrize("wait_s", [0.01, LIMIT_S])
def test_all_places_to_wait_are_free_again_after_a_rush(app, at_gate, monkeypatch, wait_s):
    with monkeypatch.context() as patch:
        patch.setattr(gate, "MAX_WAIT_S", wait_s)
        with full(at_gate, app):
            pass
    app.may_answer.clear()
    with full(at_gate, app) as taken:
        pass
    assert [future.result() for future in taken] == ["passed"] * (AT_ONCE + WAITING)


@pytest.mark.parametrize(
    ("crowded", "other"), [(ADDRESS, "203.0.113.2"), ("2001:db8::1", "2001:db8:0:1::1"), (ADDRESS, "")]
)
def test_one_client_cannot_take_all_places_to_wait(app, at_gate, monkeypatch, crowded, other):
    monkeypatch.setattr(gate, "MAX_WAITING", 2 * MAX_WAITING_PER_CLIENT)
    too_many = 5
    with crowd(AT_ONCE + MAX_WAITING_PER_CLIENT + too_many, at_gate, crowded) as asked:
        turned_away = [future.result() for future in islice(as_completed(asked, LIMIT_S), too_many)]
        assert turned_away == ["503"] * too_many
        with crowd(1, at_gate, other) as later:
            app.may_answer.set()
    assert later[0].result() == "passed"


@pytest.mark.parametrize("neighbour", ["2001:db8::2", "2001:db8:0:0:ffff::"])
def test_addresses_in_one_ipv6_64_share_their_places_to_wait(app, at_gate, monkeypatch, neighbour):
    monkeypatch.setattr(gate, "MAX_WAITING", 2 * MAX_WAITING_PER_CLIENT)
    with crowd(AT_ONCE + MAX_WAITING_PER_CLIENT + 1, at_gate, "2001:db8::1") as asked:
        assert next(as_completed(asked, LIMIT_S)).result() == "503"
        assert ask(at_gate, address=neighbour) == "503"
        app.may_answer.set()


def test_one_ipv6_48_cannot_take_all_places_to_wait(app, at_gate, monkeypatch):
    monkeypatch.setattr(gate, "MAX_WAITING", 2 * MAX_WAITING_PER_NETWORK)
    count = AT_ONCE + MAX_WAITING_PER_NETWORK + 1
    with ThreadPoolExecutor(count) as threads:
        asked = [threads.submit(ask, at_gate, address=f"2001:db8:1:{number:x}::1") for number in range(count)]
        assert next(as_completed(asked, LIMIT_S)).result() == "503"
        with crowd(1, at_gate, "2001:db8:2::1") as later:
            app.may_answer.set()
    assert later[0].result() == "passed"
    assert [future.result() for future in asked].count("503") == 1


def test_clients_that_are_no_longer_waiting_are_forgotten(app, at_gate):
    with full(at_gate, app):
        assert at_gate._waiting == {ADDRESS + "/32": WAITING}
    assert not at_gate._waiting


def test_an_error_frees_its_slot(store):
    class BrokenApp(FakeApp):
        def __call__(self, *_: Any) -> Iterable[bytes]:
            raise LookupError

    at_gate = Gate(BrokenApp(store.registry))
    for _ in range(AT_ONCE * 2):
        with pytest.raises(LookupError):
            ask(at_gate)


@pytest.fixture(params=["http://localhost", "https://music.example.org"])
def answers(request, tmp_path, monkeypatch) -> tuple[TestResponse, TestResponse]:
    """The page of a full gate, and an ordinary page of the store."""
    with store_in(tmp_path, store__site_url=request.param) as store:
        monkeypatch.setattr(Gate, "_take_slot", lambda _gate, _client_key: False)
        browser = TestApp(store.app)
        return browser.post("/account/signin", {"password": PASSWORD}, status=503), browser.get("/nothing", status=404)


def test_the_page_of_a_full_gate_matches_the_store_and_says_what_to_do(answers):
    page, other = answers
    parse_strictly(page.text)
    assert "The store is busy · Test Records" in page.html.title.text
    assert "Nothing has been changed" in page.html.main.text
    assert "try again" in page.html.main.text
    styles = [link["href"] for link in page.html.select('link[rel="stylesheet"]')]
    assert styles
    assert set(styles) <= {link["href"] for link in other.html.select('link[rel="stylesheet"]')}


def test_the_page_of_a_full_gate_has_retry_after_and_the_usual_headers(answers):
    page, other = answers
    assert page.headers["Retry-After"] == "10"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Type"] == other.headers["Content-Type"]
    assert int(page.headers["Content-Length"]) == len(page.body)
    own = {"Cache-Control", "Content-Length", "Retry-After", "Vary"}
    assert set(page.headers) - own == set(other.headers) - own
    for name in set(page.headers) - own:
        assert page.headers[name] == other.headers[name], name


def test_exactly_the_registered_routes_hash_a_password(tmp_path, monkeypatch):
    typed = {"email": "dora@example.org", "password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    typed |= {"current_password": "wrong", "change": "grant"}
    with store_in(tmp_path) as store:
        site = WholeSite(store, tmp_path)
        ask_for_reset(store.browser())
        reset_link = store.mailed_link("alice@example.org", "reset-password")
        typed["link"] = LinkCode.parse(reset_link.rpartition("/")[2]).id
        hashing = routes_that_hash(store, monkeypatch)
        for path in addresses_of_forms(site):
            visitor, ada = store.browser(), store.signed_in("ada@example.org")
            visitor.get(reset_link, status=303)
            for browser, page_with_token in ((visitor, "/account/signin"), (ada, "/account")):
                token = browser.get(page_with_token).html.find("input", {"name": "csrf_token"})["value"]
                assert browser.post(path, typed | {"csrf_token": token}, status="*").status_int < 500
        assert hashing == set(store.registry.hashing_routes)


def routes_that_hash(store: StoreDriver, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return a set that collects the names of the routes that use the hasher from now on."""
    names = set()

    def watched(method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            names.add(get_current_request().matched_route.name)
            return method(*args)

        return call

    hasher = store.registry.password_hasher
    monkeypatch.setattr(hasher, "hash", watched(hasher.hash))
    monkeypatch.setattr(hasher, "verify", watched(hasher.verify))
    return names


def addresses_of_forms(site: WholeSite) -> list[str]:
    """Return an existing address for each POST route, the reset first because other forms end its link."""
    views = [item["introspectable"] for item in site.store.registry.introspector.get_category("views")]
    names = {view["route_name"] for view in views if "POST" in (view["request_methods"] or ())}
    patterns = site.routes()
    in_order = sorted(names, key=lambda name: (name != "account.reset_password", name))
    return [site.addresses(name, patterns[name])[0] for name in in_order]


@pytest.mark.parametrize("name", ["development.ini", "production.ini"])
def test_the_server_has_threads_for_all_waiting_forms_and_for_other_requests(name):
    ini = ConfigParser(interpolation=None)
    ini.read(CHECKOUT / name, "utf-8")
    assert ini.getint("server:main", "threads") == MAX_WAITING + THREADS_FOR_ALL_ELSE
