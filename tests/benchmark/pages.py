"""The public pages: kept, rendered anew, for an account, with a cart, and not sent because the browser has them."""

import sys
from collections.abc import Iterator

from album_store.infrastructure.processors import usable_processors
from tests.benchmark.line import Line, ratio_line
from tests.benchmark.load import Target, compare
from tests.benchmark.run import Run
from tests.benchmark.seed import IN_CART, PAGES
from tests.benchmark.serve import ON_ALL_PROCESSORS
from tests.benchmark.servers import Server

# Pages that are compared have the same size, give or take this part.
SAME_SIZE = 0.1


def warm(run: Run) -> Iterator[Line]:
    """Pages that the store has kept, for visitors."""
    servers = run.fleet.servers("store", "hello", "Flask", "Django")
    for page, path in _pages(run):
        targets = [_target(server, path) for server in servers]
        _say_sizes(page, targets[0], targets[2:])
        rates = compare(targets, run.effort)
        for other, bar in (("hello", 0.7), ("Flask", 10), ("Django", 15)):
            yield ratio_line(f"{page}, visitor, warm", rates, "store", other, bar)


def cold(run: Run) -> Iterator[Line]:
    """The first view of a page after a change."""
    servers = run.fleet.servers("store, nothing kept", "Flask")
    for page, path in _pages(run)[:2]:
        rates = compare([_target(server, path) for server in servers], run.effort)
        yield ratio_line(f"{page}, first view after a change", rates, "store, nothing kept", "Flask", 1)


def processors(run: Run) -> Iterator[Line]:
    """The store with all threads that answer on one processor, beside itself on as many as there are."""
    if len(usable_processors()) < 2:
        return
    servers = run.fleet.servers("store", ON_ALL_PROCESSORS)
    rates = compare([_target(server, PAGES["catalogue"]) for server in servers], run.effort)
    yield ratio_line("catalogue, visitor, warm, on one processor", rates, *(server.name for server in servers), 1)


def signed_in(run: Run) -> Iterator[Line]:
    """Pages for somebody who is signed in."""
    servers = run.fleet.servers("store", "Flask")
    for page, path in _pages(run):
        targets = [_target(server, path, {"Cookie": run.cookies}) for server in servers]
        for target in targets:
            assert b"Sign out" in target.answer().body, f"{target.name} knows nobody"
        _say_sizes(f"{page}, signed in", targets[0], targets[1:])
        yield ratio_line(f"{page}, signed in", compare(targets, run.effort), "store", "Flask", 2)


def with_cart(run: Run) -> Iterator[Line]:
    """Pages for a visitor with a cart, beside those for somebody who is signed in: either is looked up."""
    store, flask = run.fleet.servers("store that sells", "Flask")
    for page, path in _pages(run):
        target = _target(store, path, {"Cookie": run.cart_cookies})
        assert f"Cart ({len(IN_CART)})".encode() in target.answer().body, "the cart is unknown"
        rates = compare([target, _target(flask, path, {"Cookie": run.cookies})], run.effort)
        yield ratio_line(f"{page}, visitor with a cart", rates, store.name, flask.name, 2)


def conditional(run: Run) -> Iterator[Line]:
    """Requests for pages that the browser has and that have not changed."""
    store, hello = run.fleet.servers("store", "hello")
    for page, path in _pages(run)[:2]:
        etag = store.get(path).headers["ETag"]
        target = _target(store, path, {"If-None-Match": etag}, status=304)
        rates = compare([target, _target(hello, "/")], run.effort)
        yield ratio_line(f"{page}, conditional request (304)", rates, "store", "hello", 0.7)


def _pages(run: Run) -> list[tuple[str, str]]:
    """Return the pages to measure."""
    return list(PAGES.items())[: 1 if run.effort.is_short else None]


def _target(server: Server, path: str, headers: dict[str, str] | None = None, status: int = 200) -> Target:
    """Return a page of a server as a target. The first request, which fills caches, is made here."""
    path = "/" if server.name == "hello" else path
    target = Target(server.name, server.port, server.process.pid, path, headers or {})
    assert target.answer().status == status
    return target


def _say_sizes(page: str, store: Target, peers: list[Target]) -> None:
    """Say so if the page of a peer does not have the size of the store's."""
    size = len(store.answer().body)
    for peer in peers:
        other = len(peer.answer().body)
        if abs(other / size - 1) > SAME_SIZE:
            sys.stdout.write(f"{page}: {other:,} bytes from {peer.name}, {size:,} from the store\n")
