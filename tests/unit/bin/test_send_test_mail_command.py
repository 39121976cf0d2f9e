"""`album-store send-test-mail`."""

from email import message_from_bytes

import pytest

from album_store.bin.main import main
from tests.support.fake_smtp import FakeSmtp


@pytest.fixture
def smtp():
    with FakeSmtp() as server:
        yield server


@pytest.fixture
def mail_ini(tmp_path, settings, smtp):
    """Writes an ini file that uses the mail server of the test. Keyword arguments change mail settings."""

    def write(**mail: str) -> str:
        changes = {"delivery": "smtp", "host": "127.0.0.1", "port": str(smtp.port), "tls": "none"} | mail
        lines = settings | {f"mail.{name}": value for name, value in changes.items()}
        path = tmp_path / "store.ini"
        path.write_text("\n".join(["[app:main]", "use = egg:album-store", *map(" = ".join, lines.items())]), "utf-8")
        return str(path)

    return write


def test_an_accepted_email_is_reported(mail_ini, smtp, tmp_path, capsys):
    assert main(["send-test-mail", mail_ini(), " Ada@B\u00fccher.example"]) == 0
    assert capsys.readouterr().out == (
        f"The mail server 127.0.0.1:{smtp.port} accepted the test email to ada@xn--bcher-kva.example.\n"
    )
    [mail] = smtp.mails
    assert (mail.sender, mail.recipients) == ("store@example.org", ["ada@xn--bcher-kva.example"])
    message = message_from_bytes(mail.content)
    assert message["Subject"] == "Test email from Test Records"
    assert message["Auto-Submitted"] == "auto-generated"
    assert not (tmp_path / "store.sqlite").exists()


@pytest.mark.parametrize(
    ("step", "answer", "reason"),
    [
        ("GREETING", "421 come back later", "SMTPConnectError 421 come back later"),
        ("AUTH", "535 wrong password", "SMTPAuthenticationError 535 wrong password"),
        ("MAIL", "550 not that sender", "SMTPSenderRefused 550 not that sender"),
        ("RCPT", "550 no such mailbox", "SMTPRecipientsRefused 550 no such mailbox"),
        ("CONTENT", "554 spam", "SMTPDataError 554 spam"),
    ],
)
def test_an_email_that_was_not_sent_gives_one_sentence_with_the_reason(mail_ini, smtp, capsys, step, answer, reason):
    smtp.answers[step] = answer
    assert main(["send-test-mail", mail_ini(username="store", password="secret-of-the-store"), "ada@example.org"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"The test email to ada@example.org was not sent: {reason}\n")


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        ({"port": "1"}, "ConnectionRefusedError"),
        ({"tls": "starttls"}, "SMTPNotSupportedError"),
        ({"username": "store", "password": "g\u00e9heim"}, "UnicodeEncodeError"),
    ],
)
def test_settings_that_do_not_match_the_server_give_no_traceback(mail_ini, capsys, mail, reason):
    assert main(["send-test-mail", mail_ini(**mail), "ada@example.org"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"The test email to ada@example.org was not sent: {reason}")
    assert "g\u00e9heim" not in said


def test_a_store_with_a_mailbox_says_where_the_email_was_saved(store_ini, tmp_path, capsys):
    assert main(["send-test-mail", str(store_ini), "ada@example.org"]) == 0
    folder = tmp_path / "mailbox"
    assert capsys.readouterr().out.startswith(f"The test email to ada@example.org was saved in {folder}")
    [file] = folder.glob("*.eml")
    assert "Test email from Test Records" in file.read_text("utf-8")


def test_a_mailbox_that_cannot_be_written_is_reported(store_ini, tmp_path, capsys):
    (tmp_path / "mailbox").write_text("in the way")
    assert main(["send-test-mail", str(store_ini), "ada@example.org"]) == 1
    assert "was not sent: FileExistsError" in capsys.readouterr().err


@pytest.mark.parametrize(
    "typed", ["ada", "", "ada@example.org,bob@example.org", "ada@example.org\r\nBcc: b@example.org"]
)
def test_an_invalid_address_gives_one_sentence(mail_ini, smtp, capsys, typed):
    assert main(["send-test-mail", mail_ini(), typed]) == 1
    assert " is not a valid email address. Write one such as " in capsys.readouterr().err
    assert smtp.mails == []


def test_invalid_settings_are_named(mail_ini, capsys):
    assert main(["send-test-mail", mail_ini(port="many"), "ada@example.org"]) == 2
    assert "mail.port" in capsys.readouterr().err
