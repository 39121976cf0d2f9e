"""The store behind nginx with the cache of docs/hosting.md, beside a file that nginx serves itself."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmark.line import Line, ratio_line
from tests.benchmark.load import Target, compare
from tests.benchmark.run import Run
from tests.benchmark.seed import PAGES
from tests.support.nginx import NGINX, documented_configuration, running_nginx, with_cache
from tests.support.running_store import RunningStore, free_port

STATIC = """
server {{
    listen 127.0.0.1:{port};
    root {folder};
    default_type text/html;
}}
"""


def behind_nginx(run: Run) -> Iterator[Line]:
    """Pages from the cache of nginx."""
    assert NGINX, "nginx is not installed"
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        [server] = run.fleet.servers("store")
        page = PAGES["catalogue"]
        folder.joinpath("page.html").write_bytes(server.get(page).body)
        static_port = free_port()
        running = RunningStore(f"http://127.0.0.1:{server.port}", folder, server.process.pid)
        site = with_cache(documented_configuration(), folder)
        with running_nginx(folder, running, site, STATIC.format(port=static_port, folder=folder)) as port:
            process_id = int(folder.joinpath("nginx.pid").read_text("ascii"))
            targets = [
                Target("nginx", port, process_id, page),
                Target("a static file", static_port, process_id, "/page.html"),
            ]
            assert targets[0].answer().body == targets[1].answer().body
            rates = compare(targets, run.effort)
        yield ratio_line("catalogue, behind nginx with its cache", rates, "nginx", "a static file", 0.5)
