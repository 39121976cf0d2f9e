"""The result of a scan, as a row of the table."""

import re
from dataclasses import dataclass

from tests.measure.scan.scan_proxy import ScanProxy
from tests.measure.scan.scan_tools import Finding, Report

# False positives: a pattern of the whole finding as it is printed, and why it is not a vulnerability.
EXCUSED = {
    r"Clickjacking Protection: X-Frame-Options is not set \(GET /\S*\)": (
        "frame-ancestors 'none' in the Content-Security-Policy has the same effect, and overrides this header"
    ),
    r"Secure Flag cookie: Secure flag is not set in the cookie : (browser|csrf|flash|reset|session) \(GET /\S*\)": (
        "browsers reject Secure cookies over http; over https, each of these cookies is Secure"
    ),
    r"HTTP Methods: Possible interesting methods .* on \S+: OPTIONS \(405\)( POST \(40[034]\))? +\(\w+ /\S*\)": (
        "both are refused: OPTIONS with 405, a POST with 400 (no token), 403 or 404 (no form)"
    ),
}
HEADINGS = ("seconds", "targets", "2xx", "3xx", "4xx", "5xx", "429", "excused", "found")


@dataclass(frozen=True)
class Row:
    """The result of one scan, and the responses of the store."""

    name: str
    seconds: float
    report: Report
    proxy: ScanProxy
    stayed_signed_in: bool = True

    @property
    def findings(self) -> list[Finding]:
        """The findings, except false positives."""
        found = [finding for finding in self.report.findings if not is_excused(finding)]
        found += [Finding("Fault", "server error or no response", fault) for fault in self.proxy.faults]
        if not self.report.looked_at:
            found.append(Finding("Scan", "nothing was scanned", self.name))
        if not self.stayed_signed_in:
            found.append(Finding("Scan", "the scanner was signed out", self.name))
        return found

    def __str__(self) -> str:
        classes = [sum(n for status, n in self.proxy.statuses.items() if status // 100 == c) for c in range(2, 6)]
        excused = len(self.report.findings) - sum(not is_excused(finding) for finding in self.report.findings)
        numbers = [self.report.looked_at, *classes, self.proxy.statuses[429], excused, len(self.findings)]
        return f"{self.name:<48}{self.seconds:>9.0f}" + "".join(f"{number:>9,}" for number in numbers)


def is_excused(finding: Finding) -> bool:
    """Return whether a finding is a known false positive."""
    return any(re.fullmatch(pattern, str(finding)) for pattern in EXCUSED)
