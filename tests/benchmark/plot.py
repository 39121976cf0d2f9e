"""A plot of the results: how far each line is above or below its bar, on a logarithmic scale."""

from collections.abc import Sequence
from html import escape
from math import log10

from tests.benchmark.line import Line, shown

WIDTH, LABELS, FIGURES, ROW, MARGIN = 900, 380, 110, 26, 34
# From a tenth of the bar to ten times as good.
DECADES = 1
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1d1d1f; }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.ok { fill: #1a7f4b; } .short { fill: #c8391f; } .bar { stroke: #1d1d1f; stroke-width: 2; } .grid { stroke: #8885; }
@media (prefers-color-scheme: dark) {
  text { fill: #f2f2f4; } .bar { stroke: #f2f2f4; } .ok { fill: #46c583; } .short { fill: #ff7a5c; }
}
"""


def plot(lines: Sequence[Line]) -> str:
    """Return an SVG image with one row for each line. It suits light and dark pages."""
    height = 2 * MARGIN + ROW * len(lines)
    parts = [_scale(height)]
    for number, line in enumerate(lines):
        middle, end = _place(1), _place(_goodness(line))
        y = MARGIN + ROW * number
        title = f"{line.work}, {line.unit}" if line.unit.startswith("x ") else line.work
        parts += [
            f'<text x="{LABELS - 10}" y="{y + 17}" class="end">{escape(title)}</text>',
            f'<rect x="{min(middle, end):.1f}" y="{y + 5}" width="{abs(end - middle):.1f}" height="{ROW - 10}"'
            f' class="{line.verdict}" />',
            f'<text x="{WIDTH - FIGURES + 10}" y="{y + 17}">{shown(line.value)} of {line.bar:g}</text>',
        ]
    title = "How far each result is above or below its bar"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">'
        f"<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _goodness(line: Line) -> float:
    """Return 1 at the bar, and more if the result is better."""
    return line.bar / (line.value or 1e-6) if line.is_most else line.value / line.bar


def _place(goodness: float) -> float:
    """Return where a result ends, from left to right."""
    share = (log10(max(goodness, 1e-6)) / DECADES + 1) / 2
    return LABELS + min(max(share, 0), 1) * (WIDTH - LABELS - FIGURES)


def _scale(height: int) -> str:
    marks = []
    for goodness, name in ((0.1, "a tenth"), (0.5, "half"), (1, "the bar"), (2, "twice"), (10, "10 x as good")):
        x = _place(goodness)
        kind = "bar" if goodness == 1 else "grid"
        marks += [
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{MARGIN}" y2="{height - MARGIN}" class="{kind}" />',
            f'<text x="{x:.1f}" y="{MARGIN - 10}" class="middle">{name}</text>',
        ]
    return "\n".join(marks)
