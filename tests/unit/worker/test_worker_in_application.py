"""How the worker is wired into the application."""

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
    """Makes an application with one page, which mails; its worker looks on its own only once."""
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
    """What the application asks of its worker."""
    calls = []
    monkeypatch.setattr(Worker, "start", lambda _worker: calls.append("start"))
    monkeypatch.setattr(mail_worker.MailWorker, "wake", lambda _worker: calls.append("wake"))
    return calls


def test_mail_leaves_soon_after_the_page_that_wrote_it(make_app, tmp_path):
    make_app("thread").post("/post")
    deadline = time.monotonic() + 5
    while not list(tmp_path.glob("mailbox/*.eml")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(list(tmp_path.glob("mailbox/*.eml"))) == 1


def test_a_page_that_is_committed_wakes_the_worker(make_app, calls):
    app = make_app("thread")
    app.post("/post")
    assert calls == ["start", "wake"]


def test_a_page_that_is_rolled_back_mails_nothing_and_wakes_nobody(make_app, calls):
    app = make_app("thread")
    app.post("/post?fail=in the view", status=400)
    assert calls == ["start"]
    assert app.app.registry.worker.mail.deliver_due() == 0


def test_a_page_that_cannot_be_committed_mails_nothing_and_wakes_nobody(make_app, calls):
    app = make_app("thread")
    with pytest.raises(IntegrityError):
        app.post("/post?fail=in the commit")
    assert calls == ["start"]
    assert app.app.registry.worker.mail.deliver_due() == 0


def test_a_page_that_only_reads_wakes_nobody(make_app, calls):
    app = make_app("thread")
    app.get("/elsewhere", status=404)
    assert calls == ["start"]


def test_with_a_process_of_its_own_nothing_runs_here(make_app, calls):
    app = make_app("process")
    app.post("/post")
    assert calls == []
    assert app.app.registry.worker.mail.deliver_due() == 1
