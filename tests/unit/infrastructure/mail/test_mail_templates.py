"""How emails are rendered."""

import logging

import html5lib
import pytest
from bs4 import BeautifulSoup

from album_store.infrastructure.mail.mail_templates import (
    KINDS_FOR_OWNERS,
    TEMPLATES_FOLDER,
    MailTemplateError,
    make_mail_templates,
    one_line,
)
from album_store.infrastructure.settings import read_settings
from tests.support.sample_mails import HOUR, KINDS, LINK, SITE_URL, VALUES, WHEN, templates_of

WITH_A_LINK = [kind for kind in KINDS if LINK in VALUES[kind].values()]
WITH_A_DATE = [kind for kind in KINDS if WHEN in VALUES[kind].values()]


@pytest.fixture(scope="module")
def templates():
    return templates_of()


def words(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def test_every_email_template_is_covered_here():
    folders = sorted(path.name for path in TEMPLATES_FOLDER.iterdir() if path.name != "shared")
    assert folders == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_email_names_the_store_and_its_address(templates, kind):
    mail = templates.render(kind, **VALUES[kind])
    assert mail.subject
    assert "\n" not in mail.subject
    assert mail.text.endswith(f"Salt & <Pepper>\n{SITE_URL}\n")
    page = BeautifulSoup(mail.html, "html.parser")
    assert page.p.text == "Salt & <Pepper>"
    assert page.find("a", href=SITE_URL)


@pytest.mark.parametrize("kind", KINDS)
def test_every_html_part_is_well_formed_and_states_its_language_and_direction(templates, kind):
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    document = page.parse(templates.render(kind, **VALUES[kind]).html.strip())
    assert (document.get("lang"), document.get("dir")) == ("en", "ltr")
    assert document.find(".//script") is None


@pytest.mark.parametrize("kind", KINDS)
def test_no_email_loads_anything(templates, kind):
    mail = templates.render(kind, **VALUES[kind])
    page = BeautifulSoup(mail.html, "html.parser")
    assert page.find_all(["img", "link", "iframe", "video"]) == page.find_all(src=True) == []
    assert "url(" not in mail.html
    assert "@import" not in mail.html


@pytest.mark.parametrize("kind", KINDS)
def test_tables_are_marked_as_layout(templates, kind):
    html = templates.render(kind, **VALUES[kind]).html
    assert html.count("<table") == html.count('<table role="presentation"')


@pytest.mark.parametrize("kind", KINDS)
def test_each_sentence_after_the_greeting_begins_with_a_capital(templates, kind):
    mail = templates.render(kind, **VALUES[kind])
    greeting, *paragraphs = mail.text.split("\n\n")
    assert greeting == "Hello,"
    assert [text for text in paragraphs if not text[0].isupper()] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_part_says_what_the_html_part_says(templates, kind):
    mail = templates.render(kind, **VALUES[kind])
    page = BeautifulSoup(mail.html, "html.parser")
    page.title.decompose()
    page.select_one("[style*='display: none']").decompose()
    text = words(mail.text)
    for element in page.find_all(["p", "td"]):
        if not words(element.text).startswith("If the button"):
            for sentence in words(element.text).split(". "):
                assert sentence.removesuffix(".") in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_email_says_why_it_came_and_all_but_those_to_owners_how_to_reach_the_store(templates, kind):
    mail = templates.render(kind, **VALUES[kind])
    for part in (mail.text, BeautifulSoup(mail.html, "html.parser").text):
        assert "You received this email because" in words(part)
        assert ("Questions? Reply to this email." in words(part)) == (kind not in KINDS_FOR_OWNERS)
    assert "\n\n\n" not in mail.text


def test_emails_to_owners_are_those_to_whoever_runs_the_store(templates):
    reasons = ("because you run", "because someone who runs")
    texts = {kind: words(templates.render(kind, **VALUES[kind]).text) for kind in KINDS}
    assert {kind for kind in KINDS if any(reason in texts[kind] for reason in reasons)} == KINDS_FOR_OWNERS


@pytest.mark.parametrize("kind", KINDS)
def test_the_preview_in_an_inbox_is_one_sentence_of_the_email(templates, kind):
    preview = BeautifulSoup(templates.render(kind, **VALUES[kind]).html, "html.parser").select_one("body > div")
    assert "display: none" in preview["style"]
    assert 30 < len(words(preview.text)) < 100
    assert preview.find("time") is None


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_part_is_wrapped_at_72_columns(kind):
    mail = templates_of("The Extraordinarily Long Name of a Store " * 2).render(kind, **VALUES[kind])
    assert [line for line in mail.text.splitlines() if len(line) > 72 and line != LINK] == []


@pytest.mark.parametrize("kind", WITH_A_LINK)
def test_each_link_is_unbroken_on_its_own_line(templates, kind):
    mail = templates.render(kind, **VALUES[kind])
    assert mail.text.count(LINK) == mail.text.splitlines().count(LINK)
    assert f'href="{LINK}"' in mail.html
    assert f">{LINK}</a>" in mail.html


@pytest.mark.parametrize("kind", WITH_A_LINK)
def test_an_email_has_one_button_and_its_link_is_the_first_one(templates, kind):
    page = BeautifulSoup(templates.render(kind, **VALUES[kind]).html, "html.parser")
    [button] = page.select("td > a")
    assert button == page.a


@pytest.mark.parametrize("kind", WITH_A_DATE)
def test_dates_are_in_words_in_the_locale_and_time_zone_of_the_store(kind):
    mail = templates_of(locale="en_GB", timezone="Europe/Berlin").render(kind, **VALUES[kind])
    assert "13 May 2026, 00:11 CEST" in words(mail.text)
    page = BeautifulSoup(mail.html, "html.parser")
    assert page.time["datetime"] == "2026-05-12T22:11:00+00:00"
    assert page.time.text == "13 May 2026, 00:11 CEST"


def test_durations_are_in_words(templates):
    assert "after 1 hour." in templates.render("confirm-registration", link=LINK, lifetime=HOUR).text
    assert "after 24 hours." in templates.render("confirm-registration", link=LINK, lifetime=24 * HOUR).text


def test_markup_in_a_value_is_escaped_in_html_and_kept_in_text(templates):
    link = "https://music.example/?a=1&b=<script>\"'"
    mail = templates.render("confirm-email", link=link, lifetime=HOUR)
    assert link in mail.text
    assert "<script>" not in mail.html
    assert 'href="https://music.example/?a=1&amp;b=&lt;script&gt;&quot;' in mail.html


def test_a_store_name_cannot_add_a_header():
    evil = templates_of("Salt\r\nBcc: m@b.example\0\x1b\u2028")
    assert evil.render("test-mail").subject == "Test email from Salt Bcc: m@b.example"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["x" * 400, "\u05d0" * 400, "Harbour Lane Records"])
def test_a_subject_has_fewer_than_60_characters(kind, name):
    assert len(templates_of(name).render(kind, **VALUES[kind]).subject) < 60


def test_a_long_store_name_is_shortened_only_in_the_subject():
    name = "Harbour Lane Gramophone Records"
    mail = templates_of(name).render("test-mail")
    assert mail.subject == "Test email from Harbour Lane Gramopho…"
    assert name in mail.text
    assert name in mail.html


def test_a_reset_says_where_the_request_came_from_without_quoting_the_browser(templates):
    evil = "Your account is blocked, call +1 555 0100 or visit http://evil.example"
    mail = templates.render("reset-password", link=LINK, lifetime=HOUR, ip_address="192.0.2.7", user_agent=evil)
    assert "from 192.0.2.7, using an unknown browser." in mail.text
    assert "evil" not in mail.text + mail.html


def test_a_reset_from_an_unknown_client_says_so(templates):
    mail = templates.render("reset-password", link=LINK, lifetime=HOUR)
    assert "from an unknown address, using an unknown browser." in words(mail.text)


def test_a_missing_value_is_an_error_that_keeps_the_link_out_of_the_log(templates, caplog):
    with pytest.raises(MailTemplateError, match="email confirm-email cannot be rendered: NameError lifetime") as caught:
        templates.render("confirm-email", link=LINK)
    logging.getLogger(__name__).error("a fault", exc_info=caught.value)
    assert "MailTemplateError" in caplog.text
    assert LINK not in caplog.text


def test_the_settings_give_name_address_accent_locale_and_time_zone(settings):
    changed = {"store.accent": "#0a5c8f", "store.locale": "de", "store.timezone": "Europe/Berlin"}
    templates = make_mail_templates(read_settings(settings | changed, environ={}))
    mail = templates.render("password-changed", **VALUES["password-changed"])
    assert "Test Records\nhttp://localhost\n" in mail.text
    assert "13. Mai 2026" in words(mail.text)
    assert "background: #0a5c8f" in mail.html


def test_line_ends_and_controls_become_one_space():
    assert one_line(" a\r\n\tb\0c\x85d \u2029e ") == "a b c d e"
