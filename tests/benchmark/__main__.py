"""Measures the store beside other ways to write it, and says what falls short (python -m tests.benchmark).

Ends with status 1 if a line of the table falls short. `--short` only checks that the benchmark works.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmark.behind_nginx import behind_nginx
from tests.benchmark.imports import importing
from tests.benchmark.line import Line
from tests.benchmark.load import Effort
from tests.benchmark.pages import cold, conditional, processors, signed_in, warm, with_cart
from tests.benchmark.phone import phone
from tests.benchmark.plot import plot
from tests.benchmark.processes import remembering, starting
from tests.benchmark.report import table, write_page
from tests.benchmark.run import Run
from tests.benchmark.seed import seed
from tests.benchmark.selling import selling
from tests.benchmark.servers import Fleet
from tests.benchmark.sizes import growing

PARTS: dict[str, Callable[[Run], Iterator[Line]]] = {
    "warm": warm,
    "processors": processors,
    "cold": cold,
    "signed-in": signed_in,
    "cart": with_cart,
    "conditional": conditional,
    "nginx": behind_nginx,
    "start": starting,
    "memory": remembering,
    "phone": phone,
    "sizes": growing,
    "import": importing,
    "selling": selling,
}

SHORT = Effort(rounds=1, seconds=1, requests=500, albums=(1_000, 2_000), is_short=True)


def main() -> int:
    """Run the parts that the command line names, or all. Returns 1 if a line falls short."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all if none is named")
    parser.add_argument("--short", action="store_true", help="only check that everything works")
    parser.add_argument("--rounds", type=int, default=5, help="how often each target is measured")
    parser.add_argument("--seconds", type=int, default=2, help="how long each time")
    parser.add_argument("--requests", type=int, default=100_000, help="after how many the memory is measured")
    parser.add_argument(
        "--albums", type=int, nargs="+", default=[1_000, 100_000], help="the sizes of the catalogues, multiples of 1000"
    )
    parser.add_argument("--write", action="store_true", help="write docs/benchmark.md and its plot")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"There is no part {' or '.join(sorted(unknown))}.")
    effort = SHORT if given.short else Effort(given.rounds, given.seconds, given.requests, tuple(given.albums))
    lines, load_before = [], os.getloadavg()[0]
    with TemporaryDirectory() as folder:
        cookies, cart_cookies = seed(Path(folder))
        with Fleet(Path(folder)) as fleet:
            run = Run(fleet, cookies, cart_cookies, effort)
            for name in given.parts or PARTS:
                for line in PARTS[name](run):
                    lines.append(line)
                    sys.stdout.write(f"{' | '.join(line.cells)}\n")
                    sys.stdout.flush()
    sys.stdout.write(f"\n{table(lines)}\n")
    assert plot(lines)
    if given.write:
        write_page(lines, effort, load_before)
    return 0 if given.short or all(line.is_ok for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
