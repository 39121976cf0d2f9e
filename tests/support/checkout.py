"""Paths of the checkout, and of the test data that may be beside it: a large catalogue and problematic inputs."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
CATALOGUES = Path(os.environ.get("ALBUM_STORE_CATALOGUES", CHECKOUT.parent / "shared" / "catalogues"))
CHINOOK = CATALOGUES / "chinook.csv"
CASES = Path(os.environ.get("ALBUM_STORE_CASES", CHECKOUT.parent / "shared" / "cases"))

needs_chinook = pytest.mark.skipif(not CHINOOK.exists(), reason="The Chinook catalogue is missing.")
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="The problematic inputs are missing.")
