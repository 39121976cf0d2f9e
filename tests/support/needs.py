"""Marks of tests that need data beside the checkout, or servers of their own."""

import os

import pytest

from tests.support.checkout import CASES, CHINOOK
from tests.support.database_servers import DatabaseServer
from tests.support.databases import VARIABLE

needs_chinook = pytest.mark.skipif(not CHINOOK.exists(), reason="The Chinook catalogue is missing.")
needs_cases = pytest.mark.skipif(not CASES.exists(), reason="The problematic inputs are missing.")


def needs_server(kind: type[DatabaseServer]) -> pytest.MarkDecorator:
    """Return the mark of a test that starts a database server, which takes long.

    It runs where the server is installed and ALBUM_STORE_TEST_URLS asks for tests on servers.
    """
    is_missing = kind.program() is None
    reason = f"{kind.kind} is not installed" if is_missing else f"{VARIABLE} names no servers"
    return pytest.mark.skipif(is_missing or VARIABLE not in os.environ, reason=reason)
