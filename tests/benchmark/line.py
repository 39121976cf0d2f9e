"""The lines of the benchmark's table."""

from dataclasses import dataclass

from tests.benchmark.load import Rates


@dataclass(frozen=True)
class Line:
    """Something that was measured beside the bar that it must reach: `bar` is the least value, or the most."""

    work: str
    value: float
    bar: float
    unit: str
    is_most: bool = False
    figures: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether the bar is reached."""
        return self.value <= self.bar if self.is_most else self.value >= self.bar

    @property
    def cells(self) -> list[str]:
        """The cells of the table: the work, the bar, the result, the figures behind it, and the verdict."""
        least = "at most" if self.is_most else "at least"
        return [self.work, f"{least} {self.bar:g} {self.unit}", shown(self.value), self.figures, self.verdict]

    @property
    def verdict(self) -> str:
        """In a word."""
        return "ok" if self.is_ok else "short"


def ratio_line(work: str, rates: Rates, name: str, other: str, bar: float) -> Line:
    """Return a line that compares the rates of two targets, with their processor times."""
    figures = (
        f"{shown(rates.median(name))} and {shown(rates.median(other))} a second; "
        f"processor {shown(rates.cost(name))} and {shown(rates.cost(other))} µs"
    )
    return Line(work, rates.ratio(name, other), bar, f"x {other}", figures=figures)


def shown(value: float) -> str:
    """Return a figure with three significant digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
