"""Installs and runs wapiti and sqlmap, and reads their reports."""

import json
import os
import re
import subprocess
import venv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

PACKAGES = ("wapiti3", "sqlmap")
KINDS = ("vulnerabilities", "anomalies", "additionals")


class ScanFailedError(Exception):
    """A scanner failed. The message contains the end of its output."""


@dataclass(frozen=True)
class Finding:
    """A possible vulnerability that a scanner reports."""

    kind: str
    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what} ({self.where})"


@dataclass
class Report:
    """What a scanner has scanned (wapiti: pages and forms, sqlmap: parameters), found, and had no time for."""

    looked_at: int
    findings: list[Finding]
    cut_short: list[str] = field(default_factory=list)


class ScanTools:
    """The scanners, in a separate virtual environment, because their requirements conflict with those of the store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bin = folder / "bin"

    def install(self) -> None:
        """Install the scanners if they are missing."""
        if not (self._bin / "sqlmap").exists():
            venv.create(self._folder, with_pip=True)
            self._run("pip", "install", "--quiet", *PACKAGES)

    def versions(self) -> str:
        """Return the installed versions."""
        lines = self._run("pip", "freeze").splitlines()
        return ", ".join(line.replace("==", " ") for line in lines if line.split("==")[0] in PACKAGES)

    def wapiti_modules(self) -> set[str]:
        """Return the names of all wapiti modules."""
        return set(re.findall(r"^\t(\w+)", self._run("wapiti", "--list-modules"), re.MULTILINE))

    def wapiti(self, url: str, *options: str) -> Report:
        """Crawl and attack everything below a URL."""
        with TemporaryDirectory() as name:
            path = Path(name) / "report.json"
            keep = ("--store-session", name, "--store-config", name)
            output = self._run(
                "wapiti", "-u", url, "--no-bugreport", "-v", "1", "-f", "json", "-o", str(path), *keep, *options
            )
            report = json.loads(path.read_text("utf-8"))
        cut_short = re.findall(r"Max \w+ time was reached.*", output)
        return Report(report["infos"]["crawled_pages_nbr"], list(_read_wapiti(report)), cut_short)

    def sqlmap(self, url: str, *options: str) -> Report:
        """Attack every parameter that the options name."""
        with TemporaryDirectory() as name:
            path = Path(name) / "report.json"
            keep = ("--output-dir", name, "--report-json", str(path))
            output = self._run("sqlmap", "--batch", "--disable-coloring", "-u", url, *keep, *options)
            report = json.loads(path.read_text("utf-8")) if path.exists() else {"data": [], "error": [output[-2000:]]}
        tried = output.count("] testing for SQL injection on ")
        return Report(tried, list(_read_sqlmap(report, output)))

    def _run(self, tool: str, *arguments: str) -> str:
        """Run a tool and return its output. Raises ScanFailedError."""
        environment = os.environ | {"HOME": str(self._folder)}
        command = [str(self._bin / tool), *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
        if done.returncode:
            raise ScanFailedError(
                f"{tool} exited with status {done.returncode}: {done.stdout[-500:]} {done.stderr[-1500:]}"
            )
        return done.stdout


def _read_wapiti(report: dict) -> Iterator[Finding]:
    for group in KINDS:
        for kind, entries in report[group].items():
            for entry in entries:
                yield Finding(kind, entry["info"], f"{entry['method']} {entry['path']}")


def _read_sqlmap(report: dict, output: str) -> Iterator[Finding]:
    for entry in report["data"]:
        yield Finding("sqlmap: injection", "", json.dumps(entry)[:300])
    for error in report["error"]:
        yield Finding("sqlmap: error", str(error), "")
    # Heuristic warnings, such as a value that is returned unescaped.
    for line in re.findall(r"heuristic .* might be vulnerable.*", output):
        yield Finding("sqlmap: suspicion", line, "")
