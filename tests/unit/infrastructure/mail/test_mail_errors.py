"""What is stored and logged about a failed delivery."""

import smtplib

from album_store.infrastructure.mail import mail_errors

LINK = "https://music.example/account/reset_password/0123456789abcdef0123456789abcdef." + "x" * 43


def test_the_secret_in_a_quoted_link_is_removed():
    error = smtplib.SMTPDataError(554, f"blocked: {LINK}".encode())
    assert mail_errors.explain(error) == (
        "SMTPDataError 554 blocked: https://music.example/account/reset_password/***.***"
    )


def test_an_explanation_is_one_short_line():
    error = smtplib.SMTPDataError(451, b"no\r\n" * 500)
    assert "\n" not in mail_errors.explain(error)
    assert len(mail_errors.explain(error)) == 500


def test_only_messages_from_the_server_and_the_system_are_quoted():
    assert mail_errors.explain(ValueError(LINK)) == "ValueError"
    assert mail_errors.explain(ConnectionRefusedError(111, "refused")) == ("ConnectionRefusedError [Errno 111] refused")


def test_a_log_label_contains_no_address():
    refused = smtplib.SMTPRecipientsRefused({"alice@example.org": (550, b"<alice@example.org> unknown")})
    assert mail_errors.label(refused) == "SMTPRecipientsRefused-550"
    assert mail_errors.label(TimeoutError("alice@example.org")) == "TimeoutError"
