"""The journey of a visitor through two server processes on PostgreSQL, of which one is killed at a time."""

from pathlib import Path

import pytest

from tests.browser.visitor import Visitor
from tests.support.checkout import CHECKOUT
from tests.support.database_servers import PostgresqlServer, database_server
from tests.support.needs import needs_server
from tests.support.nginx import NGINX
from tests.support.running_store import RunningStore, free_port
from tests.support.site_of_processes import running_site, site_behind_nginx

pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
    needs_server(PostgresqlServer),
]
ALBUM = "Rain on Zinc"
SQLITE = "sqlite:///%(here)s/album_store.sqlite"


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def site(browser, tmp_path, port):
    """Two server processes and a worker behind nginx."""
    ini = (CHECKOUT / "development.ini").read_text("utf-8")
    for old, new in {
        "listen = localhost:6543": "listen = 127.0.0.1:%(http_port)s",
        "localhost:6543": f"localhost:{port}",
        "mail.delivery = mailbox": "mail.delivery = mailbox\nmail.worker = process",
    }.items():
        assert old in ini
        ini = ini.replace(old, new)
    with database_server(PostgresqlServer) as server:
        ini = ini.replace(SQLITE, server.url)
        with running_site(tmp_path, ini) as site, site_behind_nginx(site, port):
            yield site


@pytest.fixture
def visitor(browser, site, port):
    """A visitor who meets no error."""
    with browser.new_context(base_url=f"http://localhost:{port}") as context:
        visitor = Visitor(context.new_page(), RunningStore(f"http://localhost:{port}", Path(site.folder), 0))
        yield visitor
    assert visitor.watch.complaints == []


def test_a_visitor_notices_nothing_while_one_process_after_the_other_is_killed(site, visitor):
    page = visitor.page
    visitor.go("/account/register")
    visitor.fill(email=visitor.email, password=visitor.password, confirm_password=visitor.password)
    site.kill(0)
    visitor.press("Register")
    visitor.sees_heading("Check your email")
    visitor.follow_mail("Confirm your email address")
    site.start(0)
    site.kill(1)
    visitor.press("Confirm and sign in")
    visitor.sees_flash_message("Welcome.")
    page.get_by_role("link", name="Account").click()
    visitor.sees_heading("Your account")
    visitor.go("/albums")
    site.start(1)
    site.kill(0)
    page.get_by_role("link", name=ALBUM, exact=True).click()
    visitor.sees_heading(ALBUM)
    visitor.sign_out()
    visitor.sign_in()
