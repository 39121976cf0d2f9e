"""How mails are written."""

import logging

import html5lib
import pytest

from album_store.infrastructure.mail.mail_templates import TEMPLATES_FOLDER, MailTemplateError, MailTemplates, one_line

LINK = "https://music.example/account/confirm/0123456789abcdef0123456789abcdef." + "x" * 43
VALUES = {
    "account-deleted": {},
    "account-exists": {"signin_link": LINK, "reset_link": LINK},
    "confirm-email": {"link": LINK, "hours": 24},
    "confirm-registration": {"link": LINK, "hours": 1},
    "deletion-asked": {"account_link": LINK, "reset_link": LINK, "due": "2026-05-19 10:11 UTC"},
    "email-changed": {"new_email": "a…@example.org", "when": "2026-05-12 10:11 UTC"},
    "password-changed": {"reset_link": LINK, "when": "2026-05-12 10:11 UTC"},
    "reset-password": {"link": LINK, "length": "1 hour", "ip_address": "192.0.2.7", "user_agent": "Firefox/140.0"},
    "reset-started": {"link": LINK, "length": "1 hour"},
    "test-mail": {},
}
KINDS = sorted(VALUES)


@pytest.fixture
def templates():
    return MailTemplates("Salt & <Pepper>", "https://music.example", "#c8391f")


def test_every_folder_of_templates_is_tried_here():
    folders = sorted(path.name for path in TEMPLATES_FOLDER.iterdir() if path.name != "shared")
    assert folders == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_names_the_store_and_its_address(templates, kind):
    mail = templates.render(kind, **VALUES[kind])
    assert mail.subject
    assert "\n" not in mail.subject
    assert "Salt & <Pepper>\nhttps://music.example" in mail.text
    assert "Salt &amp; &lt;Pepper&gt;" in mail.html


@pytest.mark.parametrize("kind", KINDS)
def test_every_html_part_is_well_formed_and_says_its_language(templates, kind):
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    document = page.parse(templates.render(kind, **VALUES[kind]).html.strip())
    assert document.get("lang") == "en"
    assert document.find(".//script") is None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if LINK in VALUES[kind].values()])
def test_the_link_stands_unbroken_on_a_line_of_its_own(templates, kind):
    mail = templates.render(kind, **VALUES[kind])
    assert LINK in mail.text.splitlines()
    assert f'href="{LINK}"' in mail.html
    assert f">{LINK}</a>" in mail.html


def test_markup_in_a_value_is_escaped_in_html_and_left_alone_in_text(templates):
    link = "https://music.example/?a=1&b=<script>\"'"
    mail = templates.render("confirm-email", link=link, hours=2)
    assert link in mail.text
    assert "<script>" not in mail.html
    assert 'href="https://music.example/?a=1&amp;b=&lt;script&gt;&quot;' in mail.html


def test_a_store_name_cannot_add_a_header():
    evil = MailTemplates("Salt\r\nBcc: mallory@example.org\0\x1b\u2028", "https://music.example", "#c8391f")
    assert evil.render("confirm-email", link=LINK, hours=1).subject.endswith("for Salt Bcc: mallory@example.org")


def test_a_subject_fits_its_column():
    templates = MailTemplates("x" * 400, "https://music.example", "#c8391f")
    assert len(templates.render("confirm-email", link=LINK, hours=1).subject) == 300


def test_one_of_something_is_singular(templates):
    assert "1 hour." in templates.render("confirm-registration", link=LINK, hours=1).text
    assert "2 hours." in templates.render("confirm-registration", link=LINK, hours=2).text


def test_a_reset_says_who_asked_but_quotes_nobody(templates):
    words = "Your account is blocked, call +1 555 0100 or visit http://evil.example"
    mail = templates.render("reset-password", link=LINK, length="1 hour", ip_address="192.0.2.7", user_agent=words)
    assert "from 192.0.2.7, with an unknown browser." in mail.text
    assert "evil" not in mail.text + mail.html


def test_a_reset_needs_not_know_who_asked(templates):
    mail = templates.render("reset-password", link=LINK, length="1 hour")
    assert "from an unknown address, with an unknown browser." in mail.text


def test_a_missing_value_is_an_error_that_does_not_carry_the_link_into_the_log(templates, caplog):
    with pytest.raises(MailTemplateError, match="the mail confirm-email cannot be written: NameError hours") as caught:
        templates.render("confirm-email", link=LINK)
    logging.getLogger(__name__).error("a fault", exc_info=caught.value)
    assert "MailTemplateError" in caplog.text
    assert LINK not in caplog.text


def test_line_ends_and_controls_become_one_space():
    assert one_line(" a\r\n\tb\0c\x85d \u2029e ") == "a b c d e"
