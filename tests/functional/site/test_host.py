"""The store answers only under its own host name and trusts no other."""

import pytest

from album_store.infrastructure.web.headers import HEADERS
from tests.support.factories import PASSWORD, add_account
from tests.support.outage import lost_database
from tests.support.store_driver import form_at

SITE = "https://music.example.org"
PRODUCTION = {
    "store__environment": "production",
    "store__site_url": SITE,
    "mail__delivery": "smtp",
    "payments__gateway": "none",
}
PATHS = ["/", "/account", "/account/signin", "/nothing", "/static/css/base.css", "/robots.txt", "/health/", "/healthy"]


@pytest.mark.parametrize("host", ["evil.test", "localhost", "203.0.113.9", "music.example.org, evil.test", ""])
def test_in_production_another_host_is_refused_at_every_address(make_store, host):
    browser = make_store(**PRODUCTION).browser(HTTP_HOST=host)
    for path in PATHS:
        answer = browser.get(path, status=421 if host and "," not in host else 400)
        assert f"This is not the store's address. Open {SITE} instead." in answer.text
        assert "evil" not in str(answer.headers) + answer.text
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["Strict-Transport-Security"]
        assert (answer.content_type, answer.headers["Cache-Control"]) == ("text/plain", "no-store")


def test_a_form_for_another_host_changes_nothing(store, alice):
    browser = store.browser()
    form = form_at(browser.get("/account/signin"), "/account/signin")
    fields = dict(form.submit_fields()) | {"email": "alice@example.org", "password": PASSWORD}
    before = store.dump()
    browser.post("/account/signin", fields, extra_environ={"HTTP_HOST": "evil.test"}, status=421)
    assert store.dump() == before
    browser.post("/account/signin", fields, status=303)


def test_head_gets_no_body(testapp):
    assert testapp.head("/", extra_environ={"HTTP_HOST": "evil.test"}, status=421).body == b""


@pytest.mark.parametrize("host", ["evil.test", "192.168.1.5:6543", "localhost.evil.test", "0.0.0.0:6543"])
def test_dns_rebinding_cannot_read_the_mailbox(store, host):
    for path in ("/mail", "/mail/none.eml", "/mail/none.eml/html"):
        store.browser(HTTP_HOST=host).get(path, status=421)
    store.browser().get("/mail", status=200)


def test_a_refused_host_in_development_is_told_which_setting_to_change(make_store):
    site_url = "http://192.168.1.5:6543"
    refusal = make_store().browser(HTTP_HOST="192.168.1.5:6543").get("/", status=421)
    assert "set store.site_url in its ini file to the address that you use" in refusal.text
    make_store(store__site_url=site_url).browser(HTTP_HOST="192.168.1.5:6543").get("/", status=200)


@pytest.mark.parametrize("host", ["10.0.0.7", "10.0.0.7:6543", "evil.test", ""])
def test_health_is_answered_under_any_host(make_store, host):
    store = make_store(**PRODUCTION)
    store.browser(HTTP_HOST=host).get("/health", status=200)
    with lost_database(store):
        store.browser(HTTP_HOST=host).get("/health", status=503)


def test_a_refused_host_is_logged_unless_it_is_invalid(testapp, caplog):
    for host in ("Evil.test:443", "evil.test\tevent=signin", "a" * 1_000):
        testapp.get("/", extra_environ={"HTTP_HOST": host}, expect_errors=True)
    assert [message for message in caplog.messages if "host-refused" in message] == [
        "event=host-refused ip=192.0.2.7 host=evil.test",
        "event=host-refused ip=192.0.2.7 host=",
        f"event=host-refused ip=192.0.2.7 host={'a' * 255}",
    ]


@pytest.mark.parametrize("host", ["music.example.org", "Music.Example.Org.:6543"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("environment", [PRODUCTION, {"store__site_url": SITE}], ids=["production", "development"])
def test_a_redirect_leads_to_the_configured_site_whatever_the_proxy_says(make_store, environment, scheme, host):
    forwarded = {"HTTP_X_FORWARDED_HOST": "evil.test", "HTTP_X_FORWARDED_PROTO": "http"}
    browser = make_store(**environment).browser(**{"wsgi.url_scheme": scheme, "HTTP_HOST": host, **forwarded})
    assert browser.get("/account", status=303).headers["Location"] == f"{SITE}/account/signin?next=%2Faccount"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "[::1]:6543", "localhost:6543"])
def test_in_development_a_redirect_stays_on_the_requested_loopback_address(store, host):
    answer = store.browser(HTTP_HOST=host).get("/account", status=303)
    assert answer.headers["Location"] == f"http://{host}/account/signin?next=%2Faccount"


@pytest.mark.parametrize("origin", ["https://evil.test", "http://music.example.org", "null", "https://localhost"])
@pytest.mark.parametrize("environment", [PRODUCTION, {"store__site_url": SITE}], ids=["production", "development"])
def test_a_foreign_origin_is_refused_even_if_the_proxy_does_not_report_https(make_store, environment, origin):
    store = make_store(**environment)
    add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD))
    browser = store.browser(**{"wsgi.url_scheme": "http", "HTTP_HOST": "music.example.org"})
    token = form_at(browser.get(f"{SITE}/account/signin"), "/account/signin")["csrf_token"].value
    fields = {"csrf_token": token, "email": "alice@example.org", "password": PASSWORD}
    cookie = {"Cookie": f"__Host-csrf={token}"}
    browser.post("/account/signin", fields, headers=cookie | {"Origin": origin}, status=400)
    browser.post("/account/signin", fields, headers=cookie | {"Origin": SITE}, status=303)
