"""How the code base is built: which way imports point, and what every folder says about itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import album_store

PACKAGE = Path(album_store.__file__).parent

# What a layer may import besides itself. `controllers` stands on no right side: nothing imports them.
MAY_IMPORT = {
    "data": set(),
    "infrastructure": {"data"},
    "services": {"data", "infrastructure"},
    "viewmodels": {"data", "infrastructure", "services"},
    "controllers": {"data", "infrastructure", "services", "viewmodels"},
    "bin": {"data", "infrastructure", "services"},
    "demo": set(),
    "email": set(),
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def layer_of(module: Path) -> str:
    """The folder of the package that a module is in; modules beside `__init__` put the store together."""
    return module.relative_to(PACKAGE).parts[0]


def imports_of(module: Path) -> Iterator[ast.ImportFrom | ast.Import]:
    tree = ast.parse(module.read_text("utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def imported_names(module: Path) -> set[str]:
    """The full names that a module imports."""
    names = set()
    for node in imports_of(module):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        else:
            names |= {alias.name for alias in node.names}
    return names


def folders() -> list[Path]:
    return sorted({module.parent for module in modules()})


def shown(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_every_folder_of_modules_is_a_layer_with_a_rule():
    assert {layer_of(folder / "x") for folder in folders() if folder != PACKAGE} == set(MAY_IMPORT)


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_imports_point_one_way(layer):
    for module in sorted((PACKAGE / layer).rglob("*.py")):
        own = {name.split(".")[1] for name in imported_names(module) if name.startswith("album_store.")}
        assert own <= MAY_IMPORT[layer] | {layer}, shown(module)


def test_nothing_imports_controllers():
    for module in modules():
        if layer_of(module) != "controllers":
            assert not any(name.startswith("album_store.controllers") for name in imported_names(module)), shown(module)


def test_the_database_layer_knows_no_web_and_services_know_no_requests():
    for layer in ("data", "services"):
        for module in (PACKAGE / layer).rglob("*.py"):
            web = {name for name in imported_names(module) if name.split(".")[0] in {"pyramid", "webob"}}
            # The one file that hands the services to the request.
            allowed = (
                {"pyramid.config.Configurator", "pyramid.request.Request"} if module.parent.name == layer else set()
            )
            assert web <= (allowed if module.name == "__init__.py" else set()), shown(module)


def test_imports_are_absolute():
    for module in modules():
        assert not [node for node in imports_of(module) if isinstance(node, ast.ImportFrom) and node.level], shown(
            module
        )


def test_every_folder_with_modules_is_a_package():
    assert [shown(folder) for folder in folders() if not (folder / "__init__.py").is_file()] == []


@pytest.mark.parametrize("folder", folders(), ids=shown)
def test_a_folder_says_in_one_sentence_what_lives_there(folder):
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
    assert docstring
    assert docstring.endswith(".")
    assert ". " not in docstring
    assert "\n" not in docstring


@pytest.mark.parametrize("module", modules(), ids=shown)
def test_a_module_and_its_classes_say_what_they_are(module):
    tree = ast.parse(module.read_text("utf-8"))
    assert ast.get_docstring(tree)
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert [node.name for node in classes if not ast.get_docstring(node) and not node.name.startswith("_")] == []


def test_nothing_is_printed():
    for module in modules():
        calls = [node for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.Call)]
        assert not [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"], shown(
            module
        )
