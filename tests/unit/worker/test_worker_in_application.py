"""The worker as part of the application."""

import time
from datetime import timedelta

import pytest
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPBadRequest
from pyramid.request import Request
from pyramid.response import Response
from sqlalchemy.exc import IntegrityError
from webtest import TestApp

from album_store import include_services
from album_store.data.outgoing_mail import OutgoingMail
from album_store.services.mail_service import MailService
from album_store.worker import mail_worker
from album_store.worker.worker import Worker


def post_mail(request: Request) -> Response:
    mail = MailService(request.dbsession, request.registry.mail_templates)
    mail.post("confirm-email", "alice@example.org", link="https://music.example/x", lifetime=timedelta(hours=24))
    if request.params.get("fail") == "in the view":
        raise HTTPBadRequest
    if request.params.get("fail") == "in the commit":
        request.dbsession.add_all([OutgoingMail(id="the same"), OutgoingMail(id="the same")])
    return Response("ok")


@pytest.fixture
def make_app(tmp_path, monkeypatch):
    """Makes an application with one page, which posts an email; its worker polls only once unless it is woken."""
    monkeypatch.setattr(mail_worker, "PAUSE_S", 60)
    apps = []

    def make_app(worker: str) -> TestApp:
        settings = {
            "store.environment": "development",
            "store.site_url": "http://localhost:6543",
            "sqlalchemy.url": f"sqlite:///{tmp_path}/store.sqlite",
            "media.folder": f"{tmp_path}/media",
            "mail.delivery": "mailbox",
            "mail.mailbox_folder": f"{tmp_path}/mailbox",
            "mail.sender": "hello@salt.example",
            "mail.worker": worker,
        }
        with Configurator(settings=settings) as config:
            config.include(include_services)
            config.include("album_store.worker")
            config.add_route("post", "/post")
            config.add_view(post_mail, route_name="post", writes=True)
        apps.append(TestApp(config.make_wsgi_app()))
        return apps[-1]

    yield make_app
    for app in apps:
        app.app.registry.worker.stop()
        app.app.registry.db_sessions.dispose()


@pytest.fixture
def calls(monkeypatch):
    """Records when the application starts or wakes its worker."""
    calls = []
    monkeypatch.setattr(Worker, "start", lambda _worker: calls.append("start"))
    monkeypatch.setattr(mail_worker.MailWorker, "wake", lambda _worker: calls.append("wake"))
    return calls


def test_an_email_is_sent_soon_after_the_request_that_posted_it(make_app, tmp_path):
    make_app("thread").post("/post")
    deadline = time.monotonic() + 5
    while not list(tmp_path.glob("mailbox/*.eml")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(list(tmp_path.glob("mailbox/*.eml"))) == 1


def test_a_committed_request_wakes_the_worker(make_app, calls):
    app = make_app("thread")
    app.post("/post")
    assert calls == ["start", "wake"]


def test_a_rolled_back_request_sends_no_email_and_does_not_wake_the_worker(make_app, calls):
    app = make_app("thread")
    app.post("/post?fail=in the view", status=400)
    assert calls == ["start"]
    assert app.app.registry.worker.mail.deliver_due() == 0


def test_a_failed_commit_sends_no_email_and_does_not_wake_the_worker(make_app, calls):
    app = make_app("thread")
    with pytest.raises(IntegrityError):
        app.post("/post?fail=in the commit")
    assert calls == ["start"]
    assert app.app.registry.worker.mail.deliver_due() == 0


def test_a_request_that_only_reads_does_not_wake_the_worker(make_app, calls):
    app = make_app("thread")
    app.get("/elsewhere", status=404)
    assert calls == ["start"]


def test_with_a_separate_worker_process_the_application_starts_no_worker(make_app, calls):
    app = make_app("process")
    app.post("/post")
    assert calls == []
    assert app.app.registry.worker.mail.deliver_due() == 1
