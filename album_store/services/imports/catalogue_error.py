"""The mistakes in a catalogue file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """One mistake to fix: the line on which its row starts, the column (None for the whole row), and the reason."""

    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.reason}"


class CatalogueError(Exception):
    """The file cannot be imported; `mistakes` lists all its mistakes by line."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda mistake: mistake.line)
        super().__init__("\n".join(map(str, self.mistakes)))
