"""A request whose transaction lost against another one is run again, at most three times in all.

What a request does outside its transaction happens once: its attempts are counted by the first run, and email waits
in the outbox, which is part of the transaction.
"""

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid_retry import mark_error_retryable
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext

from album_store.data.dbsession import MAX_RUNS
from album_store.infrastructure.web.bad_requests import MAX_FORM_BYTES


def runs_allowed(request: Request) -> int | None:
    """Return 1 for a request whose body is too large to be kept for another run, or None for MAX_RUNS."""
    length = request.environ.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MAX_FORM_BYTES:
        return 1
    request.request_body_tempfile_limit = MAX_FORM_BYTES  # kept in memory: WebOb closes no temporary file
    return None


def includeme(config: Configurator) -> None:
    """Have Pyramid run a request again after an error that the database marks as worth retrying."""
    config.add_settings({"retry.attempts": MAX_RUNS, "retry.activate_hook": runs_allowed})
    config.include("pyramid_retry")
    db_sessions = config.registry.db_sessions

    def mark(context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        if error is not None and db_sessions.database.is_retryable(error):
            mark_error_retryable(error)

    event.listen(db_sessions.engine, "handle_error", mark)
