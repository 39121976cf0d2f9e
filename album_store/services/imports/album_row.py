"""One row of a catalogue file."""

from collections.abc import Callable, Sequence, Set
from typing import Any, NamedTuple

# Called with the line, the column and the description of a mistake.
Report = Callable[[int, str | None, str], None]


class Row(NamedTuple):
    """One row of the file. `values` lacks the columns that the file lacks and those in `wrong`."""

    line: int
    values: dict[str, Any]
    wrong: Set[str]

    def to_json(self) -> Sequence[Any]:
        """Return the row for `from_json`, as what JSON can hold."""
        return self.line, self.values, list(self.wrong)

    @classmethod
    def from_json(cls, item: Sequence[Any]) -> "Row":
        """Return the row of which `to_json` returned this."""
        line, values, wrong = item
        return cls(line, values, frozenset(wrong))
