"""The process of the store: how long it takes to start, and how much memory it needs in the long run."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.benchmark.line import Line, shown
from tests.benchmark.load import Target, send
from tests.benchmark.run import Run
from tests.benchmark.servers import get, memory_mb, processor_s
from tests.support.production_ini import SETTINGS, production_ini
from tests.support.running_store import running_store

STARTS, MAX_START_S = 5, 1.5
MAX_MEMORY_MB = 150
# Memory is flat if it grows by less than this part after the first half of the requests.
MAX_GROWTH = 1.05
SECONDS_BETWEEN_LOOKS = 2

# Pages, lists, searches, missing pages and refused ones, for visitors and for an account. The script adds to them.
MIXED = (
    "/", "/albums", "/albums?sort=title", "/albums?sort=price", "/albums.atom", "/sitemap.xml", "/search?q=harbour",
    "/search?q=winter+glass", "/styles.css", "/missing", "/account", "/account/signin", "/albums/album-0",
    "/artists/artist-0",
)  # fmt: skip
MIXING = """
local paths = {PATHS}
local number = 0
function request()
  number = number + 1
  local path = paths[number % #paths + 1]
  if number % 3 == 0 then path = "/albums/album-" .. (number % 300) end
  if number % 7 == 0 then path = "/artists/artist-" .. (number % 50) end
  if number % 11 == 0 then path = "/search?q=" .. number end
  local headers = {}
  for name, value in pairs(wrk.headers) do headers[name] = value end
  if number % 4 == 0 then headers["Cookie"] = "COOKIES" end
  return wrk.format("GET", path, headers)
end
"""


def starting(run: Run) -> Iterator[Line]:
    """A process that starts on a database that exists, until it has shown the front page."""
    took_s, worked_s = [], []
    with TemporaryDirectory() as folder:
        for _ in range(1 if run.effort.is_short else STARTS + 1):
            started = time.perf_counter()
            with running_store(Path(folder), ini=production_ini(SETTINGS, listen="localhost:6543")) as store:
                assert get(urlsplit(store.url).port, "/").status == 200
                took_s.append(time.perf_counter() - started)
                worked_s.append(processor_s(store.process_id))
    figures = f"processor {shown(statistics.median(worked_s[-STARTS:]))} s"
    yield Line("second start to the first page", statistics.median(took_s[-STARTS:]), MAX_START_S, "s", True, figures)


def remembering(run: Run) -> Iterator[Line]:
    """The memory of a process after many different requests."""
    wanted = run.effort.requests
    server = run.fleet.servers("store")[0] if run.effort.is_short else run.fleet.restart("store")
    for path in MIXED:
        server.get(path)
    with TemporaryDirectory() as folder:
        script = Path(folder) / "mixed.lua"
        paths = ", ".join(f'"{path}"' for path in MIXED)
        script.write_text(MIXING.replace("PATHS", paths).replace("COOKIES", run.cookies), "utf-8")
        target = Target("store", server.port, server.process.pid, "/", script=script)
        sent, memory = 0, []
        while sent < wanted:
            sent += send(target, 1 if run.effort.is_short else SECONDS_BETWEEN_LOOKS)[1]
            memory.append((sent, memory_mb(server.process.pid)))
    half = next(used for sent_then, used in memory if sent_then >= wanted / 2)
    work, last = f"memory after {wanted:,} mixed requests", memory[-1][1]
    yield Line(work, last, MAX_MEMORY_MB, "MB", True, f"{shown(half)} MB after half of them")
    yield Line("memory, growth in the second half of them", last / half, MAX_GROWTH, "x", True)
