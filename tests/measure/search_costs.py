"""Measures searches among 100,000 albums and 100,000 accounts (python -m tests.measure.search_costs URL...).

A URL names a database. If it is empty, it is filled, which takes minutes and 1 GB.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session
from webtest import TestApp

import album_store
from album_store.data.dbsession import DbSessionFactory
from album_store.services.catalogue.search_service import SearchService
from tests.measure.large_catalogue import COMMON, EVERYWHERE, OTHERS, UNSPACED, LargeCatalogue, fill
from tests.measure.server_time import Clock
from tests.support.factories import PASSWORD, add_account
from tests.support.store_driver import StoreDriver
from tests.support.store_settings import settings_in

# What is promised of the p95, and how many pages of a search are read.
PROMISED_MS = 50
PAGES = 3
OF_A_KIND = 20
ACCOUNT_QUERIES = [*"bcdfghjklmnp", "be", "ban1", "ben10", "ba11", "xyz", "1", "@"]
_HEADINGS = ("pages", "p50 ms", "p95", "max", "CPU p50", "p95", "max")


def queries(catalogue: LargeCatalogue) -> dict[str, list[str]]:
    """Return searches by kind: as people type them, and the worst for an index."""
    rare = catalogue.words[len(catalogue.words) // 2 :]
    typed = [catalogue.word() for _ in range(3 * OF_A_KIND)]
    names = [name for kind in catalogue.real.values() for name in kind[:: len(kind) // 15 or 1]]
    return {
        "a common word": COMMON[:OF_A_KIND],
        "a word": typed[:OF_A_KIND],
        "a rare word": rare[:OF_A_KIND],
        "two words": [f"{first} {second}" for first, second in zip(typed[:20], typed[20:], strict=False)],
        "two common words": [f"{first} {second}" for first, second in pairwise(COMMON[: OF_A_KIND + 1])],
        "three words": [" ".join(catalogue.word() for _ in range(3)) for _ in range(OF_A_KIND)],
        "a common and a rare word": [f"{first} {second}" for first, second in zip(COMMON[:20], rare, strict=False)],
        "two rare words": [f"{first} {second}" for first, second in zip(rare[:20], rare[20:], strict=False)],
        "a beginning": [word[:4] for word in typed[:OF_A_KIND]],
        "two letters": ["".join(word[:2]) for word in typed[OF_A_KIND : 2 * OF_A_KIND]],
        "one letter": list("abcdefghijklmnopqrst"),
        "an artist, an album or a track": names,
        "a word and letters": [f"{word} {letter}" for word, letter in zip(typed, "abcdefghijklmnopqrst", strict=False)],
        "on nearly every album": [EVERYWHERE, EVERYWHERE[:6], f"{EVERYWHERE} the", f"the {EVERYWHERE}",
                                  f"{typed[0]} {EVERYWHERE}", f"{EVERYWHERE} {rare[0]}"],
        "other scripts": [*UNSPACED, *OTHERS, "水", "雨", "เพลง", "夜 雨"],
        "nothing": [f"{word}x" for word in rare[:10]] + [f"the {word}x" for word in rare[:10]],
    }  # fmt: skip


def searched(dbsession: Session, store: DbSessionFactory, query: str) -> Iterator[Callable[[], object]]:
    """Yield the reading of each page of a search, as the search page does it."""
    search, after = SearchService(dbsession, store.database), ""
    for _ in range(PAGES):
        page = search.search(query, after=after)

        def read(after: str = after) -> None:
            found = search.search(query, after=after)
            search.matching_tracks(found.rows, query)

        yield read
        after = page.after
        if not after:
            return


def service_costs(store: DbSessionFactory, texts: Sequence[str]) -> list[tuple[float, float]]:
    """Return the wall and processor times of each page of the searches."""
    found = []
    for query in texts:
        with store.read() as dbsession:
            clock = Clock(dbsession.connection())
            for read in searched(dbsession, store, query):
                dbsession.expunge_all()
                found.append(cost_of(read, clock))
    return found


def cost_of(read: Callable[[], object], clock: Clock) -> tuple[float, float]:
    """Return the wall and processor time of the second of two runs."""
    read()
    started, started_clock = time.perf_counter(), clock.ms()
    read()
    return (time.perf_counter() - started) * 1_000, clock.ms() - started_clock


def page_costs(url: str, kinds: Mapping[str, Sequence[str]]) -> dict[str, list[tuple[float, float]]]:
    """Return the times of the search page, and of the admins' search for accounts."""
    with TemporaryDirectory() as folder:
        store = StoreDriver(album_store.main({}, **settings_in(Path(folder)) | {"sqlalchemy.url": url}))
        email = f"ada{time.time_ns()}@example.org"
        add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD), email, roles=("admin", "user"))
        visitor, ada = store.browser(), store.signed_in(email)
        with store.db_sessions.read() as dbsession:  # later requests take the same connection
            clock = Clock(dbsession.connection())
        public = [_visit(visitor, "/search", text, clock) for texts in kinds.values() for text in texts]
        accounts = [_visit(ada, "/admin/accounts", text, clock) for text in ACCOUNT_QUERIES]
        store.db_sessions.dispose()
    return {"the page": public, "admin: accounts": accounts}


def _visit(browser: TestApp, path: str, text: str, clock: Clock) -> tuple[float, float]:
    return cost_of(lambda: browser.get(path, {"q": text}, status=200), clock)


def print_line(name: str, costs: Sequence[tuple[float, float]]) -> float:
    """Print p50, p95 and the maximum of the times. Returns the p95 of the wall time."""
    columns = [sorted(column) for column in zip(*costs, strict=True)]
    p95 = [column[int(len(column) * 0.95)] for column in columns]
    figures = [(statistics.median(c), p, c[-1]) for c, p in zip(columns, p95, strict=True)]
    line = "".join(f"{value:>9.1f}" for triple in figures for value in triple)
    sys.stdout.write(f"{name:<33}{len(costs):>9}{line}\n")
    sys.stdout.flush()
    return p95[0]


def main(urls: Sequence[str]) -> int:
    """Print a line for each kind of search on each database. Returns 1 if a p95 is above the promise."""
    catalogue = LargeCatalogue()
    stores = [DbSessionFactory(url) for url in urls]
    fill(catalogue, stores)
    kinds = queries(LargeCatalogue())
    kept = True
    for url, store in zip(urls, stores, strict=True):
        sys.stdout.write(f"{store.engine.dialect.name:<33}{''.join(f'{heading:>9}' for heading in _HEADINGS)}\n")
        costs = []
        for kind, texts in kinds.items():
            of_kind = service_costs(store, texts)
            print_line(kind, of_kind)
            costs += of_kind
        kept &= print_line("all searches", costs) < PROMISED_MS
        for name, of_page in page_costs(url, kinds).items():
            kept &= print_line(name, of_page) < PROMISED_MS
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
