"""All that is checked on every page, found out in one visit, because the way to some pages is long."""

from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.browser.visitor import Visitor

AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},  # of wcag22aa, but off unless it is asked for
}
# A mail is no page of the site: it has no landmarks and no heading of the first rank.
MAIL_OPTIONS = AXE_OPTIONS | {"runOnly": AXE_OPTIONS["runOnly"][:-1]}
# In the dark only colours differ (tokens.css).
OPTIONS_IN_THE_DARK = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
WIDTHS = [320, 390, 768, 1366, 1920]
NORMAL_LETTERS, LARGE_LETTERS = "", "200%"
MIN_TARGET_PX = 24

# Beside what is too wide: what gave way so far that its letters stand one below the other.
OVERFLOW = """() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const parts = [...document.body.querySelectorAll("*")];
    const column = parts.find(part => {
        const { width, height } = part.getBoundingClientRect();
        const own = [...part.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
        const letter = parseFloat(getComputedStyle(part).fontSize);
        const isNarrow = width > 1 && width < 3 * letter && height > 4 * letter;
        return isNarrow && own.some(node => node.data.trim().length > 5);
    });
    if (column) return [`squeezed: ${column.outerHTML.slice(0, 100)}`];
    if (scrollWidth <= clientWidth) return [];
    const beyond = parts.filter(part => part.getBoundingClientRect().right > clientWidth + 0.5);
    return [`${scrollWidth} px wide`, ...beyond.map(part => part.outerHTML.slice(0, 100))];
}"""
# Links within a sentence are as high as its lines (WCAG 2.2, 2.5.8, "Inline"); the label of a field is part of it.
SMALL_TARGETS = """least => [...document.querySelectorAll("a, button, input, select, summary")]
    .filter(element => element.checkVisibility({ visibilityProperty: true }))
    .filter(element => !element.matches(".visually-hidden, .skip-link, p a, dd a, pre a"))
    .filter(element => {
        const { width, height } = (element.closest("label") ?? element).getBoundingClientRect();
        return width < least || height < least;
    })
    .map(element => element.outerHTML.slice(0, 120))"""


@dataclass(frozen=True)
class Survey:
    """What was found on one page; all but the source should be empty."""

    source: bytes
    axe: dict[str, list[str]]
    sideways: dict[str, list[str]]
    small_targets: list[str]
    complaints: list[str]


class Source:
    """Keeps the page as the store sent it, before scripts changed it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._response: Response | None = None
        page.on("response", self._on_response)

    def _on_response(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self._page.main_frame:
            self._response = response

    def read(self) -> bytes:
        """The body of the newest page."""
        return self._response.body()


def axe_findings(page: Page, options: dict) -> dict[str, list[str]]:
    """What axe has to say about a page in light and in dark, each with its place."""
    found = {}
    for scheme, asked in {"light": options, "dark": OPTIONS_IN_THE_DARK}.items():
        page.emulate_media(color_scheme=scheme)
        violations = Axe().run(page, options=asked).response["violations"]
        found[scheme] = [
            f"{violation['id']} at {node['target']}: {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
        ]
    return {scheme: findings for scheme, findings in found.items() if findings}


def sideways_findings(page: Page) -> dict[str, list[str]]:
    """What is wider than the window, by the width of the window and the size of the letters."""
    found = {}
    for size in [LARGE_LETTERS, NORMAL_LETTERS]:
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            found[f"{width} px {size}"] = page.evaluate(OVERFLOW)
    return {where: findings for where, findings in found.items() if findings}


def small_targets(page: Page) -> list[str]:
    """What is too small for a thumb on a narrow screen."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    return page.evaluate(SMALL_TARGETS, MIN_TARGET_PX)


def survey_page(visitor: Visitor, source: Source) -> Survey:
    """Find out everything about the page that a visitor is on."""
    page = visitor.page
    return Survey(
        source=source.read(),
        axe=axe_findings(page, AXE_OPTIONS),
        sideways=sideways_findings(page),
        small_targets=small_targets(page),
        complaints=visitor.watch.complaints,
    )
