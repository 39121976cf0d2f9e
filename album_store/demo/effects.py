"""Sound effects for the demo clips: filters, reverb, echo, drive and mastering (needs numpy)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float64]
Rng = np.random.Generator

RATE = 24_000
SECONDS = 5.94
LENGTH = int(RATE * SECONDS)


def _weighted(sound: Sound, gain_at: Sound, size: int) -> Sound:
    """Multiply the spectrum of a sound by a gain curve."""
    return np.fft.irfft(np.fft.rfft(sound, size) * gain_at, size)[: len(sound)]


def _frequencies(sound: Sound) -> tuple[Sound, int]:
    """Return the FFT frequencies for a sound, padded so that the ends do not meet."""
    size = len(sound) + 2048
    return np.fft.rfftfreq(size, 1 / RATE), size


def lowpass(sound: Sound, hertz: float, order: int = 2) -> Sound:
    """Keep what is below a frequency."""
    freqs, size = _frequencies(sound)
    return _weighted(sound, 1 / np.sqrt(1 + (freqs / hertz) ** (2 * order)), size)


def highpass(sound: Sound, hertz: float, order: int = 2) -> Sound:
    """Keep what is above a frequency."""
    freqs, size = _frequencies(sound)
    ratio = (freqs / hertz) ** (2 * order)
    return _weighted(sound, np.sqrt(ratio / (1 + ratio)), size)


def bandpass(sound: Sound, low: float, high: float) -> Sound:
    """Keep what lies between two frequencies."""
    return highpass(lowpass(sound, high), low)


def reverb(sound: Sound, rng: Rng, seconds: float = 1.4, mix: float = 0.25, damp: float = 4500) -> Sound:
    """Put a sound in a room: convolve it with decaying, darkened noise."""
    count = int(RATE * seconds)
    room = rng.standard_normal(count) * np.exp(-6.2 * np.arange(count) / count)
    room = highpass(lowpass(room, damp, 1), 180, 1)
    room[: int(RATE * 0.012)] = 0
    room /= np.sqrt(np.sum(room**2))
    size = len(sound) + count
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)[: len(sound)]
    return (1 - mix) * sound + mix * 1.6 * wet


def echo(sound: Sound, seconds: float, feedback: float = 0.45, mix: float = 0.4, damp: float = 2600) -> Sound:
    """Repeat a sound, each time quieter and darker."""
    step = int(RATE * seconds)
    out, tap = sound.copy(), sound
    for turn in range(1, 8):
        if step * turn >= len(sound):
            break
        tap = lowpass(np.concatenate([np.zeros(step), tap[:-step]]), damp, 1) * (feedback if turn > 1 else 1.0)
        out = out + mix * tap
    return out


def drive(sound: Sound, amount: float) -> Sound:
    """Saturate a sound the way a hot amplifier does."""
    return np.tanh(sound * amount) / np.tanh(amount)


def tremolo(sound: Sound, hertz: float, depth: float) -> Sound:
    """Make the loudness waver."""
    times = np.arange(len(sound)) / RATE
    return sound * (1 - depth / 2 + depth / 2 * np.sin(2 * np.pi * hertz * times))


def level(sound: Sound, rms: float = 0.1) -> Sound:
    """Bring a part to a given average loudness, so that parts can be balanced by ear."""
    return sound * (rms / max(float(np.sqrt(np.mean(sound**2))), 1e-6))


def limit(sound: Sound, knee: float = 0.5, peak: float = 0.85) -> Sound:
    """Bend what is louder than the knee, so that nothing passes the peak."""
    size = np.abs(sound)
    bent = knee + (peak - knee) * np.tanh((size - knee) / (peak - knee))
    return np.sign(sound) * np.where(size > knee, bent, size)


def master(sound: Sound, rms: float = 0.168) -> Sound:
    """Trim, fade, bring to about -16 dBFS and softly limit the peaks."""
    sound = highpass(sound[:LENGTH], 35)
    fade_in, fade_out = int(RATE * 0.04), int(RATE * 0.7)
    sound[:fade_in] *= np.linspace(0, 1, fade_in) ** 2
    sound[-fade_out:] *= np.cos(np.linspace(0, np.pi / 2, fade_out))
    for _ in range(3):
        sound = limit(level(sound, rms))
    return sound
