"""Paths of the checkout, and of the test data that may be beside it: a large catalogue and problematic inputs."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
CATALOGUES = Path(os.environ.get("ALBUM_STORE_CATALOGUES", CHECKOUT.parent / "shared" / "catalogues"))
CHINOOK = CATALOGUES / "chinook.csv"
CASES = Path(os.environ.get("ALBUM_STORE_CASES", CHECKOUT.parent / "shared" / "cases"))
