"""Scan running stores for vulnerabilities with wapiti and sqlmap. Takes about ten minutes.

The stores run as in production, but over http, only on this machine, and without rate limits. The scanners know the
CSRF token, so that they can submit every form.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.measure.scan.row import HEADINGS, Row
from tests.measure.scan.scan_proxy import scan_proxy
from tests.measure.scan.scan_store import scan_store
from tests.measure.scan.scan_tools import ScanTools
from tests.measure.scan.tour import CRAWL, SQLMAP, WAPITI, Tour
from tests.measure.scan.vulnerable_shop import running_vulnerable_shop

# The roles and the scans of each kind of visitor. Each scans its own store, all at the same time.
TOURS = {
    "visitor": (("user",), Tour.of_visitor),
    "insistent visitor": (("user",), Tour.of_insistent_visitor),
    "customer": (("user",), Tour.of_customer),
    "admin": (("user", "admin"), Tour.of_admin),
}


def scan_as(who: str, tools: ScanTools) -> list[Row]:
    """Run all scans of one tour."""
    roles, visit = TOURS[who]
    with scan_store(*roles) as store:
        return visit(Tour(tools, store, who))


def scan_shop(tools: ScanTools) -> list[str]:
    """Scan a vulnerable shop. Returns the kinds of vulnerability that the scanners missed."""
    with running_vulnerable_shop() as port, scan_proxy(port) as proxy:
        found = tools.wapiti(f"{proxy.url}/", *WAPITI, "-m", "sql,xss").findings
        found += tools.sqlmap(proxy.url, *SQLMAP, *CRAWL).findings
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    kinds = {finding.kind for finding in found}
    return sorted({"SQL Injection", "Reflected Cross Site Scripting", "sqlmap: injection"} - kinds)


def main() -> int:
    """Scan and print a table. Returns 1 if anything was found or, in the self-test, if a vulnerability was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", type=Path, help="folder in which to keep the scanners for the next run")
    parser.add_argument("--self-test", action="store_true", help="scan a vulnerable shop to check the scanners")
    args = parser.parse_args()
    with TemporaryDirectory() as folder:
        tools = ScanTools(args.tools or Path(folder))
        tools.install()
        sys.stdout.write(f"{tools.versions()}\n")
        return self_test(tools) if args.self_test else scan_everything(tools)


def self_test(tools: ScanTools) -> int:
    """Check that the scanners find known vulnerabilities."""
    overlooked = scan_shop(tools)
    sys.stdout.write(f"Missed: {', '.join(overlooked) or 'nothing'}\n")
    return 1 if overlooked else 0


def scan_everything(tools: ScanTools) -> int:
    """Run all tours at the same time, and print the findings."""
    sys.stdout.write(f"{'':<48}" + "".join(f"{heading:>9}" for heading in HEADINGS) + "\n")
    with ThreadPoolExecutor() as pool:
        rows = [row for tour in pool.map(partial(scan_as, tools=tools), TOURS) for row in tour]
    sys.stdout.writelines(f"{row.name}: {cut}\n" for row in rows for cut in row.report.cut_short)
    found = [f"{row.name}: {finding}\n" for row in rows for finding in row.findings]
    sys.stdout.writelines([*found, f"{len(found)} found\n"])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
