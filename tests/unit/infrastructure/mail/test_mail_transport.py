"""Email delivery: the mail server and the mailbox follow the same contract."""

import shutil
import smtplib
import ssl
import subprocess
from email import message_from_bytes
from email.policy import default

import pytest
from pyramid_mailer.message import Message

from album_store.infrastructure.mail import mail_errors, mail_transport
from album_store.infrastructure.mail.mail_transport import make_mailer
from tests.support.fake_smtp import HANG_UP, SILENCE, FakeSmtp, mail_settings

LINK = "https://music.example/account/reset_password/0123456789abcdef0123456789abcdef." + "x" * 43


@pytest.fixture
def smtp():
    with FakeSmtp() as server:
        yield server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("certificate")
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"]
    subprocess.run([openssl, "req", "-x509", *made, *names], check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
    return both


def a_message(**values: object):
    values = {"subject": "Grüße, Zoë", "recipients": ["alice@example.org"], "body": f"Hé\n\n{LINK}\n.\n"} | values
    html = f'<p>Hé</p><a href="{LINK}">go</a>'
    return Message(html=html, extra_headers={"Message-ID": "<0123abcd@localhost>"}, **values)


@pytest.fixture(params=["smtp", "mailbox"])
def delivery(request, tmp_path, smtp):
    """A mailer, and a function that returns the bytes of each email it delivered."""
    if request.param == "smtp":
        return make_mailer(mail_settings(tmp_path, port=smtp.port, tls="none")), lambda: [m.content for m in smtp.mails]
    mailer = make_mailer(mail_settings(tmp_path, delivery="mailbox"))
    return mailer, lambda: [path.read_bytes() for path in tmp_path.glob("mailbox/*")]


def test_an_email_arrives_as_it_was_written(delivery):
    mailer, delivered = delivery
    mailer.send_immediately(a_message())
    (content,) = delivered()
    mail = message_from_bytes(content, policy=default)
    assert (mail["Subject"], mail["To"], mail["From"]) == (
        "Grüße, Zoë",
        "alice@example.org",
        "Salt <hello@salt.example>",
    )
    assert mail["Message-ID"] == "<0123abcd@localhost>"
    assert mail.get_body(("plain",)).get_content().splitlines() == ["Hé", "", LINK, "."]
    assert f'href="{LINK}"' in mail.get_body(("html",)).get_content()


def test_two_emails_are_delivered_separately(delivery):
    mailer, delivered = delivery
    mailer.send_immediately(a_message())
    mailer.send_immediately(a_message())
    assert len(delivered()) == 2


def test_a_line_end_in_the_address_adds_no_header(delivery):
    mailer, delivered = delivery
    with pytest.raises(RuntimeError):
        mailer.send_immediately(a_message(recipients=["a@example.org\r\nBcc: mallory@example.org"]))
    assert delivered() == []


def test_the_envelope_holds_the_bare_addresses(tmp_path, smtp):
    make_mailer(mail_settings(tmp_path, port=smtp.port, tls="none")).send_immediately(a_message())
    assert (smtp.mails[0].sender, smtp.mails[0].recipients) == ("hello@salt.example", ["alice@example.org"])


def test_every_line_ends_with_cr_lf(tmp_path, smtp):
    make_mailer(mail_settings(tmp_path, port=smtp.port, tls="none")).send_immediately(a_message())
    content = smtp.mails[0].content
    assert content.count(b"\n") == content.count(b"\r\n")


def test_the_password_is_sent_if_one_is_set(tmp_path, smtp):
    settings = mail_settings(tmp_path, port=smtp.port, tls="none", username="salt", password="pepper")
    make_mailer(settings).send_immediately(a_message())
    assert smtp.passwords == ["AUTH PLAIN AHNhbHQAcGVwcGVy"]


@pytest.mark.parametrize("goodbye", [HANG_UP, "421 no time", SILENCE])
def test_an_error_when_disconnecting_does_not_fail_a_sent_email(tmp_path, smtp, goodbye, monkeypatch):
    monkeypatch.setattr(mail_transport, "TIMEOUT_S", 0.2)
    smtp.answers["QUIT"] = goodbye
    make_mailer(mail_settings(tmp_path, port=smtp.port, tls="none")).send_immediately(a_message())
    assert len(smtp.mails) == 1


@pytest.mark.parametrize("step", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "CONTENT"])
@pytest.mark.parametrize("answer", [HANG_UP, SILENCE, "451 try later", "550 never"])
def test_a_failure_at_any_step_raises_an_error(tmp_path, smtp, step, answer, monkeypatch):
    monkeypatch.setattr(mail_transport, "TIMEOUT_S", 0.2)
    smtp.answers |= {step: answer, "HELO": answer} if step == "EHLO" else {step: answer}
    with pytest.raises((smtplib.SMTPException, TimeoutError)) as caught:
        make_mailer(mail_settings(tmp_path, port=smtp.port, tls="none")).send_immediately(a_message())
    assert smtp.mails == []
    assert mail_errors.is_refusal(caught.value) == (answer == "550 never" and step in {"RCPT", "DATA", "CONTENT"})


@pytest.fixture(params=["starttls", "implicit"])
def server(request, certificate):
    with FakeSmtp(certificate, implicit=request.param == "implicit") as server:
        yield server


def send(server: FakeSmtp, folder, host: str = "localhost"):
    tls = "implicit" if server.implicit else "starttls"
    settings = mail_settings(folder, host=host, port=server.port, tls=tls, username="salt", password="pepper")
    make_mailer(settings).send_immediately(a_message())


def test_a_server_with_a_trusted_certificate_gets_the_email(server, certificate, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    send(server, tmp_path)
    assert len(server.mails) == 1


def test_a_server_with_a_self_signed_certificate_gets_no_email_or_password(server, tmp_path):
    with pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
        send(server, tmp_path)
    assert (server.mails, server.passwords) == ([], [])


def test_a_certificate_of_another_host_is_refused(server, certificate, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        send(server, tmp_path, host="127.0.0.1")
    assert (server.mails, server.passwords) == ([], [])


def test_a_server_without_encryption_gets_nothing(smtp, tmp_path):
    with pytest.raises(smtplib.SMTPNotSupportedError):
        send(smtp, tmp_path)
    assert (smtp.mails, smtp.passwords) == ([], [])
