"""A request whose transaction loses against another one runs again."""

import pytest
from pyramid_retry import IBeforeRetry
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from album_store.infrastructure.web.retries import MAX_RUNS
from album_store.services.account.attempt_service import REGISTER
from album_store.services.catalogue.albums_service import AlbumsService
from tests.support.databases import SERVERS
from tests.support.lost_transactions import losing
from tests.support.store_driver import register


@pytest.fixture
def locked(store, monkeypatch):
    """Keeps the database locked until so many runs of a request have failed."""
    monkeypatch.setattr(store.db_sessions.database, "lock_timeout_ms", 20)
    held = []

    def locked(runs: int) -> list[int]:
        transaction = store.db_sessions.engine.begin()
        transaction.__enter__()
        held.append(transaction)
        failed = []

        def release(_event: object) -> None:
            failed.append(1)
            if len(failed) == runs:
                held.pop().__exit__(None, None, None)

        store.registry.registerHandler(release, (IBeforeRetry,))
        return failed

    yield locked
    for transaction in held:
        transaction.__exit__(None, None, None)


def test_a_request_that_finds_the_database_locked_runs_again(store, locked, caplog):
    testapp = store.browser()
    testapp.get("/account/register")
    failed = locked(MAX_RUNS - 1)
    assert register(testapp, "carol@example.org").status_int == 303
    assert len(failed) == MAX_RUNS - 1
    assert [mail.kind for mail in store.mails("carol@example.org")] == ["confirm-registration"]
    assert "event=database-busy" not in caplog.text
    assert "event=fault" not in caplog.text


@pytest.mark.every_database(*SERVERS)  # SQLite has no deadlocks
def test_a_request_that_meets_a_deadlock_runs_again(store, caplog):
    with losing(MAX_RUNS - 1, "INSERT", "PendingRegistration"):
        assert register(store.browser(), "carol@example.org").status_int == 303
    assert [mail.kind for mail in store.mails("carol@example.org")] == ["confirm-registration"]
    assert "event=fault" not in caplog.text


def test_each_request_counts_once_however_often_it_runs(store, locked, monkeypatch):
    counted = []
    hit = type(store.registry.rate_limiter).hit
    monkeypatch.setattr(
        type(store.registry.rate_limiter),
        "hit",
        lambda self, limit, who: counted.append(limit) or hit(self, limit, who),
    )
    locked(MAX_RUNS - 1)
    assert register(store.browser(), "carol@example.org").status_int == 303
    assert counted.count(REGISTER.client) == 1
    assert [limit.name for limit in counted].count("form-client") <= 1
    assert len(counted) == len(set(counted))


def test_after_the_last_run_the_visitor_is_told_to_come_back(store, locked, caplog):
    failed = locked(MAX_RUNS)
    answer = register(store.browser(), "carol@example.org")
    assert answer.status_int == 503
    assert answer.headers["Retry-After"]
    assert len(failed) == MAX_RUNS - 1
    assert store.mails() == []
    assert caplog.text.count("event=database-busy") == 1


def test_a_request_that_does_not_run_again_is_logged_too(store, testapp, caplog, monkeypatch):
    """As when no connection is free, or the server is down."""

    def fail(*_: object, **_options: object) -> None:
        raise PoolTimeoutError

    monkeypatch.setattr(AlbumsService, "list_albums", fail)
    testapp.get("/albums", status=503)
    assert caplog.text.count("event=database-busy") == 1


def test_a_body_that_is_too_large_is_not_kept_for_another_run(store):
    assert store.browser().post("/account/register", "x" * 70_000, status=413)
