"""Pitched instruments for the demo clips, each a function of frequency and seconds (needs numpy)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from album_store.demo.effects import RATE, Rng, Sound, bandpass, drive, highpass, lowpass

Player = Callable[[float, float, Rng], Sound]


def hertz(midi: float) -> float:
    """Turn a MIDI note number into a frequency."""
    return float(440 * 2 ** ((midi - 69) / 12))


def clock(seconds: float) -> Sound:
    """Return the time of every sample."""
    return np.arange(max(int(seconds * RATE), 64)) / RATE


def shape(times: Sound, attack: float, release: float) -> Sound:
    """Return an envelope which rises, holds and falls."""
    end = times[-1]
    rise = np.clip(times / max(attack, 0.002), 0, 1)
    fall = np.clip((end - times) / max(release, 0.002), 0, 1)
    return rise * fall**1.5


def _vibrato(times: Sound, freq: float | Sound, rng: Rng, depth: float = 0.006, rate: float = 5.2) -> Sound:
    """Return the phase of a note whose vibrato comes in late."""
    swell = np.clip((times - 0.15) / 0.4, 0, 1) * depth
    bend = 1 + swell * np.sin(2 * np.pi * rate * times + rng.uniform(0, 6.28))
    return np.cumsum(freq * bend) / RATE


def _saw(phase: Sound) -> Sound:
    """Return a band-limited sawtooth for a running phase."""
    step = np.gradient(phase)
    place = phase % 1.0
    wave = 2 * place - 1
    low, high = place < step, place > 1 - step
    ahead, behind = place[low] / step[low], (place[high] - 1) / step[high]
    wave[low] -= 2 * ahead - ahead**2 - 1
    wave[high] -= behind**2 + 2 * behind + 1
    return wave


def pluck(freq: float, seconds: float, rng: Rng, bright: float = 4000, ring: float = 0.994) -> Sound:
    """A plucked string, after Karplus and Strong."""
    period = max(int(RATE / freq - 0.5), 8)
    actual = RATE / (period + 0.5)
    wanted = max(int(seconds * RATE), 64)
    string = lowpass(rng.uniform(-1, 1, period), bright, 1)
    string -= np.roll(string, period // 5) * 0.7
    cycles = int(wanted * freq / actual / period) + 3
    turns = np.empty((cycles, period))
    for row in range(cycles):
        turns[row] = string
        before = np.concatenate([string[-1:], string[:-1]])
        string = ring * 0.5 * (string + before)
    flat = turns.ravel()
    out = np.interp(np.arange(wanted) * freq / actual, np.arange(len(flat)), flat)
    return out / max(float(np.abs(out).max()), 1e-6) * shape(clock(seconds)[: len(out)], 0.002, 0.08)


def piano(freq: float, seconds: float, rng: Rng) -> Sound:
    """A felted upright piano: two strings, stretched partials and a hammer."""
    times = clock(seconds + 0.5)
    out = np.zeros_like(times)
    for number in range(1, 11):
        partial = freq * number * np.sqrt(1 + 0.0004 * number**2)
        if partial > RATE * 0.45:
            break
        fade = np.exp(-times * (0.9 + 0.55 * number + freq / 900))
        beat = np.sin(2 * np.pi * partial * times) + np.sin(2 * np.pi * partial * 1.0007 * times + 0.6)
        out += beat * fade / number**1.35
    hammer = lowpass(rng.standard_normal(len(times)), 900) * np.exp(-times * 90) * 0.5
    return (out * 0.4 + hammer) * shape(times, 0.003, 0.45)


def vibes(freq: float, seconds: float, rng: Rng) -> Sound:
    """A vibraphone bar with the motor on."""
    times = clock(seconds + 0.9)
    wave = np.sin(2 * np.pi * freq * times) * np.exp(-times * 1.6)
    wave += 0.35 * np.sin(2 * np.pi * freq * 4 * times) * np.exp(-times * 6)
    wave += 0.1 * rng.standard_normal(len(times)) * np.exp(-times * 200)
    return wave * (0.8 + 0.2 * np.sin(2 * np.pi * 4.6 * times)) * shape(times, 0.002, 0.3)


def bell(freq: float, seconds: float, rng: Rng, ratio: float = 3.5, index: float = 2.2) -> Sound:
    """A bell made with frequency modulation."""
    times = clock(seconds + 0.8)
    fade = np.exp(-times * 2.8)
    modulator = index * fade**1.5 * np.sin(2 * np.pi * freq * ratio * times + rng.uniform(0, 6.28))
    return np.sin(2 * np.pi * freq * times + modulator) * fade * shape(times, 0.003, 0.2)


def epiano(freq: float, seconds: float, rng: Rng) -> Sound:
    """An electric piano: a soft FM body and a short tine."""
    times = clock(seconds + 0.3)
    tine = 0.5 * np.sin(2 * np.pi * freq * 14 * times) * np.exp(-times * 14) * (freq < 700)
    body = (1.1 + 0.1 * rng.uniform()) * np.exp(-times * 2.4) * np.sin(2 * np.pi * freq * times)
    wave = np.sin(2 * np.pi * freq * times + body + tine * 0.6)
    return wave * np.exp(-times * 1.1) * (0.85 + 0.15 * np.sin(2 * np.pi * 3.8 * times)) * shape(times, 0.003, 0.25)


def pad(freq: float, seconds: float, rng: Rng, cutoff: float = 1200, attack: float = 0.5) -> Sound:
    """A bank of detuned sawtooths behind a gentle filter."""
    times = clock(seconds + 0.5)
    voices = [_saw(freq * cents * times + rng.uniform()) for cents in (0.9935, 0.998, 1.0, 1.0025, 1.0065)]
    return lowpass(np.sum(voices, axis=0) * 0.3, cutoff) * shape(times, attack, 0.5)


def synth(freq: float, seconds: float, rng: Rng, cutoff: float = 2400) -> Sound:
    """A short, bright synthesiser note whose filter closes."""
    times = clock(seconds + 0.15)
    wave = _saw(freq * times + rng.uniform()) + _saw(freq * 1.004 * times + rng.uniform())
    open_part = np.exp(-times * 7)
    return (lowpass(wave, cutoff) * open_part + lowpass(wave, cutoff * 0.25) * 0.6) * 0.5 * shape(times, 0.003, 0.12)


def organ(freq: float, seconds: float, rng: Rng) -> Sound:
    """A drawbar organ through a turning speaker."""
    times = clock(seconds + 0.05)
    phase = _vibrato(times, freq, rng, 0.003, 6.3)
    bars = ((0.5, 0.7), (1, 1.0), (1.5, 0.5), (2, 0.45), (3, 0.2), (4, 0.16))
    wave = sum(gain * np.sin(2 * np.pi * phase * ratio) for ratio, gain in bars)
    click = highpass(rng.standard_normal(len(times)), 1500) * np.exp(-times * 180) * 0.25
    return (np.asarray(wave) * 0.4 + click) * shape(times, 0.006, 0.04)


def harmonium(freq: float, seconds: float, rng: Rng) -> Sound:
    """A pair of free reeds with the bellows working."""
    times = clock(seconds + 0.2)
    wave = np.zeros_like(times)
    for detune in (1.0, 1.0035):
        start = rng.uniform()
        for number in range(1, 13):
            if freq * number < RATE * 0.42:
                wave += np.sin(2 * np.pi * (freq * detune * times + start) * number) / number**1.15
    return wave * 0.3 * (0.9 + 0.1 * np.sin(2 * np.pi * 0.8 * times)) * shape(times, 0.12, 0.2)


def flute(freq: float, seconds: float, rng: Rng) -> Sound:
    """A wooden flute: few partials, vibrato and breath."""
    times = clock(seconds + 0.06)
    phase = _vibrato(times, freq, rng, 0.005)
    tone = np.sin(2 * np.pi * phase) + 0.28 * np.sin(4 * np.pi * phase) + 0.1 * np.sin(6 * np.pi * phase)
    breath = bandpass(rng.standard_normal(len(times)), freq * 0.9, freq * 3) * (0.12 + 0.35 * np.exp(-times * 18))
    return (tone * 0.7 + breath) * shape(times, 0.05, 0.08)


def fiddle(freq: float, seconds: float, rng: Rng) -> Sound:
    """A bowed string."""
    times = clock(seconds + 0.08)
    wave = _saw(_vibrato(times, freq, rng, 0.007, 5.6))
    body = lowpass(wave, 2600) + 0.5 * bandpass(wave, 700, 1500)
    bow = bandpass(rng.standard_normal(len(times)), 1500, 5000) * 0.06
    return (body * 0.45 + bow) * shape(times, 0.07, 0.1)


def brass(freq: float, seconds: float, rng: Rng, reed: float = 0.0) -> Sound:
    """A horn that brightens as it gets louder; with reed above zero it leans to a saxophone."""
    times = clock(seconds + 0.05)
    loud = shape(times, 0.045, 0.09) * (0.75 + 0.25 * np.exp(-times * 5))
    phase = _vibrato(times, freq * (1 - 0.02 * np.exp(-times * 30)), rng, 0.005)
    wave = np.zeros_like(times)
    for number in range(1, 15):
        if freq * number < RATE * 0.42:
            weight = (1 - reed * 0.5 * (number % 2 == 0)) / number**0.75
            wave += weight * loud ** (1 + 0.28 * number) * np.sin(2 * np.pi * phase * number)
    breath = bandpass(rng.standard_normal(len(times)), 800, 4000) * 0.08 * reed
    return wave * 0.4 + breath * loud


def voice(freq: float, seconds: float, rng: Rng, vowel: str = "ah") -> Sound:
    """A wordless singing voice on one of three vowels."""
    peaks = {"ah": (720, 1200, 2600), "oo": (320, 760, 2300), "mm": (260, 900, 2100)}[vowel]
    times = clock(seconds + 0.12)
    phase = _vibrato(times, freq * (1 + 0.004 * rng.standard_normal()), rng, 0.009, 5.0)
    wave = np.zeros_like(times)
    for number in range(1, min(int(4000 / freq), 26) + 1):
        near = [np.exp(-(((freq * number - peak) / (90 + peak * 0.09)) ** 2)) for peak in peaks]
        weight = near[0] + 0.45 * near[1] + 0.2 * near[2] + 0.25 / number**2
        wave += weight * np.sin(2 * np.pi * phase * number)
    breath = bandpass(rng.standard_normal(len(times)), 1800, 5000) * 0.03
    return (wave * 0.6 + breath) * shape(times, 0.09, 0.14)


def upright(freq: float, seconds: float, rng: Rng) -> Sound:
    """A double bass played with the finger."""
    times = clock(seconds)
    wave = sum(np.sin(2 * np.pi * freq * n * times) * np.exp(-times * (1.2 + 1.3 * n)) / n**1.1 for n in range(1, 7))
    thump = lowpass(rng.standard_normal(len(times)), 500) * np.exp(-times * 60) * 0.6
    return (np.asarray(wave) * 0.8 + thump) * shape(times, 0.008, 0.06)


def bass(freq: float, seconds: float, rng: Rng, growl: float = 1.5) -> Sound:
    """An electric or synthesised bass, rounder or rougher with growl."""
    times = clock(seconds)
    start = rng.uniform(0, 0.1)
    wave = np.sin(2 * np.pi * freq * times + start) + 0.35 * np.sin(4 * np.pi * freq * times)
    wave += 0.12 * np.sin(6 * np.pi * freq * times) * np.exp(-times * 4)
    return drive(wave * 0.7 * (0.55 + 0.45 * np.exp(-times * 3)), growl) * shape(times, 0.006, 0.05)


def crunch(notes: list[float], seconds: float, rng: Rng, gain: float = 9.0, mute: bool = False) -> Sound:
    """A chord on an overdriven guitar, open or muted with the palm."""
    times = clock(seconds)
    strings = np.zeros_like(times)
    for note in notes:
        for cents in (0.999, 1.0015):
            string = pluck(hertz(note) * cents, seconds, rng, 3000, 0.985 if mute else 0.998)
            strings[: len(string)] += string[: len(strings)]
    if mute:
        strings *= np.exp(-times * 9)
    return bandpass(drive(strings * 0.5, gain), 90, 3800) * shape(times, 0.003, 0.03)
