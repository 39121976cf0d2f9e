"""Compiles one template at a time, and keeps the result for the next start.

Templates are compiled on first use. Up to Python 3.11, two threads that compile at the same time can fail with
`SystemError: AST constructor recursion depth mismatch` (CPython issue 106905), and the first visitors after a restart
would see an error page.
"""

import hashlib
import marshal
import os
import sys
import threading
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path
from typing import Any

import chameleon.template
from chameleon.loader import MemoryLoader
from chameleon.template import BaseTemplate, BaseTemplateFile

_one_at_a_time = threading.RLock()
_cook = BaseTemplate.cook


class CompiledTemplate(MemoryLoader):
    """Keeps a compiled template where Python keeps compiled modules: in `__pycache__`, beside the template.

    As for modules, PYTHONPYCACHEPREFIX and PYTHONDONTWRITEBYTECODE apply, and a folder that cannot be written is left
    alone. Several processes may write the same file. Chameleon's `filename` names a hash of the template.
    """

    def __init__(self, template: str) -> None:
        self._path = Path(cache_from_source(f"{template}.py"))

    def get(self, filename: str) -> dict[str, Any] | None:
        """Return the names that the compiled template defines, or None if it is not here."""
        header = _header(filename)
        try:
            kept = self._path.read_bytes()
            code = marshal.loads(kept[len(header) :]) if kept.startswith(header) else None  # noqa: S302 # nosec B302 - see the class
        except (OSError, EOFError, TypeError, ValueError):  # there is none, or only a part of one
            return None
        if code is None:
            return None
        names: dict[str, Any] = {}
        exec(code, names)  # noqa: S102 # nosec B102 - the same
        return names

    def build(self, source: str, filename: str) -> dict[str, Any]:
        """Compile the Python source of a template, and keep it. Returns the names that it defines."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                self._keep(_header(filename) + marshal.dumps(compile(source, filename, "exec")))
        return super().build(source, filename)

    def _keep(self, content: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(content)
        unfinished.replace(self._path)


def _header(filename: str) -> bytes:
    return MAGIC_NUMBER + hashlib.sha256(filename.encode()).digest()


@cache
def _chameleon_version() -> bytes:
    return version("Chameleon").encode()


def _package_digest() -> Any:
    """Return what all hashes of templates begin with. Chameleon's own reads the metadata of every installed package."""
    return hashlib.sha1(_chameleon_version(), usedforsecurity=False)


def _cook_alone(template: BaseTemplate, body: str) -> None:
    with _one_at_a_time:
        if template._cooked:  # another thread compiled it while this one waited
            return
        if isinstance(template, BaseTemplateFile) and type(template.loader) is MemoryLoader:
            template.loader = CompiledTemplate(str(template.filename))
        _cook(template, body)


def install() -> None:
    """Make all templates of the process compile under one lock, and be kept. Further calls change nothing."""
    chameleon.template.get_pkg_digest = _package_digest
    BaseTemplate.cook = _cook_alone
