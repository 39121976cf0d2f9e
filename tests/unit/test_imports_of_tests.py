"""Code that tests share is in tests/support."""

import re

from tests.support.checkout import CHECKOUT


def test_no_test_module_imports_another():
    sources = [file.read_text("utf-8") for file in (CHECKOUT / "tests").rglob("*.py")]
    assert len(sources) > 100
    assert re.findall(r"^ *(?:from|import) tests\S*\.test_\w+", "\n".join(sources), re.MULTILINE) == []
