"""Docstrings of packages. import-linter and ruff check the other rules of the house style."""

import ast
from pathlib import Path

import pytest

import album_store

PACKAGE = Path(album_store.__file__).parent
FOLDERS = sorted({module.parent for module in PACKAGE.rglob("*.py")})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(PACKAGE)))
def test_every_package_has_a_one_sentence_docstring(folder):
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    assert docstring
    assert docstring.endswith(".")
    assert ". " not in docstring
    assert "\n" not in docstring
