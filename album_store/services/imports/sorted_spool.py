"""Sorts more items than memory should hold."""

import errno
import pickle  # nosec B403 - for a file that no other process can open
import sqlite3
from collections.abc import Iterator
from typing import Any


class SortedSpool:
    """Items with their keys, in a temporary file that is deleted with the object.

    An item is what pickle can hold; it is fast with plain values, tuples and dictionaries, and slow with named tuples.
    Keys are all numbers or all strings. Raises OSError if there is no room for the file.
    """

    def __init__(self) -> None:
        # With this name, SQLite makes a file that no other process can open. It is no store, so it needs no journal.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE Item (id INTEGER PRIMARY KEY, key, item BLOB)")
        self._database.execute("BEGIN")
        self._count = 0

    def __del__(self) -> None:
        self._database.close()

    def __len__(self) -> int:
        return self._count

    def add(self, key: int | str, item: Any) -> None:
        """Add an item."""
        try:
            pickled = pickle.dumps(item, pickle.HIGHEST_PROTOCOL)
            self._database.execute("INSERT INTO Item (key, item) VALUES (?, ?)", (key, pickled))
        except sqlite3.OperationalError as error:
            raise _no_room(error) from error
        self._count += 1

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        """Yield the keys and items in the order of the keys, and those of one key in the order of adding."""
        try:
            for key, item in self._database.execute("SELECT key, item FROM Item ORDER BY key, id"):
                yield key, pickle.loads(item)  # noqa: S301 # nosec B301 - no other process can open the file
        except sqlite3.OperationalError as error:
            raise _no_room(error) from error


def _no_room(error: sqlite3.OperationalError) -> OSError:
    return OSError(errno.ENOSPC, f"no room for a temporary file ({error})")
