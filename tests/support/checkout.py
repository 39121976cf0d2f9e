"""Where the checkout is, and the large catalogue that may lie beside it."""

import os
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
CATALOGUES = Path(os.environ.get("ALBUM_STORE_CATALOGUES", CHECKOUT.parent / "shared" / "catalogues"))
CHINOOK = CATALOGUES / "chinook.csv"

needs_chinook = pytest.mark.skipif(not CHINOOK.exists(), reason="the Chinook catalogue is not here")
