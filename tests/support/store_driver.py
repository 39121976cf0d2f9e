"""Uses a store as its visitors do, and reads and changes its database."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import select
from webtest import TestApp, TestResponse

from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.web.edge import Edge
from album_store.infrastructure.web.kept_pages import PageCache
from album_store.worker.reset_requests import answer_reset_requests
from tests.support.browser import Browser
from tests.support.factories import PASSWORD


class StoreDriver:
    """One application with its database."""

    def __init__(self, app: Edge) -> None:
        self.app = app
        self.registry = app.registry
        self.db_sessions = app.registry.db_sessions

    def browser(self, **environ: Any) -> TestApp:
        """Return a browser without cookies."""
        return Browser(
            self.app, extra_environ={"REMOTE_ADDR": "192.0.2.7", "HTTP_USER_AGENT": "TestBrowser", **environ}
        )

    def signed_in(self, email: str = "alice@example.org", password: str = PASSWORD) -> TestApp:
        """Return a browser that has signed in."""
        browser = self.browser()
        assert sign_in(browser, email, password).status_int == 303
        return browser

    def add(self, *things: Any) -> None:
        """Add rows to the database."""
        with self.db_sessions.begin() as dbsession:
            dbsession.add_all(things)

    def forget_pages(self) -> None:
        """Drop the kept pages, as a restart does."""
        self.registry.open_pages, self.registry.whole_pages = PageCache(), PageCache()

    def rows(self, model: type, *conditions: Any) -> list[Any]:
        """Return the rows of a table, detached from the session."""
        with self.db_sessions.read() as dbsession:
            found = list(dbsession.scalars(select(model).where(*conditions).order_by(model.created_date)))
            dbsession.expunge_all()
            return found

    def mails(self, recipient: str | None = None) -> list[OutgoingMail]:
        """Return the emails in the outbox, oldest first, except those without a recipient, which are never sent."""
        return [mail for mail in self.rows(OutgoingMail) if mail.recipient and recipient in (None, mail.recipient)]

    def mailed_link(self, recipient: str = "alice@example.org", kind: str | None = None) -> str:
        """Return the path of the first link in the newest email to a recipient."""
        mail = [mail for mail in self.mails(recipient) if kind in (None, mail.kind)][-1]
        return self.link_in(mail)

    def link_in(self, mail: OutgoingMail) -> str:
        """Return the path of the first link in an email."""
        return re.search(rf"{re.escape(self.registry.store_settings.site_url)}(/\S+)", mail.text_body)[1]

    def change(self, model: type, row_id: Any, **values: Any) -> None:
        """Change a row directly in the database."""
        with self.db_sessions.begin() as dbsession:
            row = dbsession.get_one(model, row_id)
            for name, value in values.items():
                setattr(row, name, value)

    def answer_resets(self) -> None:
        """Process the waiting requests for a reset link, as the worker does."""
        answer_reset_requests(self.registry)

    def deliver_mail(self) -> None:
        """Send the emails that are due, as the worker does."""
        self.registry.worker.mail.deliver_due()

    def dump(self) -> str:
        """Return the whole content of the database as text."""
        with self.db_sessions.read() as dbsession:
            tables = SqlAlchemyBase.metadata.sorted_tables
            rows = [dbsession.execute(table.select().order_by(*table.primary_key)).all() for table in tables]
        return repr(dict(zip(map(str, tables), rows, strict=True)))


def form_at(page: TestResponse, action: str) -> Any:
    """Return the form of a page that posts to a path."""
    return next(form for form in page.forms.values() if form.action == action)


def confirmation_form(page: TestResponse) -> Any:
    """Return the form that posts to the page's own address, as on pages that emailed links open."""
    return next(form for form in page.forms.values() if not form.action)


def shown(page: TestResponse) -> str:
    """Return the main part of a page, without CSRF tokens, which differ for each browser."""
    for token in page.html.find_all("input", {"name": "csrf_token"}):
        token.decompose()
    return str(page.html.main)


def together(*tasks: Callable[[], Any]) -> list[Any]:
    """Run several tasks at the same time. Returns their results in order."""
    gate = threading.Barrier(len(tasks))

    def start(task: Callable[[], Any]) -> Any:
        gate.wait(10)
        return task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        return list(threads.map(start, tasks))


def sign_in(browser: TestApp, email: str = "alice@example.org", password: str = PASSWORD) -> TestResponse:
    """Fill in and submit the sign-in form."""
    form = form_at(browser.get("/account/signin"), "/account/signin")
    form["email"], form["password"] = email, password
    return form.submit(expect_errors=True)


def register(browser: TestApp, email: str, password: str = PASSWORD, name: str = "") -> TestResponse:
    """Fill in and submit the registration form."""
    form = form_at(browser.get("/account/register"), "/account/register")
    form["email"], form["display_name"] = email, name
    form["password"] = form["confirm_password"] = password
    return form.submit(expect_errors=True)


def ask_for_reset(browser: TestApp, email: str = "alice@example.org") -> TestResponse:
    """Fill in and submit the form that requests a reset link, and process the request as the worker does."""
    form = form_at(browser.get("/account/forgot_password"), "/account/forgot_password")
    form["email"] = email
    response = form.submit(expect_errors=True)
    answer_reset_requests(browser.app.registry)
    return response


def set_new_password(browser: TestApp, password: str, confirm: str | None = None) -> TestResponse:
    """Fill in and submit the form that a reset link opens."""
    form = form_at(browser.get("/account/reset_password"), "/account/reset_password")
    form["password"], form["confirm_password"] = password, confirm or password
    return form.submit(expect_errors=True)
