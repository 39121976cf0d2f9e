"""Keys, chords, melodies and the tape the demo clips are recorded on (needs numpy)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from album_store.demo.effects import LENGTH, RATE, SECONDS, Rng, Sound

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "harmonic": (0, 2, 3, 5, 7, 8, 11),
}


@dataclass(frozen=True)
class Chord:
    """One chord of the plan: where it starts, how long it lasts, which degree it is built on (in beats)."""

    start: float
    beats: float
    degree: int


@dataclass(frozen=True)
class Sheet:
    """What the players have in front of them: key, tempo, chords and a source of chance."""

    number: int
    genre: str
    root: int
    mode: str
    bpm: float
    metre: int
    chords: tuple[Chord, ...]
    rng: Rng

    @property
    def beats(self) -> float:
        """Return how many beats fit in the clip."""
        return SECONDS * self.bpm / 60

    @property
    def beat(self) -> float:
        """Return the length of a beat in seconds."""
        return 60 / self.bpm

    def note(self, degree: int, octave: int = 0) -> int:
        """Return the MIDI note of a degree of the scale."""
        scale = MODES[self.mode]
        return self.root + scale[degree % 7] + 12 * (degree // 7 + octave)

    def tones(self, degree: int, size: int = 3) -> list[int]:
        """Return the stacked thirds on a degree."""
        return [self.note(degree + 2 * step) for step in range(size)]

    def voicing(self, degree: int, centre: int, size: int = 3) -> list[int]:
        """Return a chord gathered around a note, low to high."""
        return sorted(tone + 12 * round((centre - tone) / 12) for tone in self.tones(degree, size))

    def chord_at(self, beat: float) -> Chord:
        """Return the chord which sounds at a beat."""
        return [chord for chord in self.chords if chord.start <= beat + 1e-6][-1]

    def grid(self, step: float, offset: float = 0.0) -> list[float]:
        """Return the beats of an even pulse through the clip."""
        return [float(beat) for beat in np.arange(offset, self.beats, step)]


class Tape:
    """One track of the tape machine: sounds are laid on it at a beat."""

    def __init__(self, sheet: Sheet, swing: float = 0.0, loose: float = 0.004) -> None:
        """Thread a blank tape; swing delays the off-beats and loose is the human error in seconds."""
        self.sheet, self.swing, self.loose = sheet, swing, loose
        self.audio: Sound = np.zeros(LENGTH)

    def lay(self, beat: float, sound: Sound, gain: float = 1.0) -> None:
        """Record a sound at a beat."""
        rng = self.sheet.rng
        late = self.swing * 0.5 if abs(beat % 1 - 0.5) < 0.01 else 0.0
        place = max(int(((beat + late) * self.sheet.beat + rng.normal(0, self.loose)) * RATE), 0)
        room = LENGTH - place
        if room > 0:
            part = sound[:room]
            self.audio[place : place + len(part)] += part * gain * rng.uniform(0.88, 1.06)


def plan(changes: tuple[int, ...], every: float, beats: float) -> tuple[Chord, ...]:
    """Lay a progression over the clip, a chord every so many beats."""
    starts = np.arange(0, beats, every)
    return tuple(Chord(float(at), every, changes[turn % len(changes)]) for turn, at in enumerate(starts))


def melody(
    sheet: Sheet, centre: int, rhythms: tuple[tuple[float, ...], ...], leap: int = 2
) -> list[tuple[float, float, int]]:
    """Compose a tune of (beat, beats, note): two motifs in turn, a negative length being a rest."""
    rng = sheet.rng
    motifs = [rhythms[pick] for pick in rng.permutation(len(rhythms))[:2]]
    moves = [rng.integers(-leap, leap + 1, size=16) for _ in range(2)]
    home = round((centre - sheet.root) / 12 * 7)
    tune: list[tuple[float, float, int]] = []
    at, step, turn = 0.0, home, 0
    while at < sheet.beats:
        pick = turn % len(motifs)
        for place, length in enumerate(motifs[pick]):
            if length > 0:
                step += int(moves[pick][place]) or int(rng.choice((-1, 1)))
                step += (step < home - 4) * 3 - (step > home + 5) * 3
                if at % 2 < 0.01:
                    step = _settle(step, sheet.chord_at(at).degree)
                tune.append((at, length, sheet.note(step)))
            at += abs(length)
        turn += 1
    return tune


def _settle(step: int, degree: int) -> int:
    """Move a step of the scale to the nearest tone of the chord."""
    return min(range(step - 2, step + 3), key=lambda near: ((near - degree) % 7 not in (0, 2, 4), abs(near - step)))
