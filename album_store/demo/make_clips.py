"""Makes the demo clips: `python -m album_store.demo.make_clips` writes clips/*.mp3 next to this file.

Needs numpy and lameenc besides the store's own packages. The store itself never runs this: the clips are kept with
the catalogue, and this program is here so that they can be made again. Every clip is seeded by the names of its
album and its track, and so comes out the same each time.
"""

from __future__ import annotations

import csv
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import lameenc
import numpy as np

from album_store.demo import bands_acoustic as acoustic
from album_store.demo import bands_electric as electric
from album_store.demo.effects import RATE, SECONDS, Sound, master
from album_store.demo.harmony import Sheet, plan

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Style:
    """How an album sounds: its band, home key, tempo and the progressions it draws from."""

    band: Callable[[Sheet], Sound]
    root: int
    mode: str
    bpm: float
    every: float
    changes: tuple[tuple[int, ...], ...]
    metres: tuple[int, ...] = (4,)
    other_modes: tuple[str, ...] = ()


FOLK = ((0, 6, 0, 3), (0, 3, 4, 0), (0, 4, 5, 3), (0, 2, 6, 0), (3, 0, 4, 0))
JAZZ = ((1, 4, 0, 5), (0, 5, 1, 4), (2, 5, 1, 4), (3, 6, 2, 5), (0, 3, 1, 4))
POP = ((0, 4, 5, 3), (5, 3, 0, 4), (0, 2, 3, 4), (3, 0, 4, 5), (0, 5, 3, 4))
DARK = ((0, 5, 2, 6), (0, 3, 5, 4), (0, 6, 5, 6), (0, 2, 5, 3))
RIFFS = ((0, 0, 1, 0), (0, 1, 0, 5), (0, 4, 1, 0), (0, 5, 1, 3))
VAMPS = ((0, 0, 3, 0), (0, 3, 0, 4), (0, 6, 0, 3), (0, 3))

STYLES: dict[str, Style] = {
    "the-lantern-road": Style(acoustic.folk, 62, "dorian", 104, 3, FOLK, (3, 4), ("mixolydian", "major")),
    "a-winter-sung-at-home": Style(acoustic.carol, 67, "major", 92, 2, FOLK, (3, 4)),
    "blue-ferry-late": Style(acoustic.jazz, 58, "major", 122, 4, JAZZ, (4, 4, 3), ("minor", "dorian")),
    "strings-for-a-grey-morning": Style(acoustic.chamber, 63, "harmonic", 96, 4, JAZZ, (4,), ("major",)),
    "tidal-arithmetic": Style(electric.tides, 57, "minor", 108, 4, DARK, (4,), ("dorian", "lydian")),
    "night-bus-day-bus": Style(electric.night_bus, 65, "minor", 130, 4, DARK),
    "we-drew-the-coast-from-memory": Style(electric.indie, 64, "major", 156, 4, POP, (4,), ("mixolydian",)),
    "thogn-og-ljos": Style(acoustic.ambient, 59, "lydian", 60, 3, ((0, 1, 4, 0), (0, 4, 5, 1), (5, 1, 0, 4))),
    "domingo-na-varanda": Style(acoustic.samba, 60, "major", 88, 2, JAZZ, (4,), ("minor",)),
    "kitchen-table-economics": Style(electric.hip_hop, 61, "minor", 88, 4, DARK, (4,), ("dorian", "major")),
    "iron-vespers": Style(electric.metal, 62, "phrygian", 104, 4, RIFFS, (4,), ("harmonic", "minor")),
    "traffic-and-thunder": Style(electric.afrobeat, 66, "dorian", 116, 4, VAMPS, (4,), ("minor", "mixolydian")),
    "slow-honey": Style(electric.soul, 68, "major", 84, 2, POP, (4, 4, 3), ("mixolydian", "dorian")),
    "preludes-pour-les-heures-breves": Style(acoustic.prelude, 61, "minor", 92, 3, POP, (3, 4), ("major", "harmonic")),
    "rain-on-zinc": Style(electric.reggae, 55, "minor", 76, 2, VAMPS, (4,), ("dorian",)),
}


def sheet_for(style: Style, album: str, title: str, genre: str, number: int) -> Sheet:
    """Write the sheet for one track: near the album's key and tempo, but its own."""
    rng = np.random.default_rng(zlib.crc32(f"{album}/{title}".encode()))
    metre = style.metres[number % len(style.metres)]
    modes = (style.mode, style.mode, *style.other_modes)
    bpm = style.bpm * float(rng.uniform(0.9, 1.12))
    every = metre if style.every >= 3 else 1.5 * style.every if metre == 3 else style.every
    changes = style.changes[int(rng.integers(len(style.changes)))]
    root = style.root + int(rng.choice((0, 0, 5, -5, 2, -2, 3)))
    chords = plan(changes, every, SECONDS * bpm / 60)
    return Sheet(number, genre, root, modes[int(rng.integers(len(modes)))], bpm, metre, chords, rng)


def encode(sound: Sound) -> bytes:
    """Encode a sound as a mono MP3 of 32 kbit/s."""
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(32)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(1)
    encoder.set_quality(2)
    encoder.silence()
    return bytes(encoder.encode((sound * 32767).astype("<i2").tobytes()) + encoder.flush())


def main(only: tuple[str, ...] = ()) -> None:
    """Make every clip of the catalogue, or only those of the albums named."""
    (HERE / "clips").mkdir(exist_ok=True)
    with (HERE / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            slug, _, number = Path(row["preview"]).stem.rpartition("-")
            if not only or slug in only:
                style = STYLES[slug]
                sheet = sheet_for(style, row["album"], row["title"], row["genre"], int(number))
                (HERE / row["preview"]).write_bytes(encode(master(style.band(sheet))))


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
