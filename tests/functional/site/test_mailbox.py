"""The mailbox of a store in development."""

from datetime import timedelta

import pytest

from album_store.services.mail_service import MailService

LINK = "http://localhost:6543/account/confirm/x"


@pytest.fixture
def app(make_app):
    """A store that delivers to the mailbox."""
    return make_app(**{"mail.delivery": "mailbox"})


@pytest.fixture
def mail_page(app):
    """The page of an email, opened from the list."""
    registry = app.app.registry
    with registry.db_sessions.begin() as dbsession:
        mail = MailService(dbsession, registry.mail_templates)
        mail.post("confirm-registration", "alice@example.org", link=LINK, lifetime=timedelta(hours=24))
    assert registry.worker.mail.deliver_due() == 1
    page = app.get("/mail")
    assert "alice@example.org" in page.html.main.text
    return page.click("Confirm your email address", index=0)


def test_an_empty_mailbox_says_so(app):
    assert "There are no emails yet." in app.get("/mail").html.main.text


def test_the_link_in_an_email_can_be_followed(mail_page):
    link = mail_page.html.find("pre").find("a", href=LINK)
    assert link.text == LINK
    assert "Message-ID" in mail_page.html.find("dl").text


def test_the_html_part_is_framed_and_its_links_leave_the_frame(app, mail_page):
    frame = mail_page.html.find("iframe")
    assert "allow-scripts" not in frame["sandbox"]
    assert "frame-src 'self'" in mail_page.headers["Content-Security-Policy"]
    part = app.get(frame["src"])
    assert part.html.base["target"] == "_top"
    assert part.html.find("a", href=LINK)
    assert part.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "frame-ancestors 'self'" in part.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["none.eml", "..%2Fstore.sqlite", "%2e%2e", "store.sqlite"])
def test_an_unknown_email_is_not_found(app, name):
    app.get(f"/mail/{name}", status=404)
    app.get(f"/mail/{name}/html", status=404)


def test_a_store_without_a_mailbox_has_no_mailbox_page(make_app):
    make_app(**{"mail.delivery": "smtp"}).get("/mail", status=404)
