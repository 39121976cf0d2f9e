"""Only one template is compiled at a time, and none again at the next start."""

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from chameleon import PageTemplate, PageTemplateFile
from chameleon.loader import MemoryLoader
from chameleon.template import BaseTemplate

from album_store.infrastructure import template_compiler
from tests.support.running_store import environment
from tests.support.store_driver import together


def test_templates_rendered_at_the_same_time_are_all_compiled():
    template_compiler.install()
    source = "<p tal:repeat='x items'>" + "${x + 1} <b tal:condition='x == 1'>${x}</b>" * 50 + "</p>"
    templates = [PageTemplate(f"<div>{number}{source}</div>") for number in range(8)]
    pages = together(*[lambda template=template: template(items=[1, 2]) for template in templates])
    assert all(page.startswith(f"<div>{number}<p>") for number, page in enumerate(pages))


def test_only_one_thread_compiles_at_a_time(monkeypatch):
    inside, most = 0, 0
    lock = threading.Lock()

    def cook(_template: object, _body: str) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.01)
        with lock:
            inside -= 1

    monkeypatch.setattr(template_compiler, "_cook", cook)
    together(*[lambda: template_compiler._cook_alone(SimpleNamespace(_cooked=False), "") for _ in range(4)])
    assert most == 1


def test_a_template_rendered_by_many_threads_is_compiled_once(monkeypatch):
    compiled = []

    def cook(template: SimpleNamespace, _body: str) -> None:
        threading.Event().wait(0.01)
        compiled.append(template)
        template._cooked = True

    monkeypatch.setattr(template_compiler, "_cook", cook)
    template = SimpleNamespace(_cooked=False)
    together(*[lambda: template_compiler._cook_alone(template, "")] * 8)
    assert compiled == [template]


STARTER = """
import sys
from chameleon import PageTemplateFile
from album_store.infrastructure import template_compiler

template_compiler.install()
print("ready", flush=True)
sys.stdin.readline()
for path in sys.argv[1:]:
    print(PageTemplateFile(path)(items=[1, 2]))
"""


@pytest.fixture
def page(tmp_path, monkeypatch) -> Path:
    """A template, in a process that may keep what it compiles."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(BaseTemplate, "loader", MemoryLoader())  # in place of the cache that all tests share
    template_compiler.install()
    path = tmp_path / "page.pt"
    path.write_text("<p>${word}</p>", "utf-8")
    return path


@pytest.fixture
def compiled(monkeypatch) -> list[str]:
    """The bodies of the templates that were compiled."""
    bodies, compile_body = [], BaseTemplate._compile

    def note(template, body, builtins) -> str:
        bodies.append(body)
        return compile_body(template, body, builtins)

    monkeypatch.setattr(BaseTemplate, "_compile", note)
    return bodies


def kept_beside(page: Path) -> list[Path]:
    return sorted((page.parent / "__pycache__").iterdir())


def test_a_template_is_compiled_only_at_the_first_start(page, compiled):
    assert [PageTemplateFile(page)(word="one"), PageTemplateFile(page)(word="two")] == ["<p>one</p>", "<p>two</p>"]
    assert compiled == ["<p>${word}</p>"]


def test_a_changed_template_is_compiled_again_and_takes_the_place_of_the_old_one(page, compiled):
    PageTemplateFile(page)(word="one")
    page.write_text("<b>${word}</b>", "utf-8")
    assert PageTemplateFile(page)(word="two") == "<b>two</b>"
    assert compiled == ["<p>${word}</p>", "<b>${word}</b>"]
    assert len(kept_beside(page)) == 1


def test_another_version_of_chameleon_compiles_again(page, compiled, monkeypatch):
    PageTemplateFile(page)(word="one")
    monkeypatch.setattr(template_compiler, "_chameleon_version", lambda: b"another")
    assert PageTemplateFile(page)(word="two") == "<p>two</p>"
    assert len(compiled) == 2


@pytest.mark.parametrize("damage", [lambda kept: b"", lambda kept: kept[:60], lambda kept: kept[:36] + b"x" * 200])
def test_a_damaged_file_is_written_again(page, compiled, damage):
    PageTemplateFile(page)(word="one")
    [file] = kept_beside(page)
    file.write_bytes(damage(file.read_bytes()))
    assert [PageTemplateFile(page)(word="two"), PageTemplateFile(page)(word="three")] == ["<p>two</p>", "<p>three</p>"]
    assert len(compiled) == 2


def test_a_folder_that_cannot_be_written_is_left_alone(page, compiled):
    (page.parent / "__pycache__").write_text("in the way", "utf-8")
    assert [PageTemplateFile(page)(word="one"), PageTemplateFile(page)(word="two")] == ["<p>one</p>", "<p>two</p>"]
    assert len(compiled) == 2


def test_nothing_is_kept_if_python_keeps_nothing(page, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert PageTemplateFile(page)(word="one") == "<p>one</p>"
    assert not (page.parent / "__pycache__").exists()


def test_another_folder_for_all_that_python_compiles_is_used(page, compiled, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    assert [PageTemplateFile(page)(word="one"), PageTemplateFile(page)(word="two")] == ["<p>one</p>", "<p>two</p>"]
    assert not (page.parent / "__pycache__").exists()
    assert len(compiled) == 1


@pytest.mark.server
def test_processes_that_start_together_share_what_they_compile(page, tmp_path):
    pages = [tmp_path / f"page{number}.pt" for number in range(20)]
    for path in pages:
        path.write_text(f"<i tal:repeat='x items'>{path.stem} ${{x}}</i>", "utf-8")
    command = [sys.executable, "-c", STARTER, *map(str, pages)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment()}
    processes = [subprocess.Popen(command, **pipes) for _ in range(4)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    said = [process.communicate("\n", timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    expected = "".join(f"<i>{path.stem} 1</i>\n<i>{path.stem} 2</i>\n" for path in pages)
    assert said == [expected] * 4
    assert len(kept_beside(page)) == len(pages)
