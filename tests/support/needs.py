"""Marks of tests that need data beside the checkout."""

import pytest

from tests.support.checkout import CASES, CHINOOK

needs_chinook = pytest.mark.skipif(not CHINOOK.exists(), reason="The Chinook catalogue is missing.")
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="The problematic inputs are missing.")
