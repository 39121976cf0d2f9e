"""Malformed requests get an error page and never cause a fault."""

import io

import pytest
from pyramid.request import Request

from tests.support.factories import PASSWORD
from tests.support.store_driver import form_at

SECURITY_HEADERS = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
}
FORM = "application/x-www-form-urlencoded"
CSRF = {"HTTP_COOKIE": f"csrf={'a' * 43}", "HTTP_X_CSRF_TOKEN": "a" * 43}


def send(store, method, target, body=b"", **environ: str):
    """Send a WSGI request with exactly these bytes, which an ordinary client would refuse to send."""
    path, _, query = target.partition("?")
    answer = {}

    def start_response(status, headers, _exc_info=None) -> None:
        answer.update(status=int(status[:3]), headers=dict(headers))

    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "localhost",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    } | environ
    answer["text"] = b"".join(store.app(environ, start_response)).decode()
    return answer


def assert_refused(store, answer, status, caplog):
    assert answer["status"] == status
    assert "Browse all albums" in answer["text"]
    assert "Test Records" in answer["text"]
    for trace in ("Traceback", "Error(", 'File "', "pyramid", "webob"):
        assert trace not in answer["text"]
    assert set(answer["headers"]) >= SECURITY_HEADERS
    assert "event=fault" not in caplog.text


@pytest.mark.parametrize(
    "target",
    [
        "/albums/\xff",
        "/\xc3",
        "/account/reset_password/\xe2\x82",
        "/static/\xfe\xff",
        "/albums/a\0b",
        "/\0",
        "/account/confirm/\0",
        "/search?q=%ff",
        "/search?%ff=q",
        "/search?q=%00",
        "/search?a%00=q",
        "/account/signin?next=%c3",
        "/albums?page=%ed%a0%80",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_an_undecodable_url_is_refused(store, target, method, caplog):
    answer = send(store, method, target)
    if method == "HEAD":
        assert (answer["status"], answer["text"]) == (400, "")
    else:
        assert_refused(store, answer, 400, caplog)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (f"{FORM}; charset=klingon", b"email=a"),
        (f"{FORM}; charset=utf-16", b"email=a"),
        (f"{FORM}; charset=latin-1", b"email=\xe9"),
        (f"{FORM}; charset=\xff", b"email=a"),
        (FORM, b"email\0=a"),
        (FORM, b"email%00=a"),
    ],
)
def test_an_undecodable_form_is_refused(store, content_type, body, caplog):
    assert_refused(store, send(store, "POST", "/account/signin", body, CONTENT_TYPE=content_type), 400, caplog)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"email=%ff&password=%ff"),
        (FORM, b"email=\xff&password=\xff\xfe"),
        (FORM, b"email=%00&password=%00"),
        (FORM, b"&&&===;;;"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data", b""),
        ("application/json", b""),
        ("", b""),
    ],
)
@pytest.mark.parametrize("path", ["/account/signin", "/account/register", "/account/forgot_password"])
def test_a_form_full_of_rubbish_is_refused(store, path, content_type, body, caplog):
    for environ in ({}, CSRF):
        answer = send(store, "POST", path, body, CONTENT_TYPE=content_type, **environ)
        assert answer["status"] == 400
        assert set(answer["headers"]) >= SECURITY_HEADERS
    assert "event=fault" not in caplog.text
    assert store.mails() == []


NESTED = "".join(
    f'--B{n}\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=B{n + 1}\r\n\r\n'
    for n in range(600)
).encode()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"email=a"),
        ("multipart/form-data; boundary=", b"email=a"),
        ("multipart/form-data; boundary=\xff", b"--\xff\r\n"),
        ("multipart/form-data; boundary=x; charset=klingon", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na\r\n--x--'),
        ("multipart/form-data; boundary=B0", NESTED),
        ("multipart/mixed; boundary=x", b"--x--"),
        ("application/json", b"{}"),
        ("text/plain; charset=klingon", b"email=a"),
        ("", b"email=a"),
        ("/", b"\0\0\0"),
        ("MULTIPART/FORM-DATA; boundary=x", b"--x--"),
        (f"{FORM}, multipart/form-data; boundary=x", b"email=a"),
        (f"multipart/form-data; boundary={FORM}", b"email=a"),
    ],
    ids=lambda value: value[:60],
)
@pytest.mark.parametrize("path", ["/account/signin", "/nothing/here", "/static/css/base.css"])
def test_only_a_form_without_files_is_read(store, path, content_type, body, caplog, monkeypatch):
    monkeypatch.setattr(Request, "POST", None)  # never read
    for csrf in ({}, CSRF):
        answer = send(store, "POST", path, body, CONTENT_TYPE=content_type, **csrf)
        assert_refused(store, answer, 415, caplog)
        assert "The store doesn't accept file uploads." in answer["text"]


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=UTF-8", f"{FORM};"])
def test_the_content_type_of_a_form_can_be_written_in_several_ways(store, alice, content_type):
    body = f"email=alice%40example.org&password={PASSWORD.replace(' ', '+')}".encode()
    assert send(store, "POST", "/account/signin", body, CONTENT_TYPE=content_type, **CSRF)["status"] == 303


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", "&".join(["a"] * 1_001)),
        ("", "&" * 1_000),
        ("&".join(["a"] * 1_001), ""),
        (";".join(["a"] * 1_001), ""),  # WebOb also splits a query at semicolons
        ("&".join(["a"] * 501), "&".join(["a"] * 501)),
    ],
    ids=["form", "nothing but separators", "query", "query with semicolons", "both together"],
)
@pytest.mark.parametrize("path", ["/account/signin", "/nothing/here", "/static/css/base.css"])
def test_more_than_a_thousand_fields_are_refused_before_parsing(store, path, query, body, caplog, monkeypatch):
    for parsed in ("GET", "POST"):
        monkeypatch.setattr(Request, parsed, None)
    for csrf in ({}, CSRF):
        answer = send(store, "POST", f"{path}?{query}", body.encode(), CONTENT_TYPE=FORM, **csrf)
        assert_refused(store, answer, 400, caplog)
        assert "A request can have at most 1,000 fields." in answer["text"]


def test_a_thousand_fields_are_read_and_semicolons_separate_none(store, alice):
    form = f"email=alice%40example.org&password={PASSWORD.replace(' ', '+')}"
    for more in ("&a" * 998, "&a=" + ";" * 5_000):
        answer = send(store, "POST", "/account/signin", f"{form}{more}".encode(), CONTENT_TYPE=FORM, **CSRF)
        assert answer["status"] == 303


def test_the_fields_of_a_query_are_counted_too(store):
    assert send(store, "GET", "/search?" + "&".join(["q=a"] * 1_000))["status"] == 200
    assert send(store, "GET", "/search?" + "&".join(["q=a"] * 1_001))["status"] == 400


def test_invalid_utf_8_in_a_field_is_an_error_of_that_field(store, testapp):
    token = form_at(testapp.get("/account/signin"), "/account/signin")["csrf_token"].value
    page = testapp.post("/account/signin", f"csrf_token={token}&email=%ff&password=%ff", status=400)
    assert "Wrong email address or password" in page.html.select_one(".error-summary").text


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "FOO", "get", "\xff"])
@pytest.mark.parametrize("path", ["/", "/account/signin", "/nothing/here", "/static/css/base.css"])
def test_an_unknown_method_is_refused(store, method, path, caplog):
    answer = send(store, method, path, HTTP_COOKIE="session=secret-cookie-value")
    assert_refused(store, answer, 405, caplog)
    assert answer["headers"]["Allow"] == "GET, HEAD, POST"
    assert "secret-cookie-value" not in answer["text"]


@pytest.mark.parametrize("override", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_cannot_be_overridden(store, alice, override):
    alice_at = store.signed_in()
    alice_at.get("/account/signout", headers={override: "POST"}, status=303)
    alice_at.get("/account/signout?_method=POST", status=303)
    alice_at.get("/account", status=200)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("", 400),
        ("[evil", 400),
        ("evil]:x", 400),
        ("a b", 400),
        ("\xff", 400),
        ("evil.test:99999", 421),
        ("::1", 400),
        ("/", 400),
        ("a@b", 400),
    ],
)
def test_a_garbled_host_is_refused(store, host, status, caplog):
    for target in ("/", "/account", "/account/signin", "/nothing"):
        answer = send(store, "GET", target, HTTP_HOST=host)
        assert answer["status"] == status
        assert set(answer["headers"]) >= SECURITY_HEADERS
    assert "event=fault" not in caplog.text


@pytest.mark.parametrize(
    "cookie", ["\xff\xfe", 'session="\\377"; csrf="\\377"', "=;=;", ";" * 5_000, "session", "\0", "a=b,c"]
)
def test_a_garbled_cookie_breaks_no_page(store, cookie, caplog):
    for target in ("/", "/account", "/account/signin", "/account/reset_password"):
        assert send(store, "GET", target, HTTP_COOKIE=cookie)["status"] in (200, 303, 404)
    assert "event=fault" not in caplog.text


def test_the_user_agent_can_be_any_bytes(store, alice, testapp):
    rubbish = "\xff\xfe\0\x1b[31m<script>" + "x" * 10_000
    form = b"email=alice%40example.org"
    answer = send(store, "POST", "/account/forgot_password", form, CONTENT_TYPE=FORM, HTTP_USER_AGENT=rubbish, **CSRF)
    assert answer["status"] == 303
    store.answer_resets()
    [mail] = store.mails()
    assert "<script>" not in mail.html_body
    assert "\0" not in mail.text_body


def test_a_form_that_is_too_large_is_not_read(store):
    answer = send(store, "POST", "/account/signin", b"a" * 65_537, CONTENT_TYPE=FORM)
    assert answer["status"] == 413
    assert set(answer["headers"]) >= SECURITY_HEADERS
