"""Answers password reset requests in the background, separately from the form."""

import logging
from collections.abc import Callable
from functools import partial

from pyramid.registry import Registry
from pyramid.request import Request

from album_store.worker.interval_task import IntervalTask
from album_store.worker.service_request import run_in_transaction, service_request

log = logging.getLogger(__name__)


def make_reset_task(registry: Registry, wake_mail: Callable[[], None]) -> IntervalTask:
    """Return the task that answers requests every `reset.queue_seconds`.

    If it ran as soon as a request arrived, a visitor's next requests would be slower if the address has an account.
    """

    def work() -> None:
        if answer_reset_requests(registry):
            wake_mail()

    interval_s = registry.store_settings.reset_queue_seconds
    return IntervalTask("reset-requests", work, interval_s=interval_s, retry_s=interval_s)


def answer_reset_requests(registry: Registry) -> int:
    """Answer the next requests, at most MAX_ANSWERED, each in its own transaction. Returns how many.

    A failure is logged, and the request is retried next time. It does not delay the others.
    """
    with service_request(registry) as request:
        queued = request.password_reset_service.queued()
    answered = 0
    for request_id in queued:
        try:
            run_in_transaction(registry, partial(_answer, request_id))
            answered += 1
        except Exception:
            log.exception("event=reset-request-error request=%s", request_id)
    return answered


def _answer(request_id: str, request: Request) -> None:
    request.password_reset_service.answer(request_id)


def answer_all_reset_requests(registry: Registry) -> None:
    """Answer all waiting requests."""
    while answer_reset_requests(registry):
        pass
