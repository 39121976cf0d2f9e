"""The health check for monitors."""

import pytest

from album_store.data.outgoing_mail import OutgoingMail
from tests.support.outage import lost_database


@pytest.fixture
def local_browser(store):
    """A browser on the machine that runs the store."""
    return store.browser(REMOTE_ADDR="127.0.0.1")


def test_a_stranger_sees_no_email_figures(store, testapp):
    store.add(OutgoingMail(kind="x", recipient="alice@example.org", subject="x"))
    assert testapp.get("/health").json == {"database": "reachable"}


def test_a_healthy_store_says_so(local_browser):
    answer = local_browser.get("/health")
    assert answer.json == {"database": "reachable", "mail": {"waiting": 0, "oldest_seconds": 0, "failed": 0}}
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_waiting_email_is_counted(store, local_browser):
    store.add(OutgoingMail(kind="x", recipient="alice@example.org", subject="x"))
    assert local_browser.get("/health").json["mail"]["waiting"] == 1


def test_an_unreachable_database_is_reported_as_503(store, testapp):
    with lost_database(store):
        answer = testapp.get("/health", status=503)
    assert answer.json == {"database": "unreachable"}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.every_database
def test_the_store_recovers_when_the_database_does(store, testapp):
    with lost_database(store):
        testapp.get("/health", status=503)
    testapp.get("/health", status=200)
    testapp.get("/albums", status=200)
