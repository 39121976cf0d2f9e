"""The acoustic bands of the demo clips: folk, jazz, chamber, ambient, samba and solo piano (needs numpy)."""

from __future__ import annotations

import numpy as np

from album_store.demo import drums
from album_store.demo import instruments as play
from album_store.demo.effects import SECONDS, Sound, level, lowpass, reverb
from album_store.demo.harmony import Sheet, Tape, melody

LILT = ((1, 0.5, 0.5, 1), (1.5, 0.5, 1), (0.5, 0.5, 1, 1), (2, 1), (1, 1, 1))
SONG = ((1, 1, 0.5, 0.5, 1), (1.5, 0.5, 2), (0.5, 0.5, 1, 1, 1), (-0.5, 0.5, 1, 2))
BEBOP = ((0.5, 0.5, 0.5, 0.5, 1, -1), (-0.5, 0.5, 0.5, 0.5, 0.5, 1.5), (1, 0.5, 1, 0.5, -1), (1.5, 0.5, 0.5, 1.5))
SLOW = ((2, 1, 1), (3, 1), (1, 1, 2), (4,))
LEADS = {"fiddle": play.fiddle, "flute": play.flute, "harmonium": play.harmonium, "voice": play.voice}


def blend(*parts: tuple[Sound, float]) -> Sound:
    """Add parts, each brought to its own loudness."""
    return np.asarray(sum(level(sound, rms) for sound, rms in parts if np.any(sound)))


def line(sheet: Sheet, player: play.Player, tune: list[tuple[float, float, int]], swing: float = 0.0) -> Sound:
    """Play a tune on one instrument."""
    tape = Tape(sheet, swing)
    for beat, beats, note in tune:
        tape.lay(beat, player(play.hertz(note), beats * sheet.beat * 0.96, sheet.rng))
    return tape.audio


def hold(sheet: Sheet, player: play.Player, centre: int, size: int = 3) -> Sound:
    """Hold the chords of the plan."""
    tape = Tape(sheet)
    for chord in sheet.chords:
        for note in sheet.voicing(chord.degree, centre, size):
            tape.lay(chord.start, player(play.hertz(note), chord.beats * sheet.beat, sheet.rng))
    return tape.audio


def walk(sheet: Sheet, player: play.Player, low: int, step: float = 1.0, swing: float = 0.0) -> Sound:
    """Walk a bass line from chord to chord."""
    tape = Tape(sheet, swing)
    for count, beat in enumerate(sheet.grid(step)):
        chord = sheet.chord_at(beat)
        turn = (0, 2, 4, 6, 5, 3)[count % 6] if beat > chord.start else 0
        note = sheet.note(chord.degree + turn)
        tape.lay(beat, player(play.hertz(note + 12 * round((low - note) / 12)), step * sheet.beat * 0.95, sheet.rng))
    return tape.audio


def _fingerpick(sheet: Sheet, centre: int, bright: float = 4500) -> Sound:
    """Pick the chords on a steel- or nylon-strung guitar, thumb and fingers in turn."""
    tape, pattern = Tape(sheet), [(0, 2, 1, 3, 2, 1), (0, 3, 2, 3, 1, 2), (0, 1, 2, 3, 2, 1)][sheet.rng.integers(3)]
    for count, beat in enumerate(sheet.grid(0.5)):
        chord = sheet.chord_at(beat)
        notes = [sheet.voicing(chord.degree, centre)[0] - 12, *sheet.voicing(chord.degree, centre)]
        note = notes[0] if beat == chord.start else notes[pattern[count % len(pattern)]]
        tape.lay(beat, play.pluck(play.hertz(note), 1.6, sheet.rng, bright, 0.997), 1.1 if note == notes[0] else 0.8)
    return tape.audio


def folk(sheet: Sheet) -> Sound:
    """Guitar, a reed drone and one tune, with the other daughters joining a third above."""
    name = ("voice", "fiddle", "fiddle", "flute", "voice", "harmonium")[sheet.number % 6]
    tune = melody(sheet, 70, LILT if sheet.metre == 3 else SONG, 1)
    parts = [(_fingerpick(sheet, 60), 0.11), (line(sheet, LEADS[name], tune), 0.085)]
    parts.append((hold(sheet, play.harmonium, 50, 2), 0.03 + 0.02 * (sheet.number % 2)))
    if sheet.number % 3 == 0:
        parts.append((line(sheet, play.voice, [(b, n, note - 5) for b, n, note in tune]), 0.04))
    if sheet.number % 4 == 3:
        stomp = Tape(sheet)
        for beat in sheet.grid(sheet.metre):
            stomp.lay(beat, lowpass(drums.kick(sheet.rng, 0.4, 0.3, 70), 400))
        parts.append((stomp.audio, 0.05))
    return reverb(blend(*parts), sheet.rng, 1.1, 0.2)


def carol(sheet: Sheet) -> Sound:
    """Three voices around one microphone, over a harmonium."""
    tune = melody(sheet, 69, LILT if sheet.metre == 3 else SONG, 1)
    under = [(at, length, sheet.voicing(sheet.chord_at(at).degree, note - 6)[1]) for at, length, note in tune]
    low = [(chord.start, chord.beats, sheet.voicing(chord.degree, 55)[0]) for chord in sheet.chords]
    parts = [(line(sheet, play.voice, tune), 0.1), (line(sheet, play.voice, under), 0.06)]
    parts += [(line(sheet, play.voice, low), 0.06), (hold(sheet, play.harmonium, 57), 0.045)]
    if sheet.number % 2 == 0:
        parts.append((_fingerpick(sheet, 62), 0.06))
    return reverb(blend(*parts), sheet.rng, 1.6, 0.28)


def _brushes(sheet: Sheet) -> Sound:
    """Keep jazz time: ride, brushes and a feathered bass drum."""
    tape, swing = Tape(sheet, 0.33), sheet.metre
    for beat in sheet.grid(0.5):
        place = beat % swing
        if place % 1 == 0:
            tape.lay(beat, drums.ride(sheet.rng), 0.8)
            tape.lay(beat, drums.brush(sheet.rng, sheet.beat * 0.9), 0.45 if place % 2 else 0.25)
        elif (int(beat) % 2) == 1:
            tape.lay(beat, drums.ride(sheet.rng), 0.5)
        if place == 0:
            tape.lay(beat, drums.kick(sheet.rng, 0.3, 0.3, 55), 0.35)
    return tape.audio


def jazz(sheet: Sheet) -> Sound:
    """A late quartet: walking bass, brushes, piano chords and vibraphone or piano on top."""
    comp = Tape(sheet, 0.33)
    for beat in sheet.grid(2, 1.5 if sheet.number % 2 else 0):
        notes = sheet.voicing(sheet.chord_at(beat).degree, 60, 5)[1:]
        for note in notes:
            comp.lay(beat, play.piano(play.hertz(note), 0.5 * sheet.beat, sheet.rng), 0.7)
    lead = play.vibes if sheet.number % 3 else play.piano
    tune = line(sheet, lead, melody(sheet, 74, BEBOP if sheet.metre == 4 else LILT), 0.33)
    bass = walk(sheet, play.upright, 38, 1.0, 0.33)
    return reverb(blend((comp.audio, 0.055), (tune, 0.1), (bass, 0.09), (_brushes(sheet), 0.025)), sheet.rng, 1.3, 0.22)


def chamber(sheet: Sheet) -> Sound:
    """A string quartet with the piano, arco above and plucked below."""
    if sheet.genre == "Jazz":
        return blend((jazz(sheet), 0.12), (reverb(hold(sheet, play.fiddle, 67), sheet.rng, 1.8, 0.4), 0.05))
    subject = melody(sheet, 76, BEBOP if sheet.bpm > 90 else SLOW, 1)
    answer = [(at + 2, length, note - 7 if sheet.bpm > 90 else note - 12) for at, length, note in subject]
    parts = [(line(sheet, play.fiddle, subject), 0.09), (line(sheet, play.fiddle, answer), 0.07)]
    parts += [(walk(sheet, play.upright, 43), 0.07), (hold(sheet, play.fiddle, 57), 0.045)]
    if sheet.number == 4:
        parts.append((_fingers(sheet, (0, 1, 2, 3, 2, 1), 0.5, 60), 0.07))
    return reverb(blend(*parts), sheet.rng, 2.0, 0.3)


def ambient(sheet: Sheet) -> Sound:
    """Voices, reeds and wind in a very large room."""
    voices = hold(sheet, lambda f, s, r: play.voice(f, s * 1.15, r, "oo"), 62)
    reeds = hold(sheet, play.harmonium, 50, 2)
    drops = Tape(sheet, loose=0.15)
    for beat in sheet.grid(1.5, float(sheet.rng.uniform(0, 1))):
        note = int(sheet.rng.choice(sheet.tones(sheet.chord_at(beat).degree, 4))) + 24
        drops.lay(beat, play.bell(play.hertz(note), 1.5, sheet.rng, 2.0, 0.8))
    wind = drums.wind(sheet.rng, SECONDS)
    parts = [(voices, 0.09), (reeds, 0.05), (drops.audio, 0.035), (wind, 0.018)]
    tune = melody(sheet, 67, SLOW, 1)
    lead = (play.fiddle, play.voice, play.flute)[sheet.number % 3]
    if sheet.number in (2, 4, 5):
        parts.append((line(sheet, lead, tune), 0.05))
    return reverb(blend(*parts), sheet.rng, 3.5, 0.5, 3500)


def _samba_time(sheet: Sheet) -> Sound:
    """Matchbox sixteenths, a pandeiro and a soft surdo on the second beat."""
    tape = Tape(sheet)
    for count, beat in enumerate(sheet.grid(0.25)):
        tape.lay(beat, drums.shaker(sheet.rng), (0.9, 0.35, 0.5, 0.75)[count % 4])
    for beat in sheet.grid(1):
        tape.lay(beat, drums.conga(sheet.rng, 85), 0.9 if beat % 2 else 0.35)
        if beat % 2:
            tape.lay(beat + 0.75, drums.rim(sheet.rng), 0.3)
    return tape.audio


def samba(sheet: Sheet) -> Sound:
    """Nylon strings in syncopation, a flute or a hummed tune, and a box of matches."""
    guitar = Tape(sheet)
    hits = ((0, 0.75, 1.5), (0.25, 1, 1.75), (0, 0.5, 1.25))[sheet.number % 3]
    for bar in sheet.grid(2):
        for hit in hits:
            for note in sheet.voicing(sheet.chord_at(bar + hit).degree, 60, 4):
                guitar.lay(bar + hit, play.pluck(play.hertz(note), 0.45, sheet.rng, 1800, 0.992))
        for at in (0, 1):
            note = sheet.chord_at(bar).degree + (4 if at else 0)
            low = sheet.note(note)
            thumb = play.pluck(play.hertz(low + 12 * round((45 - low) / 12)), 0.9, sheet.rng, 1400, 0.995)
            guitar.lay(bar + at, thumb, 1.2)
    rhythm = BEBOP if sheet.genre == "Choro" else SONG
    lead = play.flute if sheet.genre == "Choro" or sheet.number % 2 == 0 else play.voice
    centre = 77 if lead is play.flute else 67
    parts = [(guitar.audio, 0.12), (line(sheet, lead, melody(sheet, centre, rhythm)), 0.08), (_samba_time(sheet), 0.03)]
    if sheet.genre == "Jazz":
        parts.append((walk(sheet, play.upright, 40, 2), 0.06))
    return reverb(blend(*parts), sheet.rng, 0.9, 0.18)


def _fingers(sheet: Sheet, pattern: tuple[int, ...], step: float, centre: int) -> Sound:
    """Break the chords into a piano figure."""
    tape = Tape(sheet)
    for count, beat in enumerate(sheet.grid(step)):
        chord = sheet.chord_at(beat)
        notes = [sheet.voicing(chord.degree, centre)[0] - 12, *sheet.voicing(chord.degree, centre)]
        tape.lay(beat, play.piano(play.hertz(notes[pattern[count % len(pattern)]]), sheet.beat, sheet.rng), 0.7)
    return tape.audio


def prelude(sheet: Sheet) -> Sound:
    """One upright piano, with a different figure for every prelude."""
    figures: tuple[tuple[tuple[int, ...], float], ...] = (
        ((0, 1, 2, 3, 2, 1), 0.5),
        ((0, 3, 1, 2), 0.5),
        ((0, 2, 3, 2), 1.0),
        ((0, 3, 0, 2), 0.25),
        ((0, 3, 3), 1.0),
        ((0, 1, 3, 2), 1.0),
    )
    pattern, step = figures[(sheet.number - 1) % 6]
    centre = 55 + (sheet.number % 4)
    tune = melody(sheet, 74 + sheet.number % 5, LILT if sheet.metre == 3 else (SLOW, SONG)[sheet.number % 2], 2)
    left = _fingers(sheet, pattern, step, centre)
    return reverb(blend((left, 0.09), (line(sheet, play.piano, tune), 0.12)), sheet.rng, 1.7, 0.22, 3500)
