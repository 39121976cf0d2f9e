"""Measures one, two and four server processes behind nginx, on PostgreSQL (python -m tests.measure.process_counts)."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.database_servers import PostgresqlServer, database_server
from tests.support.nginx import documented_configuration, running_nginx, without_limits
from tests.support.production_ini import SETTINGS, SITE_URL, production_ini
from tests.support.redis_server import RedisServer
from tests.support.running_store import RunningStore
from tests.support.site_of_processes import SiteOfProcesses, running_site

COUNTS = (1, 2, 4)
CONNECTIONS, WARM_S, SECONDS = 16, 1, 4
# A page that is kept whole, a search, and a page that is kept without its parts.
PATHS = ("/albums", "/search?q=winter", "/albums?sort=title&utm=1")


def rate(port: int, path: str, seconds: int) -> float:
    """Return how many requests a second are answered."""
    headers = ["-H", f"Host: {SITE_URL.removeprefix('https://')}", "-H", "X-Forwarded-Proto: https"]
    url = f"http://127.0.0.1:{port}{path}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", *headers, url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert not re.search(r"Non-2xx|Socket errors", said), said
    return float(re.search(r"Requests/sec: *([\d.]+)", said)[1])


def memory_mb(process_ids: list[int]) -> float:
    """Return the memory of processes; what they share counts once (proportional set size)."""
    sizes = (Path(f"/proc/{number}/smaps_rollup").read_text("ascii") for number in process_ids)
    return sum(int(re.search(r"^Pss: *(\d+)", size, re.MULTILINE)[1]) for size in sizes) / 1000


def measure(site: SiteOfProcesses) -> Iterator[float]:
    """Yield the rate of each page, then the memory in MB."""
    first, *others = site.ports
    folder = site.folder / "nginx"
    folder.mkdir()
    store = RunningStore(f"http://127.0.0.1:{first}", site.folder, 0)
    with running_nginx(folder, store, without_limits(documented_configuration(*others))) as port:
        for path in PATHS:
            rate(port, path, WARM_S)
            yield rate(port, path, SECONDS)
    yield memory_mb(site.process_ids)


def main() -> int:
    """Print a line for each number of processes."""
    sys.stdout.write(
        f"{os.cpu_count()} processors\n{'processes':<12}{''.join(f'{path:>26}' for path in PATHS)}{'MB':>8}\n"
    )
    redis = RedisServer()
    try:
        with database_server(PostgresqlServer) as postgresql:
            settings = SETTINGS | {"sqlalchemy.url": postgresql.url, "limits.storage": redis.url}
            ini = production_ini(settings, listen="127.0.0.1:%(http_port)s")
            for count in COUNTS:
                with TemporaryDirectory() as folder, running_site(Path(folder), ini, servers=count, workers=0) as site:
                    *rates, memory = measure(site)
                cells = "".join(f"{value:>24,.0f}/s" for value in rates)
                sys.stdout.write(f"{count:<12}{cells}{memory:>8.0f}\n")
                sys.stdout.flush()
    finally:
        redis.kill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
