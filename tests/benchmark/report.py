"""The results on the page docs/benchmark.md, with a plot."""

import datetime as dt
import os
import re
from collections.abc import Sequence
from pathlib import Path

from tests.benchmark.line import Line
from tests.benchmark.load import CONNECTIONS, Effort
from tests.benchmark.plot import plot
from tests.support.documents import DOCS

PAGE, PLOT = DOCS / "benchmark.md", DOCS / "images" / "benchmark.svg"
HEAD = ("work", "bar", "result", "figures", "verdict")
START, END = "<!-- results -->\n", "<!-- end of results -->\n"


def table(lines: Sequence[Line]) -> str:
    """Return the lines as a table in Markdown."""
    rows = [HEAD, ["---"] * len(HEAD), *(line.cells for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |".replace("| --- ", "|---").replace("--- |", "---|") for row in rows)


def machine() -> str:
    """Return the processor, its cores and the memory of this machine, in words."""
    [model] = re.findall(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE)[:1] or [
        "unknown processor"
    ]
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory_gib:.0f} GiB of memory"


def write_page(lines: Sequence[Line], effort: Effort, load_before: float) -> None:
    """Replace the results on the page, and the plot. `load_before` tells how busy the machine was before."""
    short = [line.work for line in lines if not line.is_ok]
    said = f"{len(lines) - len(short)} of {len(lines)} lines reach their bar."
    facts = (
        f"Measured on {dt.datetime.now(dt.UTC):%d %B %Y} ({machine()}; {effort.rounds} rounds of {effort.seconds} s, "
        f"{CONNECTIONS} connections; load average before it: {load_before:.1f}). {said}"
    )
    before, rest = PAGE.read_text("utf-8").split(START)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{START}\n{facts}\n\n{table(lines)}\n\n{END}{after}", "utf-8")
    PLOT.write_text(plot(lines), "utf-8")
