"""Sorting more than memory should hold."""

import pytest

from album_store.services.imports.sorted_spool import SortedSpool


def test_items_come_back_by_key_and_then_in_the_order_of_adding():
    spool = SortedSpool()
    for key, item in (("b", 1), ("a", ["é", None]), ("b", {"x": 2}), ("a", 3)):
        spool.add(key, item)
    assert len(spool) == 4
    for _ in range(2):
        assert list(spool) == [("a", ["é", None]), ("a", 3), ("b", 1), ("b", {"x": 2})]


def test_an_error_while_sorting_is_an_error_of_the_system():
    spool = SortedSpool()
    for number in range(10_000):
        spool.add(number % 7, number)
    items = iter(spool)
    assert next(items) == (0, 0)
    spool._database.interrupt()
    with pytest.raises(OSError, match="no room for a temporary file"):
        list(items)


def test_a_full_disk_is_an_error_of_the_system():
    spool = SortedSpool()
    spool._database.execute("PRAGMA max_page_count = 3")
    with pytest.raises(OSError, match="no room for a temporary file"):
        spool.add(1, "x" * 100_000)
