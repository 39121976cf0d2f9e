"""Several workers at once: nothing is done twice, and none fails."""

import itertools
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from pyramid_mailer.message import Message
from sqlalchemy import func, select, true

from album_store.bin.open_store import store_services
from album_store.data.account import Account
from album_store.data.known_browser import KnownBrowser
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_registration import PendingRegistration
from album_store.data.reset_request import ResetRequest
from album_store.data.types import utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import hash_secret
from album_store.services import purge_service
from album_store.services.account.registration_service import RegistrationLink
from album_store.services.account.secret_links import DeadLink, DeadLinkError
from album_store.services.purge_service import PurgeRule
from album_store.worker import daily_tasks
from album_store.worker.daily_tasks import purge
from album_store.worker.mail_worker import MailWorker
from album_store.worker.reset_requests import answer_reset_requests
from tests.support.factories import add_account, make_link
from tests.support.overlap import overlap
from tests.support.store_driver import together

pytestmark = pytest.mark.every_database


@pytest.fixture
def registries(settings, registry):
    """The registries of several processes."""
    with store_services(settings) as second, store_services(settings) as third:
        yield registry, second, third


def add(registry, *rows: Any) -> list[str]:
    with registry.db_sessions.begin() as dbsession:
        dbsession.add_all(rows)
        dbsession.flush()
        return [row.id for row in rows if hasattr(row, "id")]


def count(registry, model):
    with registry.db_sessions.read() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(model))


def test_simultaneous_workers_purge_each_row_once(registries, monkeypatch):
    monkeypatch.setattr(purge_service, "BATCH", 2)
    monkeypatch.setattr(daily_tasks, "BATCH", 2)
    registry, past = registries[0], utc_now() - timedelta(days=2)
    link = {"email": "carol@example.org", "password_hash": "x", "created_date": past}
    add(registry, *[make_link(PendingRegistration, **link) for _ in range(11)])
    accounts = [add_account(registry.db_sessions, "x", f"{number}@example.org") for number in range(4)]
    add(registry, *[PendingDeletion(account_id=account_id, due_date=past) for account_id in accounts])
    purged = together(*[lambda one=one: purge(one) for one in registries])
    totals = Counter[str]()
    for one in itertools.chain(*purged):
        totals[one.table] += one.count
    assert (totals["Account"], totals["PendingRegistration"]) == (4, 11)
    assert count(registry, Account) == count(registry, PendingRegistration) == 0
    assert count(registry, OutgoingMail) == 4


def test_simultaneous_workers_send_each_email_once(registries):
    class Mailer:
        def __init__(self) -> None:
            self.sent: list[str] = []

        def send_immediately(self, message: Message) -> None:
            self.sent.append(message.extra_headers["Message-ID"])

    mailer = Mailer()
    mails = [OutgoingMail(kind="test-mail", recipient="a@example.org", subject="x", text_body="x") for _ in range(12)]
    add(registries[0], *mails)
    workers = [MailWorker(one.db_sessions, mailer, one.store_settings) for one in registries]
    assert sum(together(*[worker.deliver_due for worker in workers])) == 12
    assert len(mailer.sent) == len(set(mailer.sent)) == 12


def test_simultaneous_workers_answer_each_reset_request_once(registries, caplog):
    for number in range(4):
        add_account(registries[0].db_sessions, "x", f"{number}@example.org")
    add(registries[0], *[ResetRequest(email=f"{number}@example.org") for number in range(4)])
    together(*[lambda one=one: answer_reset_requests(one) for one in registries])
    with registries[0].db_sessions.read() as dbsession:
        recipients = dbsession.scalars(select(OutgoingMail.recipient)).all()
    assert sorted(recipients) == [f"{number}@example.org" for number in range(4)]
    assert count(registries[0], ResetRequest) == 0
    assert "event=reset-request-error" not in caplog.text


def test_a_row_in_use_is_not_purged(registry):
    alice = add_account(registry.db_sessions, "x")
    an_hour_ago = utc_now() - timedelta(hours=1)
    add(registry, KnownBrowser(account_id=alice, token_hash=hash_secret("x" * 43), last_used_date=an_hour_ago))
    rule = PurgeRule(KnownBrowser, lambda *_: KnownBrowser.last_used_date <= an_hour_ago)
    removed = overlap(
        registry,
        lambda request: request.known_browser_service.remember(alice, ("x" * 43,)),
        lambda request: request.purge_service.remove_batch(rule),
    )
    assert removed == 0
    assert count(registry, KnownBrowser) == 1


def test_a_link_that_is_being_purged_is_unknown(registry):
    [link_id] = add(registry, make_link(PendingRegistration, email="carol@example.org", password_hash="x"))
    link = RegistrationLink(link_id, "carol@example.org", "", "x", "x")
    with pytest.raises(DeadLinkError) as caught:
        overlap(
            registry,
            lambda request: request.purge_service.remove_batch(PurgeRule(PendingRegistration, lambda *_: true())),
            lambda request: request.registration_service.confirm(link, Client()),
        )
    assert caught.value.reason is DeadLink.UNKNOWN
    assert count(registry, Account) == 0
