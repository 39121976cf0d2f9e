"""What came of a scan, as a line of the table."""

import re
from dataclasses import dataclass

from tests.measure.scan.scan_proxy import ScanProxy
from tests.measure.scan.scan_tools import Finding, Report

# What is reported and yet no fault, and why: a pattern of the whole finding as it is printed.
EXCUSED = {
    r"Clickjacking Protection: X-Frame-Options is not set \(GET /\S*\)": (
        "frame-ancestors 'none' in the Content-Security-Policy says the same, and browsers that know it ignore this one"
    ),
    r"Secure Flag cookie: Secure flag is not set in the cookie : (browser|csrf|flash|reset|session) \(GET /\S*\)": (
        "over http a browser would refuse such a cookie; over https each of these has it"
    ),
    r"HTTP Methods: Possible interesting methods .* on \S+: OPTIONS \(405\)( POST \(40[034]\))? +\(\w+ /\S*\)": (
        "both are refused: OPTIONS with 405, a POST with 400 for want of a token, or with 403 or 404 where no form is"
    ),
}
HEADINGS = ("seconds", "targets", "2xx", "3xx", "4xx", "5xx", "429", "excused", "found")


@dataclass(frozen=True)
class Row:
    """What came of one scan, and how the store answered meanwhile."""

    name: str
    seconds: float
    report: Report
    proxy: ScanProxy
    stayed_signed_in: bool = True

    @property
    def findings(self) -> list[Finding]:
        """What was found and is not excused."""
        found = [finding for finding in self.report.findings if not is_excused(finding)]
        found += [Finding("Fault", "no answer below 500", fault) for fault in self.proxy.faults]
        if not self.report.looked_at:
            found.append(Finding("Scan", "nothing was looked at", self.name))
        if not self.stayed_signed_in:
            found.append(Finding("Scan", "the scanner was signed out", self.name))
        return found

    def __str__(self) -> str:
        classes = [sum(n for status, n in self.proxy.statuses.items() if status // 100 == c) for c in range(2, 6)]
        excused = len(self.report.findings) - sum(not is_excused(finding) for finding in self.report.findings)
        numbers = [self.report.looked_at, *classes, self.proxy.statuses[429], excused, len(self.findings)]
        return f"{self.name:<48}{self.seconds:>9.0f}" + "".join(f"{number:>9,}" for number in numbers)


def is_excused(finding: Finding) -> bool:
    """Whether it is known to be no fault."""
    return any(re.fullmatch(pattern, str(finding)) for pattern in EXCUSED)
