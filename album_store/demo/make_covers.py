"""Makes the demo covers: `python -m album_store.demo.make_covers` writes covers/*.jpg next to this file.

Needs numpy and Pillow besides the store's own packages, and the DejaVu and Liberation fonts of Debian for the three
covers with lettering. The store itself never runs this: the covers are kept with the catalogue, and this program is
here so that they can be made again. Name albums on the command line to make only those.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from album_store.demo import covers_cut as paper
from album_store.demo import covers_painted as painted
from album_store.demo import covers_printed as printed
from album_store.demo.canvas import Field, finish

HERE = Path(__file__).parent

COVERS: dict[str, Callable[[], Field]] = {
    "the-lantern-road": printed.lantern_road,
    "blue-ferry-late": painted.blue_ferry,
    "tidal-arithmetic": printed.tidal_arithmetic,
    "we-drew-the-coast-from-memory": printed.coast_from_memory,
    "thogn-og-ljos": painted.silence_and_light,
    "domingo-na-varanda": paper.domingo,
    "kitchen-table-economics": paper.kitchen_table,
    "iron-vespers": painted.iron_vespers,
    "traffic-and-thunder": printed.traffic_and_thunder,
    "slow-honey": printed.slow_honey,
    "preludes-pour-les-heures-breves": painted.short_hours,
    "rain-on-zinc": painted.rain_on_zinc,
    "night-bus-day-bus": painted.night_bus_day_bus,
}


def main(only: tuple[str, ...] = ()) -> None:
    """Make every cover, or only those named."""
    (HERE / "covers").mkdir(exist_ok=True)
    for slug, make in COVERS.items():
        if not only or slug in only:
            finish(make(), HERE / "covers" / f"{slug}.jpg")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
