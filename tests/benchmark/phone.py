"""The first view of the public pages on a slow phone, from Chromium's own performance API."""

import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import sync_playwright

from tests.benchmark.line import Line, shown
from tests.benchmark.run import Run
from tests.measure.first_view import (
    MAX_BLOCKED_MS,
    MAX_PAINT_MS,
    MAX_SHIFT,
    PAGES,
    ROUNDS,
    catalogue_behind_nginx,
    first_view,
    launch,
    median_of,
)


def phone(run: Run) -> Iterator[Line]:
    """The pages of a store with 24 covers; nothing where there is no Chromium."""
    chromium = os.environ.get("ALBUM_STORE_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        return
    with catalogue_behind_nginx() as port, sync_playwright() as playwright:
        browser = launch(playwright, chromium, port)
        views = {}
        for path in list(PAGES)[: 1 if run.effort.is_short else None]:
            first_view(browser, playwright, path)  # the store renders the page, and keeps it
            rounds = 1 if run.effort.is_short else ROUNDS
            views[path] = median_of([first_view(browser, playwright, path) for _ in range(rounds)])
        browser.close()
    for path, view in views.items():
        yield Line(f"{path} on a slow phone, first view", view.kilobytes, PAGES[path], "KB", True)
    yield _slowest("largest paint", {path: view.paint_ms for path, view in views.items()}, MAX_PAINT_MS, "ms")
    yield _slowest("blocked", {path: view.blocked_ms for path, view in views.items()}, MAX_BLOCKED_MS, "ms")
    yield _slowest("layout shift", {path: view.shift for path, view in views.items()}, MAX_SHIFT, "")


def _slowest(what: str, values: dict[str, float], bar: float, unit: str) -> Line:
    figures = ", ".join(f"{path} {shown(value)}" for path, value in values.items())
    return Line(f"slow phone: {what}, the worst page", max(values.values()), bar, unit, True, figures)
