"""Rendered emails are legible in light and dark mode, with any accent."""

import re

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag

from album_store.infrastructure.mail.mail_colours import MailColours
from album_store.infrastructure.theme import contrast
from tests.support.checkout import CHECKOUT
from tests.support.sample_mails import KINDS, VALUES, templates_of

ACCENTS = ["#c8391f", "#ffffff", "#fff3a8", "#000000", "#0b0b14", "#808080", "#00ff00", "#0000ff"]
MIN_CONTRAST = 4.5
MIN_CONTRAST_OF_EDGES = 3.0  # for parts other than text: WCAG 2.2, 1.4.11


def rules_of(style: str) -> dict[str, str]:
    """Return the declarations of a style attribute or rule."""
    pairs = (declaration.split(":", 1) for declaration in style.split(";") if declaration.strip())
    return {name.strip(): value.replace("!important", "").strip() for name, value in pairs}


class RenderedColours:
    """The colours of one email in one mode."""

    def __init__(self, html: str, *, dark: bool) -> None:
        self.page = BeautifulSoup(html, "html.parser")
        sheet = self.page.style.text.split("@media (prefers-color-scheme: dark)")[1]
        rules = re.findall(r"\.([\w-]+) \{([^}]*)\}", sheet) if dark else []
        self._classes = {name: rules_of(rule) for name, rule in rules}

    def of(self, element: Tag, name: str) -> str:
        """Return the value of an inherited property of an element."""
        for each in (element, *element.parents):
            found = rules_of(each.get("style", "")) if isinstance(each, Tag) else {}
            for class_name in each.get("class", []):
                found |= self._classes.get(class_name, {})
            if name in found:
                return found[name]
        raise AssertionError(f"{element} has no {name}")

    def texts(self) -> list[tuple[str, str, str]]:
        """Return each visible text with its colour and background."""
        strings = (text for text in self.page.body.find_all(string=True) if type(text) is NavigableString)
        shown = [text for text in strings if text.strip()]
        return [(text, self.of(text.parent, "color"), self.of(text.parent, "background")) for text in shown]


@pytest.fixture(params=["light", "dark"])
def dark(request):
    return request.param == "dark"


def render(kind: str, accent: str) -> str:
    return templates_of(accent=accent).render(kind, **VALUES[kind]).html


@pytest.mark.parametrize(
    ("kind", "accent"),
    [*((kind, ACCENTS[0]) for kind in KINDS), *(("account-exists", accent) for accent in ACCENTS[1:])],
)
def test_every_text_has_enough_contrast(kind, accent, dark):
    texts = RenderedColours(render(kind, accent), dark=dark).texts()
    assert len(texts) > 5
    assert [text for text in texts if contrast(*text[1:]) < MIN_CONTRAST] == []


@pytest.mark.parametrize("accent", ACCENTS)
def test_the_button_and_the_accent_line_stand_out_from_the_background(accent, dark):
    colours = RenderedColours(render("account-exists", accent), dark=dark)
    paper = colours.of(colours.page.body, "background")
    edges = colours.page.select(".accent")
    assert [element.name for element in edges] == ["p", "td"]
    for element in edges:
        found = colours.of(element, "border-color") if dark else re.search("#[0-9a-f]{6}", element["style"])[0]
        assert contrast(found, paper) >= MIN_CONTRAST_OF_EDGES


def test_dark_mode_needs_the_style_sheet_and_light_is_the_default():
    html = render("reset-password", "#c8391f")
    modes = [RenderedColours(html, dark=dark) for dark in (False, True)]
    assert [colours.of(colours.page.body, "background") for colours in modes] == ["#ffffff", "#131316"]
    without = re.sub(
        "<style>.*?</style>", "<style>@media (prefers-color-scheme: dark) {}</style>", html, flags=re.DOTALL
    )
    assert RenderedColours(without, dark=True).texts() == modes[0].texts()


def test_the_style_sheet_sets_only_dark_mode_colours():
    assert RenderedColours(render("test-mail", "#c8391f"), dark=True)._classes.keys() == {
        "page",
        "soft",
        "link",
        "line",
        "accent",
    }


def test_emails_use_the_colours_of_the_pages():
    sheet = (CHECKOUT / "album_store/static/css/tokens.css").read_text("utf-8")
    for colours, rules in zip(
        (MailColours.light("#c8391f"), MailColours.dark("#c8391f")), sheet.split("@media"), strict=True
    ):
        for name in ("paper", "ink", "ink_soft", "line"):
            assert f"--{name.replace('_', '-')}: {getattr(colours, name)};" in rules
