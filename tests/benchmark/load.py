"""Load from wrk, on several servers in turn."""

import re
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmark.servers import FORWARDED, Answer, get, processor_s

CONNECTIONS = 16


@dataclass(frozen=True)
class Target:
    """A page of a server process, and the headers of the requests. A Lua script may make the requests instead."""

    name: str
    port: int
    process_id: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    script: Path | None = None

    def answer(self) -> Answer:
        """Return the answer to one request."""
        return get(self.port, self.path, self.headers)


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    `rounds` of `seconds` for each target, memory after so many `requests`, and catalogues of so many `albums`.
    """

    rounds: int
    seconds: int
    requests: int
    albums: tuple[int, ...]
    is_short: bool = False


@dataclass(frozen=True)
class Rates:
    """Requests a second by target, one for each round, and the processor time that the target took for each, in µs."""

    by_name: Mapping[str, Sequence[float]]
    processor_us: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        """Return the median of the rates of a target."""
        return statistics.median(self.by_name[name])

    def cost(self, name: str) -> float:
        """Return the median of the processor time of a request, in µs."""
        return statistics.median(self.processor_us[name])

    def ratio(self, name: str, other: str) -> float:
        """Return how many times the rate of another target a target has: the median of the ratios of each round."""
        pairs = zip(self.by_name[name], self.by_name[other], strict=True)
        return statistics.median(one / two for one, two in pairs)


def compare(targets: Sequence[Target], effort: Effort) -> Rates:
    """Measure the targets in turn in each round, so that all of them meet the same troubles of the machine."""
    rates: dict[str, list[float]] = {target.name: [] for target in targets}
    costs: dict[str, list[float]] = {target.name: [] for target in targets}
    for _ in range(effort.rounds):
        for target in targets:
            before_s = processor_s(target.process_id)
            rate, requests = send(target, effort.seconds)
            costs[target.name].append((processor_s(target.process_id) - before_s) / requests * 1e6)
            rates[target.name].append(rate)
    return Rates(rates, costs)


def send(target: Target, seconds: int) -> tuple[float, int]:
    """Return how many requests a target answers, a second and in all. Raises AssertionError if a page fails.

    If a busy machine answers none, it gets more time.
    """
    for longer in (1, 4, 16):
        said = _wrk(target, seconds * longer)
        if not target.script:
            assert not re.search(r"Non-2xx or 3xx|Socket errors", said), f"{target.name} {target.path}:\n{said}"
        if requests := int(re.search(r"(\d+) requests in", said)[1]):
            return float(re.search(r"Requests/sec: *([\d.]+)", said)[1]), requests
    raise AssertionError(f"{target.name} answered nothing at {target.path}")


def _wrk(target: Target, seconds: int) -> str:
    headers = [f"-H{name}: {value}" for name, value in (FORWARDED | dict(target.headers)).items()]
    script = ["-s", str(target.script)] if target.script else []
    url = f"http://127.0.0.1:{target.port}{target.path}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", *headers, *script, url]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
