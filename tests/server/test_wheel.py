"""The wheel is complete: the store runs from it, outside the checkout, and serves the same pages."""

import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from tests.support.checkout import CHECKOUT
from tests.support.factories import PASSWORD
from tests.support.running_store import running_store

ALBUM = "/albums/rain-on-zinc"
SOURCES = ("*.ini", "*.md", "LICENSE", "MANIFEST.in", "pyproject.toml", "setup.py")
SHIPPED_KINDS = {".css", ".csv", ".gz", ".html", ".jpg", ".js", ".mp3", ".pt", ".py", ".svg", ".txt", ".woff2"}
UNREACHABLE = re.compile("Failed to establish a new connection|NameResolutionError|Temporary failure in name")
MAIL_LIMIT_S = 20


def run_pip_like(*command: str) -> None:
    """Run a command that downloads packages; skip the test if there is no network."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and UNREACHABLE.search(done.stdout + done.stderr):
        pytest.skip("no network: the store's dependencies cannot be installed")
    assert done.returncode == 0, done.stdout + done.stderr


def package_files():
    """Return the files of the package in the checkout, named as in a wheel."""
    found = (path for path in (CHECKOUT / "album_store").rglob("*") if path.is_file())
    return {str(path.relative_to(CHECKOUT)) for path in found if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    """The sdist and the wheel made from it, built from a copy because a build leaves files behind."""
    folder = tmp_path_factory.mktemp("build")
    copy = folder / "checkout"
    for name in ("album_store", "docs", "tests"):
        shutil.copytree(CHECKOUT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (path for pattern in SOURCES for path in CHECKOUT.glob(pattern)):
        shutil.copy(path, copy)
    run_pip_like(sys.executable, "-m", "build", "--outdir", str(folder / "dist"), str(copy))
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(distributions):
    """The wheel."""
    [path] = distributions.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The store, running in an environment with only the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
    python = str(folder / "venv" / "bin" / "python")
    run_pip_like(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile", str(wheel))
    where = subprocess.run(
        [python, "-c", "import album_store; print(album_store.__file__)"],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(where.stdout).is_relative_to(folder / "venv")
    (folder / "store").mkdir()
    with running_store(folder / "store", python) as store:
        yield store


def linked(store, page, pattern):
    """Return the first link of a page that matches the pattern."""
    _, body = store.get(page)
    return urljoin(page, unescape(re.search(pattern, body.decode())[1]))


def test_the_wheel_contains_the_whole_package_and_nothing_else(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == package_files()
    assert {Path(name).suffix for name in names} == SHIPPED_KINDS


def test_the_sdist_contains_the_package_its_tests_and_its_documents(distributions):
    [path] = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    papers = {path.name for pattern in SOURCES for path in CHECKOUT.glob(pattern)}
    papers |= {str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / "docs").rglob("*.*") if path.suffix != ".pyc"}
    made = {"PKG-INFO", "setup.cfg"}
    assert package_files() | papers <= names
    others = {name for name in names - package_files() - papers - made if ".egg-info/" not in name}
    assert others
    assert {(Path(name).parts[0], Path(name).suffix) for name in others} == {("tests", ".html"), ("tests", ".py")}


def test_the_wheel_serves_the_same_albums_as_the_checkout(installed, tmp_path):
    with running_store(tmp_path) as checkout:
        for path in ["/", "/albums", ALBUM]:
            ours, theirs = installed.get(path), checkout.get(path)
            assert ours == (theirs[0], theirs[1].replace(checkout.url.encode(), installed.url.encode())), path


@pytest.mark.parametrize(
    ("page", "pattern", "media_type"),
    [
        ("/", r'href="(/albums)"', "text/html"),
        (ALBUM, r'<img src="(/covers/[^"]+)"', "image/jpeg"),
        (ALBUM, r'href="(/static/fonts/[^"]+)"', "font/woff2"),
        (ALBUM, r'href="(/previews/[^"]+)"', "audio/mpeg"),
        (ALBUM, r'href="(/styles[^"]+)"', "text/css"),
        (ALBUM, r'src="(/static/js/player[^"]+)"', "text/javascript"),
        (ALBUM, r'href="(/static/images/[^"]+)"', "image/svg+xml"),
        ("/styles.css", r'url\("([^"]+)"\)', "font/woff2"),
    ],
)
def test_the_wheel_serves_the_files_that_pages_load(installed, page, pattern, media_type):
    found_type, body = installed.get(linked(installed, page, pattern))
    assert found_type == media_type
    assert body


def test_registering_in_the_installed_store_sends_an_email(installed):
    browser = build_opener(HTTPCookieProcessor())
    form = browser.open(f"{installed.url}/account/register").read().decode()
    fields = {
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', form)[1],
        "email": "alice@example.org",
        "password": PASSWORD,
        "confirm_password": PASSWORD,
    }
    sent = browser.open(f"{installed.url}/account/register", urlencode(fields).encode())
    assert sent.url.endswith("/account/register_sent")

    deadline = time.monotonic() + MAIL_LIMIT_S
    while b"alice@example.org" not in (mailbox := installed.get("/mail")[1]):
        assert time.monotonic() < deadline, "the email did not arrive"
    path = re.search(r'href="(/mail/[^"]+\.eml)"', mailbox.decode())[1]
    link = re.search(re.escape(installed.url) + r"(/account/confirm/[\w.-]+)", installed.get(path)[1].decode())[1]
    assert "alice@example.org" in installed.get(link)[1].decode()
    assert "Confirm" in installed.get(f"{path}/html")[1].decode()


def test_the_installed_store_logs_no_warnings_or_errors(installed):
    log = (installed.folder / "pserve.log").read_text("utf-8")
    assert not re.search("Traceback|WARNING|ERROR", log), log
