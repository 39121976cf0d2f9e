"""The database of the application: tables made at start, one session per request joined to its transaction."""

import pyramid_tm
from pyramid.config import Configurator
from pyramid.request import Request
from sqlalchemy.orm import Session

from album_store.data.dbsession import DbSessionFactory

READING_METHODS = frozenset({"GET", "HEAD"})


def includeme(config: Configurator) -> None:
    """Make the session factory and `request.dbsession`."""
    store = config.registry.store_settings
    config.registry.settings["tm.manager_hook"] = pyramid_tm.explicit_manager
    # Naming the user in the transaction's log would cost every request a query.
    config.registry.settings["tm.annotate_user"] = False
    config.include("pyramid_tm")
    config.registry.db_sessions = DbSessionFactory(store.database_url, echo=store.database_echo)
    config.registry.db_sessions.create_tables()
    config.add_request_method(_dbsession, "dbsession", reify=True)


def _dbsession(request: Request) -> Session:
    factory: DbSessionFactory = request.registry.db_sessions
    return factory.session_for(request.tm, read_only=request.method in READING_METHODS)
