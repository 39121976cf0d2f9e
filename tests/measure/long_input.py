"""Measures the cost of very long values in every form, query and header (python -m tests.measure.long_input)."""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from webtest import TestApp

import album_store
from album_store.data.account import Account
from album_store.infrastructure.security.rate_limits import MEMORY, RateLimiter
from tests.support.factories import PASSWORD, add_account, make_album
from tests.support.store_driver import StoreDriver, ask_for_reset, form_at, register
from tests.support.store_settings import settings_in

ROUNDS = 5
# A form may have up to 65,536 bytes, and production.ini allows 16,384 bytes of headers.
FORM_BYTES, HEADER_BYTES = 60_000, 14_000
# How much more processor time a long value may take than a short one.
MAX_EXTRA_MS = 20
# Texts that may be expensive for a filter: plain, decomposed, many domain labels, spaces to trim, lines, percent signs.
KINDS = {"letters": "x", "marks": "\u0344", "labels": "a@\u00fc.", "spaces": " ", "lines": "\n", "percent": "%"}

Send = Callable[[str], Any]


def text_of(unit: str, size: int) -> str:
    """Return a text that takes about `size` bytes in a form."""
    return unit * (size // len(urlencode({"": unit})))


def forms(store: StoreDriver) -> Iterator[tuple[TestApp, str, str]]:
    """Yield a browser, a page and the action of each form with fields."""
    visitor, resetter, carol = store.browser(), store.browser(), store.browser()
    for path in ("/account/signin", "/account/register", "/account/forgot_password"):
        yield visitor, path, path
    register(carol, "carol@example.org")
    confirm = store.mailed_link("carol@example.org")
    yield store.browser(), confirm, ""
    ask_for_reset(resetter)
    resetter.get(store.mailed_link()).follow()
    yield resetter, "/account/reset_password", "/account/reset_password"
    alice = store.signed_in()
    store.signed_in()  # another session, which can be ended
    for action in ("profile", "email", "password", "delete", "sessions"):
        yield alice, "/account", f"/account/{action}"
    ada = store.signed_in("ada@example.org")
    yield ada, "/admin/blocks", "/admin/blocks"
    account = next(row.id for row in store.rows(Account) if row.email == "alice@example.org")
    yield ada, f"/admin/accounts/{account}", f"/admin/accounts/{account}/role"


def values(store: StoreDriver) -> Iterator[tuple[str, int, Send]]:
    """Yield the name of each value that clients can send, its maximum size in bytes, and a function that sends it."""
    for browser, path, action in forms(store):
        page = browser.get(path)
        fields = dict(form_at(page, action).submit_fields())
        for name in fields:

            def post(text: str, browser: Any = browser, fields: Any = fields, name: str = name, to: str = "") -> Any:
                return browser.post(to, fields | {name: text}, expect_errors=True)

            target = action or path
            yield f"{target[:40]} {name}", FORM_BYTES, lambda text, post=post, to=target: post(text, to=to)
    visitor, ada = store.browser(), store.signed_in("ada@example.org")
    queries = {
        "/search": ("q", "after"),
        "/albums": ("sort", "genre", "after", "before"),
        "/account/signin": ("next",),
        "/admin/accounts": ("q", "after"),
        "/admin/resets": ("address", "day", "after"),
        "/admin/actions": ("after",),
        "/admin/blocks": ("after",),
    }
    for path, names in queries.items():
        browser = ada if path.startswith("/admin") else visitor
        for name in names:
            yield (
                f"{path}?{name}",
                HEADER_BYTES,
                (
                    lambda text, browser=browser, path=path, name=name: browser.get(
                        path, {name: text}, expect_errors=True
                    )
                ),
            )
    for path in ("/albums/", "/artists/", "/covers/", "/account/confirm/", "/account/reset_password/"):
        yield (
            f"{path}...",
            HEADER_BYTES,
            (lambda text, path=path: visitor.get(path + urlencode({"": text})[1:], expect_errors=True)),
        )
    headers = ("Cookie", "User-Agent", "Referer", "Accept", "Accept-Language", "If-None-Match", "X-Forwarded-For")
    for header in headers:
        yield (
            f"/albums {header}:",
            HEADER_BYTES,
            (
                lambda text, header=header: visitor.get(
                    "/albums", headers={header: _in_header(text)}, expect_errors=True
                )
            ),
        )


def _in_header(text: str) -> str:
    return text.encode("ascii", "replace").decode().replace("\n", ";")


def fastest_ms(store: StoreDriver, send: Send, text: str) -> float:
    """Return the shortest processor time of several rounds, each without rate limits used up."""
    times = []
    for _ in range(ROUNDS):
        store.registry.rate_limiter = RateLimiter(MEMORY, "measured")
        started = time.process_time()
        send(text)
        times.append((time.process_time() - started) * 1000)
    return min(times)


def main() -> int:
    """Print a line for each value. Returns 1 if one exceeds the limit."""
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        store = StoreDriver(album_store.main({}, **settings_in(Path(folder))))
        password_hash = store.registry.password_hasher.hash(PASSWORD)
        add_account(store.db_sessions, password_hash)
        add_account(store.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"))
        store.add(*(make_album(f"Album {number}") for number in range(30)))
        sys.stdout.write(f"{'value':<62}{'short':>9}{'longest':>9}  ms\n")
        for name, size, send in values(store):
            short_ms = fastest_ms(store, send, "x")
            times = {kind: fastest_ms(store, send, text_of(unit, size)) for kind, unit in KINDS.items()}
            worst = max(times, key=times.__getitem__)
            kept = kept and times[worst] - short_ms <= MAX_EXTRA_MS
            sys.stdout.write(f"{name:<62}{short_ms:>9.1f}{times[worst]:>9.1f}  {worst}\n")
        store.db_sessions.dispose()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
