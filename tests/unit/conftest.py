"""What unit tests share."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def store_ini(tmp_path: Path, settings: dict[str, Any]) -> Path:
    """An ini file for the store of the test."""
    path = tmp_path / "store.ini"
    lines = [f"{name} = {value}" for name, value in settings.items()]
    path.write_text("\n".join(["[app:main]", "use = egg:album-store", *lines, ""]), "utf-8")
    return path
