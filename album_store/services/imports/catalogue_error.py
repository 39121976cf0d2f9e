"""The mistakes in a catalogue file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_LISTED = 50
MAX_RUNS_LISTED = 8
# A file with this many mistakes is not read any further.
MAX_MISTAKES = 10_000


@dataclass(frozen=True)
class Mistake:
    """One mistake to fix: the line on which its row starts, the column (None for the whole row), and the reason.

    Line 0 is the file as a whole. `file` is the name of a file beside the catalogue, or "" for the catalogue itself.
    `reason` starts in lower case, as it follows a colon.
    """

    line: int
    column: str | None
    reason: str
    file: str = ""

    def __str__(self) -> str:
        return _sentence(self, [self.line])


class CatalogueError(Exception):
    """The file cannot be imported. `mistakes` holds all mistakes, sorted by line.

    The message lists a mistake once for all lines that share it, and at most MAX_LISTED different ones. If the file was
    not read to its end, `is_complete` is false, and the message says so.
    """

    def __init__(self, mistakes: Sequence[Mistake], *, is_complete: bool = True) -> None:
        self.mistakes = sorted(mistakes, key=lambda mistake: (mistake.file, mistake.line))
        rest = [] if is_complete else ["The rest of the file was not checked."]
        super().__init__("\n".join([*_listed(self.mistakes), *rest]))


class MistakeList(list[Mistake]):
    """Collects mistakes. Raises CatalogueError when there are MAX_MISTAKES of them."""

    def report(self, line: int, column: str | None, reason: str) -> None:
        """Add a mistake."""
        self.append(Mistake(line, column, reason))
        if len(self) >= MAX_MISTAKES:
            raise CatalogueError(self, is_complete=False)


def _listed(mistakes: Sequence[Mistake]) -> Iterator[str]:
    alike: dict[tuple[str, str | None, str], list[Mistake]] = {}
    for mistake in mistakes:
        alike.setdefault((mistake.file, mistake.column, mistake.reason), []).append(mistake)
    groups = list(alike.values())
    for group in groups[:MAX_LISTED]:
        yield _sentence(group[0], list(dict.fromkeys(mistake.line for mistake in group)))
    if more := sum(map(len, groups[MAX_LISTED:])):
        yield f"... and {more} more {'mistake' if more == 1 else 'mistakes'}."


def _sentence(mistake: Mistake, lines: Sequence[int]) -> str:
    place = ", ".join(filter(None, [mistake.file, _place(lines), mistake.column]))
    sentence = f"{place}: {mistake.reason}" if place else mistake.reason
    return sentence if mistake.file else sentence[0].upper() + sentence[1:]


def _place(lines: Sequence[int]) -> str:
    """Name the sorted lines: `line 2`, `lines 2, 5 to 9 and 12`, or the first of them `and 40 more`; "" for line 0."""
    if lines == [0]:
        return ""
    if len(lines) == 1:
        return f"line {lines[0]}"
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    listed = runs if len(runs) <= MAX_RUNS_LISTED else runs[: MAX_RUNS_LISTED - 1]
    parts = [part for run in listed for part in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run))]
    if more := len(lines) - sum(map(len, listed)):
        parts.append(f"{more} more")
    *firsts, last = parts
    return f"lines {', '.join(firsts)} and {last}" if firsts else f"lines {last}"
