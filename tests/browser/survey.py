"""Collects everything that is checked on every page in one visit, because some pages take many steps to reach."""

from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

from tests.browser.visitor import Visitor

AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},  # part of wcag22aa, but off by default
    "iframes": False,  # the only frame is an email, where no script runs; emails have a test of their own
}
# Best practices apply to pages: an email has no landmarks and no level-one heading.
MAIL_OPTIONS = AXE_OPTIONS | {"runOnly": AXE_OPTIONS["runOnly"][:-1]}
# Only colours differ in dark mode (tokens.css).
DARK_OPTIONS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"], "iframes": False}
WIDTHS = [320, 390, 768, 1366, 1920]
NORMAL_TEXT, LARGE_TEXT = "", "200%"
MIN_TARGET_PX = 24

# Reports elements that are too wide, and elements squeezed so narrow that their text runs vertically.
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
# Does not leave the script between the sizes, because that would draw the page at each.
OVERFLOW_BY_TEXT_SIZE = f"""sizes => {{
    const findings = {OVERFLOW};
    return Object.fromEntries(sizes.map(size => {{
        document.documentElement.style.fontSize = size;
        return [size, findings()];
    }}));
}}"""
# Inline links are exempt (WCAG 2.2, 2.5.8). The label of a field counts as part of the field.
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
    """Findings for one page; all fields but the source should be empty."""

    source: bytes
    axe: dict[str, list[str]]
    sideways: dict[str, list[str]]
    small_targets: list[str]
    complaints: list[str]


class Source:
    """Keeps the page as sent by the store, before scripts change it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._response: Response | None = None
        page.on("response", self._on_response)

    def _on_response(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.frame == self._page.main_frame:
            self._response = response

    def read(self) -> bytes:
        """The body of the latest page."""
        return self._response.body()


def axe_findings(page: Page, options: dict) -> dict[str, list[str]]:
    """The axe violations of a page in light and dark mode, each with its element."""
    page.evaluate(Axe().axe_script)
    found = {}
    for scheme, asked in {"light": options, "dark": DARK_OPTIONS}.items():
        page.emulate_media(color_scheme=scheme)
        violations = page.evaluate("async options => (await axe.run(options)).violations", asked)
        found[scheme] = [
            f"{violation['id']} at {node['target']}: {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
        ]
    return {scheme: findings for scheme, findings in found.items() if findings}


def sideways_findings(page: Page) -> dict[str, list[str]]:
    """Elements that overflow the window, by window width and text size. The window ends up narrow."""
    found = {}
    for width in sorted(WIDTHS, reverse=True):
        page.set_viewport_size({"width": width, "height": 800})
        findings = page.evaluate(OVERFLOW_BY_TEXT_SIZE, [LARGE_TEXT, NORMAL_TEXT])
        found |= {f"{width} px {size}": listed for size, listed in findings.items()}
    return {where: listed for where, listed in found.items() if listed}


def survey_page(visitor: Visitor, source: Source) -> Survey:
    """Survey the page that a visitor has open."""
    page = visitor.page
    return Survey(
        source=source.read(),
        axe=axe_findings(page, AXE_OPTIONS),
        sideways=sideways_findings(page),
        small_targets=page.evaluate(SMALL_TARGETS, MIN_TARGET_PX),  # in the narrowest window
        complaints=visitor.watch.complaints,
    )
