"""Security and cache headers of every answer."""

import pytest

from tests.support.store_driver import form_at, sign_in

PROMISED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
ANSWERS = [
    ("GET", "/", 200),
    ("HEAD", "/", 200),
    ("GET", "/albums", 200),
    ("GET", "/albums.atom", 200),
    ("GET", "/search?q=a", 200),
    ("GET", "/account", 303),
    ("GET", "/account/signin", 200),
    ("GET", "/account/register", 200),
    ("GET", "/account/forgot_password", 200),
    ("GET", "/account/reset_password", 404),
    ("GET", "/robots.txt", 200),
    ("GET", "/styles.css", 200),
    ("GET", "/static/css/base.css", 200),
    ("GET", "/health", 200),
    ("GET", "/nothing", 404),
    ("GET", "/search?q=%ff", 400),
    ("POST", "/account/signin", 400),
    ("PUT", "/", 405),
]


def policy_of(answer):
    """The Content-Security-Policy as a dictionary of its directives."""
    directives = answer.headers["Content-Security-Policy"].split("; ")
    return {name: sources for name, _, sources in (directive.partition(" ") for directive in directives)}


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_the_security_headers(testapp, method, path, status):
    answer = testapp.request(path, method=method, status=status)
    assert {name: answer.headers.get(name) for name in PROMISED} == PROMISED
    policy = policy_of(answer)
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in answer.headers
    assert "Server" not in answer.headers
    assert "X-Powered-By" not in answer.headers


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_over_https_every_answer_has_strict_transport_security(make_store, method, path, status):
    browser = make_store(store__site_url="https://music.example.org").browser()
    answer = browser.request(path, method=method, status=status)
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


@pytest.mark.parametrize(("method", "path", "status"), [answer for answer in ANSWERS if "account" in answer[1]])
def test_no_account_page_is_cached(testapp, method, path, status):
    answer = testapp.request(path, method=method, status=status)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("path", ["/", "/albums", "/search?q=a", "/account", "/nothing"])
def test_no_signed_in_page_is_cached(store, alice, path):
    answer = store.signed_in().get(path, expect_errors=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


def test_a_public_page_is_cached_but_revalidated(testapp):
    answer = testapp.get("/albums")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Cookie" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers


def test_the_session_cookie_is_never_sent_with_a_cacheable_page(store, alice, testapp):
    answer = sign_in(testapp)
    assert "session=" in str(answer.headers)
    assert answer.headers["Cache-Control"] == "no-store"
    answer = form_at(testapp.get("/"), "/account/signout").submit()
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/albums", "/search", "/account/signin", "/account/register", "/nothing"])
def test_no_page_has_a_script_or_a_style_that_the_policy_forbids(testapp, path):
    page = testapp.get(path, expect_errors=True)
    assert page.html.find_all("style") == page.html.select("[style]") == []
    for script in page.html.find_all("script"):
        assert script.get("src", "").startswith("/") or script["type"] == "application/ld+json"
    handlers = [name for tag in page.html.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert handlers == []


@pytest.mark.parametrize(
    ("path", "action", "autocomplete"),
    [
        ("/account/signin", "/account/signin", {"email": "username", "password": "current-password"}),
        (
            "/account/register",
            "/account/register",
            {"email": "username", "password": "new-password", "confirm_password": "new-password"},
        ),
        ("/account/forgot_password", "/account/forgot_password", {"email": "username"}),
    ],
)
def test_password_managers_can_tell_the_fields_apart(testapp, path, action, autocomplete):
    page = testapp.get(path)
    form = page.html.find("form", action=action)
    assert {name: form.find("input", {"name": name})["autocomplete"] for name in autocomplete} == autocomplete
