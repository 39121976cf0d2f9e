"""nginx as docs/hosting.md sets it up, in front of a store on this machine."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.documents import DOCS, blocks
from tests.support.running_store import RunningStore, free_port

# On Debian it is in a folder that only root's PATH includes.
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
START_LIMIT_S = 10

# The relevant parts of Debian's nginx.conf, for a single process that runs as the current user.
AROUND = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
access_log off;
client_body_temp_path {folder}/body;
proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi;
scgi_temp_path {folder}/scgi;
{further}
{site}
}}
"""


def documented_configuration(*further_ports: int) -> str:
    """The nginx block of docs/hosting.md, with a line for each further process as docs/several-processes.md says."""
    [block] = blocks(DOCS / "hosting.md", "nginx")
    [line] = re.findall(r"^ *server 127\.0\.0\.1:6543 .*\n", block, re.MULTILINE)
    return block.replace(line, line + "".join(line.replace("6543", str(port)) for port in further_ports))


def with_cache(site: str, folder: Path) -> str:
    """Return the configuration with the cache that docs/hosting.md offers, kept in a folder."""
    around, within = blocks(DOCS / "hosting.md", "nginx cache")
    place = "    location / {\n"
    assert site.count(place) == 1
    site = site.replace(place, place + "".join(f"        {line}\n" for line in within.splitlines()))
    return around.replace("/var/cache/nginx/", f"{folder}/") + site


def without_limits(site: str) -> str:
    """Return the configuration without its limits."""
    return re.sub(r"^ *limit_(?:req|conn)(?:_status)? .*\n", "", site, flags=re.MULTILINE)


def localized(site: str, store: RunningStore, port: int) -> str:
    """Return the configuration for http on a local port. Raises AssertionError if it is not as expected.

    The store is told that visitors use https, as it would be behind the real server.
    """
    changes = [
        (r"^ *listen (?:\[::\]:)?80;\n", "", 2),
        (r"^ *listen \[::\]:443 ssl;\n", "", 1),
        (r"listen 443 ssl;", f"listen 127.0.0.1:{port};", 1),
        (r"^ *ssl_certificate(?:_key)? .*\n", "", 2),
        (r"^server \{\n *server_name [^}]*return 301 [^}]*\}\n", "", 1),
        (r"\$scheme;", "https;", 1),
        (r"127\.0\.0\.1:6543", f"127.0.0.1:{urlsplit(store.url).port}", 1),
    ]
    for pattern, replacement, expected in changes:
        site, count = re.subn(pattern, replacement, site, flags=re.MULTILINE)
        assert count == expected, f"{pattern} is in the configuration {count} times, not {expected}"
    return site


@contextmanager
def running_nginx(
    folder: Path, store: RunningStore, site: str, further: str = "", port: int | None = None
) -> Iterator[int]:
    """Run nginx in front of a store, with the documented site and `further` before it; yields its port.

    Without `port`, it is a free one.
    """
    port = port or free_port()
    file = folder / "nginx.conf"
    file.write_text(AROUND.format(folder=folder, site=localized(site, store, port), further=further), "utf-8")
    process = subprocess.Popen([NGINX, "-c", str(file), "-e", f"{folder}/error.log"], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process, folder / "error.log")
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(f"nginx did not start:\n{log.read_text('utf-8')}")
