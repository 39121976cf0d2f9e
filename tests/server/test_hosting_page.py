"""Every command in docs/hosting.md runs, in a folder that takes the place of the server's root.

Commands that change the machine, such as apt-get and systemctl, are stubs that record how they were called.
"""

import configparser
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from contextlib import chdir, closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from album_store.bin.main import main
from album_store.bin.open_store import open_store
from album_store.data.account import Account
from album_store.data.album import Album
from album_store.data.dbsession import DbSessionFactory
from tests.support.checkout import CHECKOUT
from tests.support.documents import DOCS, SCRIPT, blocks, section
from tests.support.factories import add_account
from tests.support.fake_smtp import FakeSmtp
from tests.support.nginx import AROUND, NGINX, documented_configuration

HOSTING = DOCS / "hosting.md"
ADDRESS = "you@example.org"
FOLDERS = ("/srv/store", "/etc/cron.daily", "/etc/nginx", "/etc/systemd", "/var/backups")
STAND_INS = ("adduser", "apt-get", "certbot", "chown", "curl", "journalctl", "nano", "nginx", "systemctl")
# These stubs do some work: sudo runs the command as this user, git copies this checkout, python3 makes a small venv.
SCRIPTS = {
    "sudo": 'shift 2; exec "$@"',
    "git": '[ "$1" = clone ] || exit 0; mkdir "$3"; cp {checkout}/*.ini "$3"',
    "python3": 'mkdir -p "$3/bin"; for name in pip pserve; do cp "{here}/nano" "$3/bin/$name"; done',
}
SQLITE3 = """#!{python}
import sqlite3, sys
sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2].removeprefix(".backup ")))
"""
BACKUP = "/etc/cron.daily/album-store-backup"
UNIT = "/etc/systemd/system/album-store.service"


class Machine:
    """A folder used as the root of a server."""

    def __init__(self, root: Path) -> None:
        self.root, self.here = root, root
        self._stand_ins, self._calls = root / "stand-ins", root / "calls"
        for folder in (*FOLDERS, "/etc/nginx/sites-enabled", "/etc/systemd/system", "/stand-ins"):
            self.path(folder).mkdir(parents=True, exist_ok=True)
        for name in (*STAND_INS, *SCRIPTS):
            script = SCRIPTS.get(name, "").replace("{checkout}", str(CHECKOUT)).replace("{here}", str(self._stand_ins))
            self._write(self._stand_ins / name, f'#!/bin/sh\necho "{name} $*" >> {self._calls}\n{script}\n')
        if shutil.which("sqlite3") is None:
            self._write(self._stand_ins / "sqlite3", SQLITE3.format(python=sys.executable))

    def path(self, path: str) -> Path:
        """Return where a path of the server is inside the folder."""
        return self.root / path.lstrip("/")

    def local(self, text: str) -> str:
        """Return the text with the paths of the server moved into the folder."""
        for folder in FOLDERS:
            text = text.replace(folder, str(self.path(folder)))
        return text

    def save(self, path: str, content: str) -> Path:
        """Save a file of the server as the page says."""
        self._write(self.path(path), self.local(content), mode=0o644)
        return self.path(path)

    def paste(self, block: str) -> None:
        """Run the lines of a code block. album-store runs in this process, which is much faster."""
        for line in self.local(block).splitlines():
            if line.startswith("cd "):
                self.here = self.here / line.removeprefix("cd ")
            elif command := re.fullmatch(r"(?:sudo -u store )?\.venv/bin/album-store (.+)", line):
                with chdir(self.here):
                    assert main(shlex.split(command[1])) == 0, line
            else:
                environ = os.environ | {"PATH": f"{self._stand_ins}:{os.environ['PATH']}"}
                command = ["bash", "-euo", "pipefail", "-c", line]
                done = subprocess.run(command, cwd=self.here, env=environ, capture_output=True, text=True, check=False)
                assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"

    def calls(self) -> list[str]:
        """Return the command lines that the stubs recorded."""
        return self._calls.read_text("utf-8").splitlines()

    @staticmethod
    def _write(path: Path, content: str, mode: int = 0o755) -> None:
        path.write_text(content, "utf-8")
        path.chmod(mode)


def step(heading: str, kind: str = "sh") -> list[str]:
    """Return the code blocks in a step of the page."""
    text = section(HOSTING, heading)
    return [block for block in blocks(HOSTING, kind) if f"\n{block}```" in text]


@pytest.fixture(scope="module")
def smtp():
    with FakeSmtp() as server:
        yield server


@pytest.fixture(scope="module")
def machine(tmp_path_factory, smtp):
    """The server after steps 1 to 7 of the page, with the owner's account and album."""
    machine = Machine(tmp_path_factory.mktemp("machine"))
    for heading in ("1. What you need", "2. The store"):
        for block in step(heading):
            machine.paste(block)

    open_editor, send_mail = step("3. Settings")
    machine.paste(open_editor)
    [settings] = step("3. Settings", "ini")
    edit(machine.path("/srv/store/production.ini"), settings, smtp.port)
    machine.paste(send_mail)

    machine.save(UNIT, step("4. Start the store with the server", "systemd")[0])
    for block in step("4. Start the store with the server") + step("5. nginx and the certificate"):
        machine.paste(block)

    with open_store(machine.path("/srv/store/production.ini")) as registry:  # the first start
        add_account(registry.db_sessions, "x", ADDRESS)
    for block in step("6. The first admin"):
        machine.paste(block)
    for block in step("7. Import your albums"):
        machine.paste(block)
    return machine


def edit(ini: Path, wanted: str, smtp_port: int) -> None:
    """Change the lines of an ini file as the page says, and send email to a server on this machine without TLS."""
    lines = dict(line.split(" = ", 1) for line in wanted.splitlines())
    lines |= {"mail.host": "127.0.0.1", "mail.port": str(smtp_port), "mail.tls": "none"}
    text = ini.read_text("utf-8")
    for key, value in lines.items():
        text, count = re.subn(rf"^{re.escape(key)} =.*$", f"{key} = {value}", text, flags=re.MULTILINE)
        assert count == 1, f"production.ini has no line {key}"
    ini.write_text(text, "utf-8")


@contextmanager
def database(machine):
    """Open the database of the store on the machine."""
    factory = DbSessionFactory(f"sqlite:///{machine.path('/srv/store/album_store.sqlite')}")
    yield factory
    factory.dispose()


def count_of(machine, model):
    with database(machine) as sessions, sessions.read() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(model))


def test_following_the_page_gives_a_store_with_email_an_admin_and_albums(machine, smtp):
    assert [mail.recipients for mail in smtp.mails] == [[ADDRESS]]
    with database(machine) as sessions, sessions.read() as dbsession:
        account = dbsession.scalar(select(Account).where(Account.email == ADDRESS))
        assert "admin" in {role.name for role in account.roles}
    assert count_of(machine, Album) == 1
    assert {call.split()[0] for call in machine.calls()} == {*STAND_INS, *SCRIPTS}


def test_a_backup_can_be_restored(machine):
    backup, save, restore = blocks(HOSTING, SCRIPT)[0], *step("8. Backup and restore")
    machine.save(BACKUP, backup)
    original = machine.path("/srv/store/media/originals")
    original.mkdir()
    (original / "cover.png").write_bytes(b"cover")
    machine.paste(save)

    with database(machine) as sessions:
        add_account(sessions, "x", "later@example.org")
        with sessions.begin() as dbsession:
            dbsession.delete(dbsession.scalar(select(Album)))
    (original / "cover.png").unlink()
    machine.path("/srv/store/production.ini").unlink()
    machine.paste(restore)

    assert (count_of(machine, Account), count_of(machine, Album)) == (1, 1)
    assert (original / "cover.png").read_bytes() == b"cover"
    assert machine.path("/var/backups/album-store/album_store.sqlite").stat().st_mode & 0o077 == 0


def test_the_commands_on_the_other_pages_run_on_the_same_machine(machine):
    machine.save(BACKUP, blocks(HOSTING, SCRIPT)[0])
    on_server, _, prepare, move, back = blocks(DOCS / "upgrading.md", "sh")
    machine.paste(on_server)
    machine.paste(prepare)
    new, store = machine.path("/srv/store/new.ini"), machine.path("/srv/store")
    new.write_text(new.read_text("utf-8").replace("album_store.sqlite", "new.sqlite"), "utf-8")
    machine.paste(move)
    assert (store / "new.sqlite").stat().st_size == pytest.approx(
        (store / "album_store.sqlite").stat().st_size, rel=0.2
    )
    (store / "old.ini").rename(store / "production.ini")
    machine.paste(back)
    shutil.copy(CHECKOUT / "development.ini", machine.here)
    for page in ("admin.md", "logging.md", "catalogue.md"):
        for block in blocks(DOCS / page, "sh"):
            machine.paste(block)


def test_the_systemd_unit_starts_the_installed_store(machine):
    unit = configparser.ConfigParser()
    unit.read_string(step("4. Start the store with the server", "systemd")[0])
    service = unit["Service"]
    program, ini = service["ExecStart"].split()
    assert service["User"] == "store"
    assert Path(program).is_relative_to(service["WorkingDirectory"])
    assert os.access(machine.path(program), os.X_OK)
    assert machine.path(f"{service['WorkingDirectory']}/{ini}").is_file()
    if shutil.which("systemd-analyze"):
        command = ["systemd-analyze", "verify", "--man=no", str(machine.path(UNIT))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "album-store.service" not in done.stderr, done.stderr


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_accepts_the_documented_configuration(tmp_path):
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=music.example.org"
    subprocess.run([*make.split(), "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    site = documented_configuration().replace("/etc/letsencrypt/live/music.example.org", str(tmp_path))
    site = re.sub(r"\b(80|443)( ssl)?;", r"5\1\2;", site)  # ports that do not need root
    if not has_ipv6():
        site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.MULTILINE)
    file = tmp_path / "nginx.conf"
    file.write_text(AROUND.format(folder=tmp_path, site=site, further=""), "utf-8")
    done = subprocess.run([NGINX, "-t", "-c", str(file)], capture_output=True, text=True, check=False)
    assert "test is successful" in done.stderr, done.stderr
    assert "warn" not in done.stderr


def has_ipv6():
    try:
        with closing(socket.socket(socket.AF_INET6)) as listener:
            listener.bind(("::", 0))
    except OSError:
        return False
    return True
