"""Requests that nobody's browser sends: each gets a page of the store, and none is an error of it."""

import gc
import io

import pytest

from tests.support.store_driver import form_at

SECURITY_HEADERS = {
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
}
FORM = "application/x-www-form-urlencoded"


def send(store, method, target, body=b"", **environ: str):
    """Send exactly these bytes, which a well-behaved client would not."""
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
def test_an_address_that_cannot_be_read_is_refused(store, target, method, caplog):
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
        ("multipart/form-data", b"email=a"),
        ("multipart/form-data; boundary=", b"email=a"),
        ("multipart/form-data; boundary=\xff", b"--\xff\r\n"),
        ("multipart/form-data; boundary=x; charset=klingon", b"--x--\r\n"),
        (FORM, b"email\0=a"),
        (FORM, b"email%00=a"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(store, content_type, body, caplog):
    assert_refused(store, send(store, "POST", "/account/signin", body, CONTENT_TYPE=content_type), 400, caplog)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"email=%ff&password=%ff"),
        (FORM, b"email=\xff&password=\xff\xfe"),
        (FORM, b"email=%00&password=%00"),
        (FORM, b"&&&===;;;"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\n\xff\r\n--x--',
        ),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b""),
        ("application/json", b"{}"),
        ("text/plain; charset=klingon", b"email=a"),
        ("", b"email=a"),
        ("/", b"\0\0\0"),
    ],
)
@pytest.mark.parametrize("path", ["/account/signin", "/account/register", "/account/forgot_password"])
def test_a_form_full_of_rubbish_is_refused(store, path, content_type, body, caplog):
    csrf = {"HTTP_COOKIE": f"csrf={'a' * 43}", "HTTP_X_CSRF_TOKEN": "a" * 43}
    for environ in ({}, csrf):
        answer = send(store, "POST", path, body, CONTENT_TYPE=content_type, **environ)
        assert answer["status"] == 400
        assert set(answer["headers"]) >= SECURITY_HEADERS
    assert "event=fault" not in caplog.text
    assert store.mails() == []


def test_bad_utf_8_in_a_field_is_a_mistake_of_that_field(store, testapp):
    token = form_at(testapp.get("/account/signin"), "/account/signin")["csrf_token"].value
    page = testapp.post("/account/signin", f"csrf_token={token}&email=%ff&password=%ff", status=400)
    assert "do not belong together" in page.html.select_one(".field-error").text


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "FOO", "get", "\xff"])
@pytest.mark.parametrize("path", ["/", "/account/signin", "/nothing/here", "/static/css/base.css"])
def test_a_method_that_no_page_knows_is_refused(store, method, path, caplog):
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


def test_what_the_browser_calls_itself_can_be_any_bytes(store, alice, testapp):
    csrf = {"HTTP_COOKIE": f"csrf={'a' * 43}", "HTTP_X_CSRF_TOKEN": "a" * 43, "CONTENT_TYPE": FORM}
    rubbish = "\xff\xfe\0\x1b[31m<script>" + "x" * 10_000
    form = b"email=alice%40example.org"
    answer = send(store, "POST", "/account/forgot_password", form, HTTP_USER_AGENT=rubbish, **csrf)
    assert answer["status"] == 303
    store.answer_resets()
    [mail] = store.mails()
    assert "<script>" not in mail.html_body
    assert "\0" not in mail.text_body


def nested(depth):
    """A form in a form in a form."""
    header = 'Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=B'
    return "".join(f"--B{n}\r\n{header}{n + 1}\r\n\r\n" for n in range(depth)).encode()


@pytest.mark.parametrize(
    "body",
    [
        nested(600),
        b'--B0\r\nContent-Disposition: form-data; name="a"; filename=""\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nx\r\n--B0--\r\n",
        b'--B0\r\nContent-Disposition: form-data; name="password"\r\n'
        b"Content-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800abcdefgh\r\n--B0--\r\n",
        b'--B0\r\nContent-Disposition: form-data; name="session_id"\r\n'
        b"Content-Type: text/plain; charset=utf-7\r\n\r\n+2AA-abc\r\n--B0--\r\n",
    ],
    ids=["nested", "base64 file without a name", "half a surrogate pair", "the same in utf-7"],
)
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the parser leaves its files to the collector
def test_a_form_that_breaks_its_parser_is_refused(store, body):
    answer = send(store, "POST", "/account/signin", body, CONTENT_TYPE="multipart/form-data; boundary=B0")
    assert answer["status"] == 400
    gc.collect()


def test_a_form_that_is_too_large_is_not_even_read(store):
    answer = send(store, "POST", "/account/signin", b"a" * 65_537, CONTENT_TYPE=FORM)
    assert answer["status"] == 413
    assert set(answer["headers"]) >= SECURITY_HEADERS
