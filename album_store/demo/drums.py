"""Unpitched percussion for the demo clips, made of noise and falling sine tones (needs numpy)."""

from __future__ import annotations

import numpy as np

from album_store.demo.effects import Rng, Sound, bandpass, highpass, lowpass
from album_store.demo.instruments import clock


def _noise(times: Sound, rng: Rng) -> Sound:
    """Return white noise as long as a clock."""
    return rng.standard_normal(len(times)) * 0.4


def kick(rng: Rng, punch: float = 1.0, seconds: float = 0.4, low: float = 48) -> Sound:
    """A bass drum."""
    times = clock(seconds)
    phase = low * times + (3.2 * punch) * (1 - np.exp(-times * 32))
    click = lowpass(_noise(times, rng), 3000) * np.exp(-times * 220) * punch
    return np.sin(2 * np.pi * phase) * np.exp(-times * 3.2 / seconds) + click * 0.7


def snare(rng: Rng, tone: float = 190, snap: float = 1.0) -> Sound:
    """A snare drum."""
    times = clock(0.28)
    shell = np.sin(2 * np.pi * tone * times) * np.exp(-times * 26) * 0.6
    wires = highpass(_noise(times, rng), 1400) * np.exp(-times * 17) * snap
    return shell + wires * 1.3


def rim(rng: Rng) -> Sound:
    """A stick across the rim."""
    times = clock(0.09)
    return (np.sin(2 * np.pi * 1650 * times) + np.sin(2 * np.pi * 890 * times)) * np.exp(-times * 85) * 0.5 + bandpass(
        _noise(times, rng), 1500, 5000
    ) * np.exp(-times * 120)


def hat(rng: Rng, opened: bool = False) -> Sound:
    """A hi-hat, closed or open."""
    times = clock(0.3 if opened else 0.07)
    return highpass(_noise(times, rng), 6500) * np.exp(-times * (11 if opened else 60)) * 1.3


def ride(rng: Rng) -> Sound:
    """A ride cymbal."""
    times = clock(0.7)
    ping = sum(np.sin(2 * np.pi * f * times) for f in (3170, 4410, 5230, 6890))
    return (np.asarray(ping) * 0.06 + highpass(_noise(times, rng), 5000) * 0.5) * np.exp(-times * 7)


def crash(rng: Rng) -> Sound:
    """A crash cymbal."""
    times = clock(1.8)
    return highpass(_noise(times, rng), 3200) * np.exp(-times * 2.4)


def brush(rng: Rng, seconds: float = 0.3) -> Sound:
    """A brush swept over the drum head."""
    times = clock(seconds)
    return bandpass(_noise(times, rng), 1800, 6000) * np.sin(np.pi * times / times[-1]) ** 1.5 * 0.8


def shaker(rng: Rng) -> Sound:
    """A shaker, or a box of matches."""
    times = clock(0.1)
    return highpass(_noise(times, rng), 4500) * np.sin(np.pi * times / times[-1]) ** 2


def clap(rng: Rng) -> Sound:
    """A few hands clapping."""
    times = clock(0.25)
    bursts = sum(np.exp(-np.clip(times - d, 0, 1) * 60) * (times >= d) for d in (0, 0.011, 0.023))
    return bandpass(_noise(times, rng), 900, 3800) * np.asarray(bursts) * 0.8


def conga(rng: Rng, freq: float = 210) -> Sound:
    """A hand drum."""
    times = clock(0.3)
    skin = np.sin(2 * np.pi * (freq * times + 0.35 * (1 - np.exp(-times * 45)))) * np.exp(-times * 15)
    return skin * 0.9 + bandpass(_noise(times, rng), 700, 3000) * np.exp(-times * 130) * 0.5


def wind(rng: Rng, seconds: float) -> Sound:
    """Weather: slow gusts of filtered noise."""
    times = clock(seconds)
    gusts = 0.6 + 0.4 * np.sin(2 * np.pi * (0.13 * times + rng.uniform())) * np.sin(2 * np.pi * 0.31 * times)
    return bandpass(rng.standard_normal(len(times)), 250, 1100) * gusts


def crackle(rng: Rng, seconds: float) -> Sound:
    """The surface of an old record."""
    times = clock(seconds)
    pops = (rng.uniform(size=len(times)) < 0.0007) * rng.uniform(-1, 1, len(times))
    return highpass(pops * 1.5, 900) + highpass(rng.standard_normal(len(times)), 2500) * 0.012
