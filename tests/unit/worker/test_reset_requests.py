"""When the worker answers requests for a password reset link."""

import time

import pytest

from album_store.bin.open_store import store_services
from album_store.data.reset_request import ResetRequest
from album_store.services.account.password_reset_service import PasswordResetService
from album_store.worker import make_worker
from album_store.worker.reset_requests import make_reset_task
from tests.support.factories import add_account


@pytest.fixture
def wakes() -> list[str]:
    """A list with one entry each time the mail worker is woken."""
    return []


def queue_up(registry, email="alice@example.org"):
    with registry.db_sessions.begin() as dbsession:
        dbsession.add(ResetRequest(email=email))


def waiting(registry):
    with registry.db_sessions.read() as dbsession:
        return dbsession.query(ResetRequest).count()


@pytest.mark.parametrize(("setting", "seconds"), [({}, 10), ({"reset.queue_seconds": "3"}, 3)])
def test_reset_requests_are_answered_at_fixed_intervals(settings, monkeypatch, wakes, setting, seconds):
    now = round(time.monotonic())  # whole and half seconds add up without rounding errors
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with store_services(settings | setting) as registry:
        task = make_reset_task(registry, lambda: wakes.append("mail"))
        task.run_if_due()
        for _ in range(3):
            queue_up(registry)
            now += seconds - 0.5
            task.run_if_due()
            assert waiting(registry) == 1
            now += 0.5
            task.run_if_due()
            assert waiting(registry) == 0
    assert wakes == ["mail"] * 3


def test_the_worker_of_a_store_has_the_reset_task(settings):
    with store_services(settings) as registry:
        names = [task.name for task in make_worker(registry)._tasks]
        payments = ["payments", "payment-events", "refunds", "money-watch"]
        assert names == ["purge", "reset-requests", "pictures", *payments]


def test_a_failed_reset_request_is_retried_and_does_not_delay_others(settings, monkeypatch, caplog, wakes):
    with store_services(settings) as registry:
        add_account(registry.db_sessions, "a hash")
        add_account(registry.db_sessions, "a hash", "bob@example.org")
        queue_up(registry)
        queue_up(registry, "bob@example.org")
        create = PasswordResetService.create_reset_code

        def fail_for_alice(self, email, client) -> None:
            if email.startswith("alice"):
                raise RuntimeError("the disk is full")
            create(self, email, client)

        with monkeypatch.context() as patch:
            patch.setattr(PasswordResetService, "create_reset_code", fail_for_alice)
            make_reset_task(registry, lambda: wakes.append("mail")).run_if_due()
        assert waiting(registry) == 1
        assert "event=reset-request-error" in caplog.text
        make_reset_task(registry, lambda: wakes.append("mail")).run_if_due()
        assert waiting(registry) == 0
