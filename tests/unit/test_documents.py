"""The links, commands and settings in the documents are correct, and the documents are short."""

import argparse
import dataclasses
import re
import shlex
from typing import Any
from urllib.parse import urlsplit

import pytest

from album_store.bin.main import SUBCOMMANDS
from album_store.infrastructure.settings import REMOVED_SETTINGS, Settings
from tests.support.checkout import CHECKOUT
from tests.support.databases import VARIABLE as TEST_URLS
from tests.support.documents import DOCS, DOCUMENTS, anchors, blocks, commands, links, names_in, rows, text_of

SETTINGS = {field.metadata["key"]: field.metadata["default"] for field in dataclasses.fields(Settings)}
# File names, and the beginning of the names of events, that look like settings.
OTHER_NAMES = re.compile(r"\.(?:md|py|ini|toml|sqlite|csv|webp|service)$|^checkout\.session$")
# The arguments that commands in documents may have.
WRITTEN = {
    "production.ini",
    "new.ini",
    "development.ini",
    "my-albums.csv",
    "my-albums/my-albums.csv",
    "you@example.org",
    "FOLDER",
}
REQUIRED = {
    "catalogue-template": ["my-albums.csv"],
    "copy-database": ["production.ini", "new.ini"],
    "import-catalogue": ["production.ini", "my-albums.csv"],
    "make-admin": ["production.ini", "you@example.org"],
    "send-test-mail": ["production.ini", "you@example.org"],
}
MAX_IMAGE_BYTES = 60_000

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(CHECKOUT)))


def all_of(find):
    """Return what a function finds in each document, with the name of the document."""
    return [(document.name, found) for document in DOCUMENTS for found in find(document)]


@each_document
def test_every_link_leads_to_an_existing_target(document):
    for link in links(document):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme in {"http", "https"}, link
            assert re.fullmatch(r"[\w.-]+(:\d+)?", parts.netloc), link
            continue
        target = (document.parent / parts.path) if parts.path else document
        assert target.exists(), link
        assert target.resolve().is_relative_to(CHECKOUT), link
        if parts.fragment:
            assert parts.fragment in anchors(target), link


@each_document
def test_headings_have_different_anchors(document):
    found = anchors(document)
    if document.name != "CHANGES.md":  # each version has the same headings
        assert len(set(found)) == len(found)


def test_every_page_is_in_the_index():
    listed = set(links(DOCS / "README.md"))
    assert {page.name for page in DOCS.glob("*.md")} - {"README.md"} <= listed


def test_links_and_anchors_are_found_outside_code_blocks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A page, really?\n\n[a](b.md) ![c](d.webp) <http://e.example>\n\n```sh\n[f](g.md)\n```\n")
    assert links(page) == ["b.md", "d.webp", "http://e.example"]
    assert anchors(page) == ["a-page-really"]


class ExactParser(argparse.ArgumentParser):
    """A parser that accepts no abbreviated options."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)


def parser() -> argparse.ArgumentParser:
    """Return the argument parser of album-store."""
    found = ExactParser()
    subparsers = found.add_subparsers(required=True)
    for subcommand in SUBCOMMANDS:
        subcommand.add_parser(subparsers)
    return found


@pytest.mark.parametrize(("document", "command"), all_of(commands))
def test_every_command_exists_with_its_options(document, command):
    program, *arguments = shlex.split(command)
    if program == "album-store":
        given = vars(parser().parse_args(complete(arguments)))
        assert {str(value) for value in given.values() if not callable(value) and value not in (True, False)} <= WRITTEN
    elif program == "pserve":
        ini, *options = arguments
        assert (CHECKOUT / ini).is_file()
        assert options in ([], ["--reload"])
    else:
        module, *options = arguments[1:]
        if module == "venv":
            return
        place = CHECKOUT.joinpath(*module.split("."))
        [main] = [file for file in (place.with_suffix(".py"), place / "__main__.py") if file.is_file()]
        source = text_of(main)
        assert '__name__ == "__main__"' in source or main.name == "__main__.py"
        assert all(f'"{option}"' in source for option in options if option.startswith("--"))


def complete(arguments):
    """Return the arguments of a command, adding the required ones if the text names only the command."""
    name, *given = arguments
    is_short = all(argument.startswith("--") for argument in given)
    return [*arguments, *REQUIRED.get(name, ["production.ini"])] if is_short else arguments


def test_a_command_with_a_wrong_option_is_detected():
    with pytest.raises(SystemExit):
        parser().parse_args(["import-catalogue", "production.ini", "my-albums.csv", "--dry"])


def test_the_measurements_page_lists_exactly_the_existing_scripts():
    scripts = {path.stem for path in (CHECKOUT / "tests" / "measure").glob("*.py") if "__main__" in text_of(path)}
    on_page = re.findall(r"python -m tests\.measure\.(\w+)", text_of(DOCS / "measurements.md"))
    assert set(on_page) == scripts | {"scan"}


@each_document
def test_every_setting_in_a_document_exists(document):
    prefixes = "|".join(sorted({key.partition(".")[0] for key in SETTINGS}))
    named = re.findall(rf"`((?:{prefixes})\.[a-z_]+)(?: = [^`]*)?`", text_of(document))
    for block in blocks(document, "ini"):
        named += re.findall(rf"^((?:{prefixes})\.[a-z_]+) = ", block, re.MULTILINE)
    unknown = {name for name in named if name not in SETTINGS and not OTHER_NAMES.search(name)}
    assert unknown <= (set(REMOVED_SETTINGS) if document.name == "CHANGES.md" else set())


@each_document
def test_every_environment_variable_in_a_document_is_a_setting(document):
    for name in re.findall(r"`(ALBUM_STORE_[A-Z_]+)`", text_of(document)):
        assert name in {"ALBUM_STORE_", TEST_URLS, "ALBUM_STORE_CHROMIUM"} | {
            f"ALBUM_STORE_{key.upper().replace('.', '_')}" for key in SETTINGS
        }


def test_the_settings_page_lists_every_setting_once_with_its_default():
    page = text_of(DOCS / "settings.md")
    on_page = {key: row[1] for key, row in zip(names_in(page), rows(page), strict=True)}
    assert on_page == {key: default_in_words(default) for key, default in SETTINGS.items()}
    assert len(rows(page)) == len(SETTINGS)
    assert all(row[2].endswith(".") for row in rows(page))


def default_in_words(default):
    if default is None:
        return "required"
    return f"`{default}`" if default else "empty"


def test_the_settings_page_starts_with_ten_settings():
    first = text_of(DOCS / "settings.md").split("\n## ")[1]
    assert len(rows(first)) == 10


def test_ini_files_have_only_known_settings_and_the_ones_to_change_first():
    first = names_in(text_of(DOCS / "settings.md").split("\n## ")[1])
    for name in ("development.ini", "production.ini"):
        keys = set(re.findall(r"^([a-z]+\.[a-z_]+) =", text_of(CHECKOUT / name), re.MULTILINE))
        assert keys - {"pyramid.reload_templates"} <= set(SETTINGS)
        assert {key for key in first if name == "production.ini" or key.startswith("store.")} <= keys


@pytest.mark.parametrize(("name", "max_bytes"), [("README.md", 5_000), ("SECURITY.md", 8_000)])
def test_the_readme_and_the_security_page_are_short(name, max_bytes):
    assert (CHECKOUT / name).stat().st_size < max_bytes


def test_the_readme_has_the_commands_to_run_and_to_test_the_store():
    run, *_, test = blocks(CHECKOUT / "README.md", "sh")
    assert run == "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/pserve development.ini\n"
    assert test == "python3 -m venv .venv && .venv/bin/pip install -e '.[testing]' && .venv/bin/pytest\n"


@each_document
def test_no_block_imports_the_example_rows_of_the_template_it_writes(document):
    for block in blocks(document, "sh"):
        assert not ("catalogue-template" in block and "import-catalogue" in block)


def test_every_image_is_small_and_used():
    images = set((DOCS / "images").iterdir())
    assert {image.suffix for image in images} == {".svg", ".webp"}
    assert [image.name for image in images if image.stat().st_size >= MAX_IMAGE_BYTES] == []
    shown = {(document.parent / link).resolve() for document in DOCUMENTS for link in links(document)}
    assert images <= shown


@each_document
def test_files_and_folders_in_a_document_exist(document):
    named = re.findall(r"(?<![\w/.])(?:album_store|tests|docs|\.ci)/[\w./-]*\w", text_of(document))
    assert [name for name in named if not (CHECKOUT / name).exists()] == []
