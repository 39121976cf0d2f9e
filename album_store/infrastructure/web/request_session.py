"""The database session of a request, joined to its transaction and opened for reading or writing as the view says."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pyramid_tm
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response
from pyramid.viewderivers import INGRESS
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from transaction import TransactionManager
from transaction.interfaces import NoTransaction

from album_store.data.dbsession import DbSessionFactory, SchemaError


def _dbsession(request: Request) -> Session:
    return request.registry.db_sessions.session_for(request.tm, writes=request.writes)


def reading(request: Request) -> AbstractContextManager[Session]:
    """Return a session, as a context manager, for look-ups before slow work such as hashing a password.

    A read-only request, or one that has begun to write, uses its own session. A request that has not yet begun to write
    gets a temporary session, so that it does not hold the write lock during the slow work. So does an error page, whose
    transaction has ended. A request never holds two connections.
    """
    if _is_active(request.tm) and (not request.writes or request.dbsession.in_transaction()):
        return nullcontext(request.dbsession)
    return request.registry.db_sessions.read()


def _is_active(transaction_manager: TransactionManager) -> bool:
    try:
        transaction_manager.get()
    except NoTransaction:
        return False
    return True


def writes_deriver(view: Any, info: Any) -> Any:
    """View option `writes=True`: the view changes the database, whatever the request method.

    `request.writes` is set before the session is opened.
    """
    if info.exception_only:  # the transaction has ended by then
        return view
    writes = bool(info.options.get("writes"))

    def view_that_may_write(context: Any, request: Request) -> Response:
        request.writes = writes
        return view(context, request)

    return view_that_may_write


writes_deriver.options = ("writes",)


def includeme(config: Configurator) -> None:
    """Create the tables, and add `request.dbsession`, `request.reading()` and the view option `writes`.

    Raises SystemExit if the database cannot be used.
    """
    settings = config.registry.store_settings
    config.registry.settings["tm.manager_hook"] = pyramid_tm.explicit_manager
    # Annotating transactions with the user would cost a query per request.
    config.registry.settings["tm.annotate_user"] = False
    config.include("pyramid_tm")
    config.registry.db_sessions = DbSessionFactory(
        settings.database_url, echo=settings.database_echo, timezone=settings.timezone
    )
    try:
        config.registry.db_sessions.create_tables()
    except SchemaError as error:
        raise SystemExit(str(error)) from None
    except DatabaseError as error:
        raise SystemExit(f"The database cannot be used: {error.orig}.") from None
    config.add_request_method(lambda _request: False, "writes", reify=True)
    config.add_request_method(_dbsession, "dbsession", reify=True)
    config.add_request_method(reading, "reading")
    config.add_view_deriver(writes_deriver, name="writes", under=INGRESS, over="secured_view")
