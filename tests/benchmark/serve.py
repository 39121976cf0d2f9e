"""Serves one of the applications that are compared: python -m tests.benchmark.serve NAME FOLDER PORT."""

import gc
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import waitress

import album_store
from album_store.infrastructure.processors import stay_on, usable_processors
from album_store.infrastructure.web.server import Server, serve
from tests.benchmark.peers import hello
from tests.benchmark.settings import DATABASE, server_options, settings_in

SELLING = {
    "seller.address": "1 Quay, Porthaven",
    "payments.gateway": "stripe",
    "stripe.secret_key": "sk_test_benchmark",
    "stripe.webhook_secrets": "whsec_benchmark",
}

ON_ALL_PROCESSORS = "store on all processors"


class NoCache:
    """In place of the kept pages: every page is the first after a change."""

    def get(self, _key: Any) -> None:
        """Return nothing."""

    def put(self, _key: Any, _page: Any) -> None:
        """Keep nothing."""


def store(folder: Path) -> Any:
    """Return the store."""
    return album_store.main({}, **settings_in(folder))


def selling_store(folder: Path) -> Any:
    """Return the store with a payment provider, which is never asked."""
    return album_store.main({}, **settings_in(folder) | SELLING)


def cold_store(folder: Path) -> Any:
    """Return the store without kept pages."""
    app = store(folder)
    app.registry.open_pages = app.registry.whole_pages = NoCache()
    return app


def flask(folder: Path) -> Any:
    """Return the pages in Flask-SQLAlchemy."""
    from tests.benchmark.peers.flask_store.application import application

    return application(folder / DATABASE)


def django(folder: Path) -> Any:
    """Return the pages in Django."""
    from tests.benchmark.peers.django_store.application import application

    return application(folder / DATABASE)


APPLICATIONS: dict[str, Callable[[Path], Any]] = {
    "store": store,
    ON_ALL_PROCESSORS: store,
    "store, nothing kept": cold_store,
    "store that sells": selling_store,
    "hello": lambda _folder: hello.application(),
    "Flask": flask,
    "Django": django,
}


def _hide_drivers() -> None:
    """Serve from SQLite without the drivers of servers, as where only SQLite is used: zope.sqlalchemy imports all."""
    sys.modules.update(dict.fromkeys(("psycopg", "pymysql")))  # type: ignore[arg-type]


def main(name: str, folder: str, port: str) -> None:
    """Serve an application until the process is killed: the store as production.ini does, others on plain waitress.

    Others are kept on one processor too, which makes them faster, so that ratios compare the code.
    """
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    _hide_drivers()
    app = APPLICATIONS[name](Path(folder))
    gc.collect()
    gc.freeze()
    options = {"listen": f"127.0.0.1:{port}"} | server_options()
    if name == ON_ALL_PROCESSORS:
        Server(app, **options).run()
    elif name.startswith("store"):
        serve(app, {}, **options)
    else:
        processors = usable_processors()
        stay_on([processors[int(port) % len(processors)]])
        waitress.serve(app, **options)


if __name__ == "__main__":
    main(*sys.argv[1:])
