"""The mistakes in a catalogue file."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Mistake:
    """One mistake to fix: the line on which its row starts, the column (None for the whole row), and the reason.

    `other_lines` are those of further rows that have the same mistake.
    """

    line: int
    column: str | None
    reason: str
    other_lines: tuple[int, ...] = ()

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        others = f" The same on {_listed(self.other_lines)}." if self.other_lines else ""
        return f"{place}: {self.reason}{others}"


class CatalogueError(Exception):
    """The file cannot be imported; `mistakes` lists all its mistakes by line."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda mistake: mistake.line)
        super().__init__("\n".join(map(str, self.mistakes)))


def joined(mistakes: Iterable[Mistake], columns: Collection[str]) -> list[Mistake]:
    """The mistakes, of which those in one of these columns and with the same reason become one."""
    alike: dict[Hashable, list[Mistake]] = defaultdict(list)
    for number, mistake in enumerate(mistakes):
        alike[(mistake.column, mistake.reason) if mistake.column in columns else number].append(mistake)
    return [replace(first, other_lines=tuple(other.line for other in rest)) for first, *rest in alike.values()]


def _listed(lines: Sequence[int]) -> str:
    """The lines in words, such as "line 3" or "lines 3 to 7, 9 and 12"."""
    runs: list[tuple[int, int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], line)
        else:
            runs.append((line, line))
    *most, last = [str(first) if first == last else f"{first} to {last}" for first, last in runs]
    word = "lines" if len(lines) > 1 else "line"
    return f"{word} {', '.join(most)} and {last}" if most else f"{word} {last}"
