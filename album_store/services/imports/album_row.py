"""One row of a catalogue file."""

from collections.abc import Callable, Set
from typing import Any, NamedTuple

# Called with the line, the column and the description of a mistake.
Report = Callable[[int, str | None, str], None]


class Row(NamedTuple):
    """One row of the file. `values` lacks the columns that the file lacks and those in `wrong`."""

    line: int
    values: dict[str, Any]
    wrong: Set[str]
