"""Measures the first view of the public pages on a slow phone (python -m tests.measure.first_view [FOLDER]).

The store runs behind the nginx of docs/hosting.md, with 24 albums with covers. Chromium opens each page with an empty
cache on the screen of a phone, with 1.6 Mbit/s, 150 ms latency and a quarter of the processor's speed. The figures come
from its performance API. With a FOLDER, screenshots on a phone and a desktop, in light and dark mode, are saved there.
"""

import csv
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageChops, ImageOps
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from album_store.infrastructure.media.media_storage import MediaStorage
from tests.measure.production_store import production_store
from tests.support.checkout import CHECKOUT
from tests.support.nginx import documented_configuration, running_nginx
from tests.support.running_store import RunningStore

HOST = "music.example.org"
PHONE = "Pixel 5"
BYTES_A_SECOND, LATENCY_MS, SLOWDOWN = 1_600_000 / 8, 150, 4
ROUNDS = 3
SETTLED_MS = 1_500
COVERS = 24
# With the nginx.conf of Debian, which the configuration of the hosting page is included in.
GZIP = "gzip on;\n"

MAX_PAINT_MS, MAX_BLOCKED_MS, MAX_SHIFT = 1_500, 100, 0.01
# Page -> most bytes, in thousands.
PAGES = {"/": 250, "/albums": 300, "/albums/slow-honey": 300, "/artists/halogen-parish": 300}

OBSERVE = """
window.seen = {paint: 0, painted: "", blocked: 0, shift: 0};
const observe = (type, each) =>
  new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({type, buffered: true});
observe("largest-contentful-paint", (entry) => {
  seen.paint = entry.startTime;
  seen.painted = entry.url ? new URL(entry.url).pathname.slice(-18) : entry.element?.localName ?? "text";
});
observe("longtask", (entry) => { seen.blocked += Math.max(0, entry.duration - 50); });
observe("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
"""
LOADED = """() => {
  const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const bytes = entries.reduce((sum, entry) => sum + entry.transferSize, 0);
  return {...seen, bytes, requests: entries.length};
}"""
SCROLL = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 400) {
    scrollTo(0, y);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  scrollTo(0, 0);
}"""
HEADINGS = f"{'page':24} {'paint ms':>8} {'of':18} {'blocked':>7} {'shift':>6} {'KB':>6} {'all KB':>7} {'files':>5}\n"
PROFILES = {
    f"{device}-{scheme}": {"color_scheme": scheme, **screen}
    for device, screen in {
        "phone": {"viewport": {"width": 393, "height": 851}, "device_scale_factor": 2, "is_mobile": True},
        "desktop": {"viewport": {"width": 1440, "height": 900}},
    }.items()
    for scheme in ("light", "dark")
}


@dataclass(frozen=True)
class View:
    """What the first view of a page took, its bytes in thousands, and those of the page scrolled to its end."""

    paint_ms: float
    painted: str
    blocked_ms: float
    shift: float
    kilobytes: float
    whole_kilobytes: float
    requests: int

    def __str__(self) -> str:
        """One line of the table."""
        return (
            f"{self.paint_ms:8.0f} {self.painted:18} {self.blocked_ms:7.0f} {self.shift:6.3f} {self.kilobytes:6.0f}"
            f" {self.whole_kilobytes:7.0f} {self.requests:5}"
        )

    def misses(self, max_kilobytes: float) -> list[str]:
        """What exceeds its bar."""
        bars = {
            f"largest paint over {MAX_PAINT_MS} ms": self.paint_ms > MAX_PAINT_MS,
            f"blocked over {MAX_BLOCKED_MS} ms": self.blocked_ms > MAX_BLOCKED_MS,
            f"layout shift over {MAX_SHIFT}": self.shift > MAX_SHIFT,
            f"more than {max_kilobytes} KB": self.kilobytes > max_kilobytes,
        }
        return [name for name, is_missed in bars.items() if is_missed]


def more_albums(store: RunningStore, count: int) -> None:
    """Import albums whose covers are variations of the demo covers."""
    folder = store.folder / "more"
    folder.mkdir()
    covers = sorted((CHECKOUT / "album_store/demo/covers").glob("*.jpg"))
    with (folder / "more.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["artist", "album", "title", "track_number", "genre", "composer", "length", "price", "cover"])
        for number in range(count):
            with Image.open(covers[number % len(covers)]) as original:
                _variation(original.convert("RGB"), number).save(folder / f"{number}.jpg", quality=92)
            rows.writerow(["More", f"More Songs {number}", "Song", 1, "Folk", "", "3:05", "0.99", f"{number}.jpg"])
    command = [
        str(Path(sys.executable).with_name("album-store")),
        "import-catalogue",
        "development.ini",
        "more/more.csv",
    ]
    subprocess.run(command, cwd=store.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _variation(cover: Image.Image, number: int) -> Image.Image:
    hue, saturation, value = cover.convert("HSV").split()
    hue = hue.point(lambda level: (level + 40 + 15 * number) % 256)
    turned = ImageOps.mirror(Image.merge("HSV", (hue, saturation, value)).convert("RGB"))
    return ImageChops.offset(turned, 37 * number, 53 * number)


@contextmanager
def catalogue_behind_nginx() -> Iterator[int]:
    """Run the store with 24 covers behind nginx; yields its port."""
    with production_store() as store:
        demo = len(list((CHECKOUT / "album_store/demo/covers").glob("*.jpg")))
        more_albums(store, COVERS - demo)
        _make_pictures(store)
        with (
            TemporaryDirectory() as folder,
            running_nginx(Path(folder), store, documented_configuration(), GZIP) as port,
        ):
            yield port


def _make_pictures(store: RunningStore) -> None:
    """Do what the worker would do in the next minute."""
    media = MediaStorage(store.folder / "media")
    for key in media.covers_without_pictures():
        media.make_pictures(key)


def launch(playwright: Playwright, chromium: str | None, port: int) -> Browser:
    """Start Chromium, for which the store's host is nginx on a port of this machine."""
    arguments = ["--no-sandbox", "--disable-gpu", f"--host-resolver-rules=MAP {HOST}:80 127.0.0.1:{port}"]
    return playwright.chromium.launch(executable_path=chromium and shutil.which(chromium), args=arguments)


def first_view(browser: Browser, playwright: Playwright, path: str) -> View:
    """Open a page with an empty cache on a slow phone."""
    context = browser.new_context(**playwright.devices[PHONE])
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    speed = {"downloadThroughput": BYTES_A_SECOND, "uploadThroughput": BYTES_A_SECOND, "latency": LATENCY_MS}
    devtools.send("Network.emulateNetworkConditions", {"offline": False} | speed)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
    page.add_init_script(OBSERVE)
    page.goto(f"http://{HOST}{path}", wait_until="networkidle")
    page.wait_for_timeout(SETTLED_MS)
    seen = page.evaluate(LOADED)
    whole = _after_scrolling(page)
    context.close()
    return View(
        seen["paint"],
        seen["painted"],
        seen["blocked"],
        seen["shift"],
        seen["bytes"] / 1_000,
        whole / 1_000,
        seen["requests"],
    )


def _after_scrolling(page: Page) -> float:
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLED_MS)
    return page.evaluate(LOADED)["bytes"]


def median_of(views: list[View]) -> View:
    """The view with the median of each figure."""
    columns = zip(*(astuple(view) for view in views), strict=True)
    return View(*(statistics.median_high(column) for column in columns))


def save_screenshots(browser: Browser, folder: Path) -> None:
    """Save each page on each screen."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, profile in PROFILES.items():
        context = browser.new_context(**profile)
        for path in PAGES:
            page = context.new_page()
            page.goto(f"http://{HOST}{path}", wait_until="networkidle")
            page.screenshot(path=folder / f"{path.strip('/').partition('/')[0] or 'front'}{path.count('/')}-{name}.png")
            page.close()
        context.close()


def main() -> int:
    """Measure and print. Returns 1 if a bar is missed."""
    chromium = os.environ.get("ALBUM_STORE_CHROMIUM") or shutil.which("chromium")
    missed = []
    with catalogue_behind_nginx() as port, sync_playwright() as playwright:
        browser = launch(playwright, chromium, port)
        sys.stdout.write(HEADINGS)
        for path, max_kilobytes in PAGES.items():
            first_view(browser, playwright, path)  # the store renders the page, and keeps it
            view = median_of([first_view(browser, playwright, path) for _ in range(ROUNDS)])
            sys.stdout.write(f"{path:24} {view}\n")
            missed += [f"{path}: {miss}" for miss in view.misses(max_kilobytes)]
        if len(sys.argv) > 1:
            save_screenshots(browser, Path(sys.argv[1]))
        browser.close()
    for miss in missed:
        sys.stdout.write(f"MISSED {miss}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
