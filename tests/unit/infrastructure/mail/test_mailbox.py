"""The folder behind the development mailbox."""

import stat

import pytest
from pyramid_mailer.message import Message

from album_store.infrastructure.mail.mail_transport import make_mailer
from album_store.infrastructure.mail.mailbox import Mailbox
from tests.support.fake_smtp import mail_settings


@pytest.fixture
def folder(tmp_path):
    headers = {"Message-ID": "<0123abcd@localhost>"}
    message = Message("Grüße", ["alice@example.org"], "Hello", extra_headers=headers)
    make_mailer(mail_settings(tmp_path, delivery="mailbox")).send_immediately(message)
    return tmp_path / "mailbox"


def test_a_mailbox_file_is_named_after_its_time_and_id(folder):
    (path,) = folder.iterdir()
    assert path.name.startswith("20")
    assert path.name.endswith("Z-0123abcd.eml")


def test_only_the_owner_may_read_the_mailbox(folder):
    (path,) = folder.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_partly_written_file_is_not_shown(folder):
    (folder / ".half-written").write_bytes(b"To: al")
    assert [mail.subject for mail in Mailbox(folder).newest(10)] == ["Grüße"]


def test_the_newest_emails_come_first_up_to_the_requested_number(folder):
    for number in (1, 2, 3):
        (folder / f"2{number}000101T000000.eml").write_bytes(b"Subject: %d\r\n\r\nHello" % number)
    assert [mail.subject for mail in Mailbox(folder).newest(2)] == ["3", "2"]


def test_an_empty_mailbox_has_no_folder_yet(tmp_path):
    assert Mailbox(tmp_path / "mailbox").newest(10) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\xff\xfe" * 100, b"Subject: =?x?q?=ff?=\r\nContent-Type: text/plain; charset=none\r\n\r\nHi"],
)
def test_a_corrupted_file_does_not_break_the_list(folder, content):
    (folder / "garbled.eml").write_bytes(content)
    assert len(Mailbox(folder).newest(10)) == 2


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../secret.eml",
        "..\\secret.eml",
        "/etc/passwd",
        ".hidden.eml",
        "a\0.eml",
        "no.eml",
        "sub.eml",
    ],
)
def test_only_visible_eml_files_in_the_folder_are_found(folder, name):
    (folder.parent / "secret.eml").write_bytes(b"Subject: secret\r\n\r\n")
    (folder / ".hidden.eml").write_bytes(b"Subject: secret\r\n\r\n")
    (folder / "sub.eml").mkdir()
    assert Mailbox(folder).find(name) is None


def test_a_link_out_of_the_folder_is_not_followed(folder):
    (folder.parent / "secret.eml").write_bytes(b"Subject: secret\r\n\r\n")
    (folder / "link.eml").symlink_to(folder.parent / "secret.eml")
    assert Mailbox(folder).find("link.eml") is None
