"""The import of a large catalogue on SQLite, while another process writes too."""

from collections.abc import Iterator

from tests.benchmark.line import Line, shown
from tests.benchmark.run import Run
from tests.measure.import_costs import MAX_GROWTH, MAX_WAIT_S, RATE, SIZES, TRACKS_ON_EACH, import_large

SIZES_IF_SHORT = (100, 200)


def importing(run: Run) -> Iterator[Line]:
    """Two sizes, of which the larger has a million tracks."""
    small, large = SIZES_IF_SHORT if run.effort.is_short else SIZES
    _, _, memory_of_small, wait_of_small = import_large(small)
    seconds, cpu, memory, wait = import_large(large)
    tracks = large * TRACKS_ON_EACH
    figures = f"{shown(seconds)} s, processor {shown(cpu)} s"
    work = f"sqlite: import of {tracks:,} tracks"
    yield Line(work, tracks / seconds, RATE, "tracks a second", figures=figures)
    figures = f"{shown(memory_of_small)} and {shown(memory)} MB"
    yield Line(
        f"{work}, memory", memory / memory_of_small, MAX_GROWTH, f"x that of {small * TRACKS_ON_EACH:,}", True, figures
    )
    yield Line(f"{work}, longest wait of another writer", max(wait, wait_of_small), MAX_WAIT_S, "s", True)
