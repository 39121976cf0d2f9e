"""The commands and files of docs/several-processes.md, with real database servers where a container allows."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select

from album_store.data.account import Account
from album_store.data.dbsession import DbSessionFactory
from album_store.infrastructure.settings import read_settings
from tests.support.checkout import CHECKOUT
from tests.support.database_servers import DatabaseServer, MariadbServer, PostgresqlServer, database_server
from tests.support.documents import DOCS, blocks, rows, section, text_of
from tests.support.factories import add_account
from tests.support.needs import needs_server
from tests.support.nginx import documented_configuration
from tests.support.production_ini import SITE_URL, production_ini

PAGE = DOCS / "several-processes.md"
BACKUPS = "/var/backups/album-store"
# sudo runs the command as this user, who is another one for PostgreSQL; the others do nothing.
STAND_INS = {
    "sudo": 'export PGUSER=$2; shift 2; exec "$@"',
    "apt-get": "",
    "systemctl": "",
    "/srv/store/.venv/bin/pip": "",
}
KINDS = {"PostgreSQL": PostgresqlServer, "MariaDB": MariadbServer}


def commands_of(heading, database):
    """Return the commands of a step for one database. Those for PostgreSQL come first."""
    found = [block for block in blocks(PAGE, "sh") if f"\n{block}```" in section(PAGE, heading)]
    return found[::2] if database == "PostgreSQL" else found[1::2]


@pytest.fixture
def paste(tmp_path):
    """Runs a code block against a database server."""
    for name, script in STAND_INS.items():
        file = tmp_path / name.rpartition("/")[2]
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def paste(block: str, server: DatabaseServer) -> None:
        block = block.replace("/srv/store/.venv/bin/pip", "pip").replace(BACKUPS, str(tmp_path))
        # The clients find the server and its user by these variables, and in a file in the home folder.
        address = {"PGHOST": "127.0.0.1", "PGPORT": str(server.port), "HOME": str(tmp_path)}
        (tmp_path / ".my.cnf").write_text(f"[client]\nhost=127.0.0.1\nport={server.port}\nuser=root\n")
        environ = os.environ | address | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        command = ["bash", "-euo", "pipefail", "-c", block]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{block}\n{done.stdout}{done.stderr}"

    return paste


@pytest.mark.parametrize("database", [pytest.param(name, marks=needs_server(kind)) for name, kind in KINDS.items()])
def test_the_database_is_made_backed_up_and_restored(paste, database):
    with database_server(KINDS[database]) as server:
        for block in commands_of("1. The database", database):
            paste(block, server)
        # A container has no user for MariaDB to know by the socket.
        user = "store" if database == "PostgreSQL" else "root"
        url = make_url(server.url).set(database="store", username=user)
        factory = DbSessionFactory(url.render_as_string(hide_password=False))
        factory.create_tables()
        add_account(factory, "x", "alice@example.org")
        factory.dispose()
        save, restore = commands_of("3. Backup and restore", database)
        paste(save, server)
        add_account(factory, "x", "later@example.org")
        factory.dispose()
        paste(restore, server)
        with factory.read() as dbsession:
            assert dbsession.scalars(select(Account.email)).all() == ["alice@example.org"]
        factory.create_tables()
        factory.dispose()


def test_the_addresses_in_the_table_are_accepted():
    addresses = [re.sub(r"`", "", address) for _, address in rows(text_of(PAGE))]
    assert len(addresses) == 5
    for address in addresses:
        settings = read_settings(settings_with(address), environ={})
        create_engine(settings.database_url).dispose()
        assert DbSessionFactory(settings.database_url).database is not None


def settings_with(address):
    return {"store.site_url": SITE_URL, "mail.sender": "a@example.org", "media.folder": "x", "sqlalchemy.url": address}


def test_the_documented_lines_make_a_store_with_a_port_for_each_process():
    settings, listen = blocks(PAGE, "ini")
    changed = dict(line.split(" = ", 1) for line in settings.splitlines())
    address = listen.partition(" = ")[2].strip()
    ini = configparser.ConfigParser({"http_port": "6544", "here": "/srv/store"})
    ini.read_string(production_ini(changed, listen=address))
    assert ini["server:main"]["listen"] == "127.0.0.1:6544"
    found = read_settings(settings_with("") | changed, environ={})
    assert (found.mail_worker, found.limits_storage) == ("process", "redis://127.0.0.1:6379/0")


def test_the_lines_for_nginx_are_those_of_the_hosting_page_and_one_more():
    [lines] = blocks(PAGE, "nginx upstream")
    assert lines in documented_configuration(6544)


def test_the_systemd_units_start_the_programs_of_the_store(tmp_path):
    texts = dict(re.findall(r"`/etc/systemd/system/([^`]+)`.*?```systemd\n(.*?)```", text_of(PAGE), re.DOTALL))
    assert set(texts) == {"album-store@.service", "album-store-work.service"}
    for name, text in texts.items():
        unit = configparser.ConfigParser(interpolation=None)
        unit.read_string(text)
        program, *arguments = unit["Service"]["ExecStart"].split()
        assert (CHECKOUT / arguments[-2 if "@" in name else -1]).is_file()
        assert Path(program).name in {"pserve", "album-store"}
        # systemd-analyze looks for the program.
        (tmp_path / name).write_text(text.replace(program, "/bin/true").replace("User=store\n", ""))
        if shutil.which("systemd-analyze"):
            command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / name.replace("@", "@6543"))]
            (tmp_path / name.replace("@", "@6543")).write_text((tmp_path / name).read_text())
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert "album-store" not in done.stderr, done.stderr
