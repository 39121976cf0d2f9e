"""Kills a server process 50 times while visitors send forms, on PostgreSQL (python -m tests.measure.kills)."""

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from album_store.data.dbsession import DbSessionFactory
from tests.support.database_servers import PostgresqlServer, database_server
from tests.support.kill_rounds import kill_round
from tests.support.production_ini import SETTINGS, production_ini
from tests.support.redis_server import RedisServer
from tests.support.site_of_processes import running_site, site_behind_nginx

ROUNDS, VISITORS = 50, 24


def main() -> None:
    """Print the sum of the counts after each round. Raises AssertionError if a form was lost or half done."""
    counts: Counter[str] = Counter()
    redis = RedisServer()
    with TemporaryDirectory() as folder, database_server(PostgresqlServer) as server:
        settings = SETTINGS | {"sqlalchemy.url": server.url, "limits.storage": redis.url}
        ini = production_ini(settings, listen="127.0.0.1:%(http_port)s")
        with running_site(Path(folder), ini, workers=0) as site, site_behind_nginx(site) as port:
            db_sessions = DbSessionFactory(server.url)
            for number in range(1, ROUNDS + 1):
                counts += kill_round(site, port, db_sessions, f"round{number}", VISITORS)
                sys.stdout.write(f"{number} kills: {dict(counts)}\n")
                sys.stdout.flush()
            db_sessions.dispose()
    redis.kill()


if __name__ == "__main__":
    main()
