"""What is wrong with a catalogue file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One thing to mend: the line of the file where its row begins, the column if it is in one, and the reason."""

    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.reason}"


class CatalogueError(Exception):
    """The file cannot be imported; `mistakes` lists everything that is wrong with it, in the order of its lines."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda mistake: mistake.line)
        super().__init__("\n".join(map(str, self.mistakes)))
