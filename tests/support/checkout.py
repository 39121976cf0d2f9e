"""Where the checkout is, and the large catalogue and the inputs that go wrong, which may lie beside it."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
CATALOGUES = Path(os.environ.get("ALBUM_STORE_CATALOGUES", CHECKOUT.parent / "shared" / "catalogues"))
CHINOOK = CATALOGUES / "chinook.csv"
CASES = Path(os.environ.get("ALBUM_STORE_CASES", CHECKOUT.parent / "shared" / "cases"))

needs_chinook = pytest.mark.skipif(not CHINOOK.exists(), reason="the Chinook catalogue is not here")
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="the inputs that go wrong are not here")
