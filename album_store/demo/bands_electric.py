"""The amplified bands of the demo clips: electronic, indie, hip-hop, metal, afrobeat, soul and dub (needs numpy)."""

from __future__ import annotations

from collections.abc import Callable

from album_store.demo import drums
from album_store.demo import instruments as play
from album_store.demo.bands_acoustic import SLOW, SONG, blend, hold, line
from album_store.demo.effects import SECONDS, Rng, Sound, drive, echo, lowpass, reverb, tremolo
from album_store.demo.harmony import Sheet, Tape, melody

Hit = Callable[[Rng], Sound]
RIFF = ((0.5, 0.5, -0.5, 0.5, 1, -1), (-0.5, 0.5, 0.5, 0.5, -1, 1), (1, -0.5, 0.5, 0.5, 0.5, -1))


def beat_of(sheet: Sheet, bar: float, swing: float, *rows: tuple[Hit, float, tuple[float, ...]]) -> Sound:
    """Play a drum pattern: each row is a drum, its loudness and its places in the bar."""
    tape = Tape(sheet, swing, 0.003)
    for start in sheet.grid(bar):
        for drum, gain, places in rows:
            for place in places:
                tape.lay(start + place, drum(sheet.rng), gain)
    return tape.audio


def ground(sheet: Sheet, bar: float, steps: tuple[tuple[float, float, int], ...], low: int, growl: float) -> Sound:
    """Play a bass figure of (place, beats, degree above the root) on every bar."""
    tape = Tape(sheet)
    for start in sheet.grid(bar):
        for place, beats, above in steps:
            note = sheet.note(sheet.chord_at(start + place).degree + above)
            note += 12 * round((low - note) / 12)
            tape.lay(start + place, play.bass(play.hertz(note), beats * sheet.beat, sheet.rng, growl))
    return tape.audio


def every(step: float, bar: float, offset: float = 0.0) -> tuple[float, ...]:
    """Return even places in a bar."""
    return tuple(offset + step * count for count in range(int((bar - offset - 1e-9) / step) + 1))


def tides(sheet: Sheet) -> Sound:
    """Sawtooth swells, counted bells and an unhurried kick drum."""
    rng, bells = sheet.rng, Tape(sheet, loose=0.001)
    order = rng.permutation(6)
    for count, beat in enumerate(sheet.grid(0.5 if sheet.number % 2 else 0.75)):
        note = sheet.tones(sheet.chord_at(beat).degree, 6)[order[count % 6]] + 12
        bells.lay(beat, play.bell(play.hertz(note), 0.4, rng, (3.5, 2.0, 1.41)[sheet.number % 3], 1.6))
    swells = hold(sheet, lambda f, s, r: play.pad(f, s, r, 900 + 150 * sheet.number), 57, 4)
    low = ground(sheet, 4, ((0, 3.5, 0),), 34, 2.0)
    parts = [(tremolo(swells, sheet.bpm / 60, 0.35), 0.085), (echo(bells.audio, sheet.beat * 0.75), 0.06), (low, 0.07)]
    if sheet.number not in (1, 4):
        rows = ((drums.kick, 1.0, every(1, 4)), (drums.hat, 0.35, every(1, 4, 0.5)), (drums.rim, 0.3, (2.75,)))
        parts.append((beat_of(sheet, 4, 0, *rows), 0.075))
    return reverb(blend(*parts), rng, 2.2, 0.25)


def night_bus(sheet: Sheet) -> Sound:
    """Two-step drums, a rubber bass and chords seen through a wet window."""
    rng, day = sheet.rng, sheet.number == 2
    stabs = Tape(sheet, 0.2)
    for bar in sheet.grid(4):
        for place in (0.5, 1.75, 3.0):
            for note in sheet.voicing(sheet.chord_at(bar + place).degree, 62, 4):
                stabs.lay(bar + place, play.synth(play.hertz(note), 0.22, rng, 3200 if day else 1700))
    low = ground(sheet, 4, ((0, 0.7, 0), (1.25, 0.4, 0), (2.5, 0.9, 4), (3.5, 0.4, 2)), 33, 2.6)
    kit = beat_of(
        sheet, 4, 0.2, (drums.kick, 1, (0, 2.5)), (drums.snare, 0.8, (1, 3)), (drums.hat, 0.5, every(0.5, 4, 0.5))
    )
    lead = line(sheet, play.bell if day else lambda f, s, r: play.voice(f, s, r, "ah"), melody(sheet, 74, RIFF))
    parts = [(echo(stabs.audio, sheet.beat * 0.75), 0.07), (low, 0.09), (kit, 0.085), (echo(lead, sheet.beat), 0.05)]
    return reverb(blend(*parts, (drums.crackle(rng, SECONDS), 0.004)), rng, 1.5, 0.18)


def indie(sheet: Sheet) -> Sound:
    """Two guitars, eighth-note bass and drums that lean forward."""
    rng, strum = sheet.rng, Tape(sheet)
    for count, beat in enumerate(sheet.grid(0.5)):
        notes = sheet.voicing(sheet.chord_at(beat).degree, 57)
        chord = play.crunch([float(notes[0] - 12), *map(float, notes)], 0.5 * sheet.beat + 0.05, rng, 1.6)
        strum.lay(beat, chord, 1.0 if count % 4 in (0, 3) else 0.6)
    low = ground(sheet, 0.5, ((0, 0.45, 0),), 36, 3.0)
    back = (drums.snare, 0.95, (1, 3)) if sheet.number % 3 else (drums.snare, 0.8, (1, 2.5, 3))
    kicks = ((0, 2, 2.5), (0, 1.5, 2), (0, 0.5, 2))[sheet.number % 3]
    kit = beat_of(sheet, 4, 0, (drums.kick, 1, kicks), back, (drums.hat, 0.5, every(0.5, 4)))
    kit += beat_of(sheet, 64, 0, (drums.crash, 0.7, (0,)))
    lead = (play.bell, play.voice, play.synth, play.brass)[(1, 2, 1, 0, 2, 3, 0, 2, 1)[sheet.number - 1]]
    tune = line(sheet, lead, melody(sheet, 72, SONG if lead is play.voice else RIFF))
    return reverb(blend((strum.audio, 0.085), (low, 0.07), (kit, 0.09), (tune, 0.065)), rng, 0.9, 0.14)


def hip_hop(sheet: Sheet) -> Sound:
    """A dusty sample, a fat bass and drums that sit a little late."""
    rng = sheet.rng
    keys = (play.epiano, play.organ, play.vibes, play.piano)[sheet.number % 4]
    sample = Tape(sheet, 0.24)
    for bar in sheet.grid(4):
        for place in ((0, 1.5, 2.75), (0, 2.5), (0.5, 2, 3.5))[sheet.number % 3]:
            for note in sheet.voicing(sheet.chord_at(bar + place).degree, 62, 4):
                sample.lay(bar + place, keys(play.hertz(note), sheet.beat * 1.1, rng))
    low = ground(sheet, 4, ((0, 1.2, 0), (1.75, 0.5, 0), (2.5, 1.2, (4, 2, -3)[sheet.number % 3])), 32, 2.4)
    kicks = ((0, 1.75, 2.5), (0, 0.75, 2.25), (0, 2.5, 3.5))[sheet.number % 3]
    hats = (drums.hat, 0.5, every(0.5, 4))
    kit = beat_of(sheet, 4, 0.24, (drums.kick, 1.1, kicks), (drums.snare, 0.9, (1, 3)), (drums.clap, 0.4, (3,)), hats)
    chop = line(sheet, play.voice if sheet.number % 2 else play.flute, melody(sheet, 70, RIFF), 0.24)
    dusty = lowpass(blend((sample.audio, 0.09), (chop, 0.045)), 2600)
    bed = lowpass(hold(sheet, play.epiano, 55), 1800)
    parts = [(dusty, 0.1), (bed, 0.03), (drums.crackle(rng, SECONDS), 0.009)]
    if sheet.number not in (7, 13):
        parts += [(low, 0.095), (kit, 0.095)]
    return reverb(drive(blend(*parts), 1.2), rng, 0.6, 0.1)


def metal(sheet: Sheet) -> Sound:
    """Low riffs, doubled, over drums in a very large hall."""
    rng, riff = sheet.rng, Tape(sheet, loose=0.002)
    slow = sheet.bpm < 110
    pattern = rng.permutation([0, 0, 0, 1, 0, 3, 0, 2])
    for count, beat in enumerate(sheet.grid(0.5)):
        accent = count % 8 in (0, 3, 6)
        root = float(sheet.note(sheet.chord_at(beat).degree + (int(pattern[count % 8]) if accent else 0)))
        root += 12 * round((38 - root) / 12)
        long = sheet.beat * (1.4 if accent else 0.45)
        riff.lay(beat, play.crunch([root, root + 7, root + 12], long, rng, 12, mute=not accent), 1.0)
    low = ground(sheet, 0.5, ((0, 0.48, 0),), 29, 5.0)
    kicks = (0, 0.5, 1.5, 2, 2.5, 3.5) if slow else every(0.25, 4)
    rows = [(drums.kick, 0.9, kicks), (drums.snare, 1.1, (2,) if slow else (1, 3)), (drums.hat, 0.6, every(1, 4))]
    kit = beat_of(sheet, 4, 0, *rows) + beat_of(sheet, 8, 0, (drums.crash, 0.8, (0,)))
    lead = Tape(sheet)
    for beat, beats, note in melody(sheet, 67, SLOW if slow else SONG, 2):
        lead.lay(beat, play.crunch([float(note)], beats * sheet.beat, rng, 6))
    over = echo(lead.audio, sheet.beat * 0.75) if sheet.number % 2 else line(sheet, play.voice, melody(sheet, 60, SLOW))
    return reverb(blend((riff.audio, 0.11), (low, 0.06), (kit, 0.085), (over, 0.05)), rng, 2.4, 0.18)


def afrobeat(sheet: Sheet) -> Sound:
    """Interlocking guitars, a turning bass, hand drums, organ and horns that answer."""
    rng, guitars = sheet.rng, Tape(sheet)
    cells = ((0, 0.75, 1.5, 2.25, 3, 3.5), (0.5, 1, 1.75, 2.5, 3.25))
    for bar in sheet.grid(4):
        for part, places in enumerate(cells):
            for turn, place in enumerate(places):
                note = sheet.tones(sheet.chord_at(bar + place).degree, 4)[(turn * 2 + part + sheet.number) % 4] + 12
                guitars.lay(bar + place, play.pluck(play.hertz(note), 0.16, rng, 3500, 0.985))
    figure = rng.permutation([0, 4, 2, 6])
    steps = tuple((p, 0.45, int(figure[i % 4])) for i, p in enumerate((0, 0.75, 1.5, 2.5, 3, 3.5)))
    low = ground(sheet, 4, steps, 38, 2.2)
    hands = (drums.conga, 0.8, (0.5, 0.75, 1.5, 2.5, 2.75, 3.5))
    rows = [(drums.kick, 0.9, (0, 1.5, 2)), (drums.snare, 0.6, (1, 2.75)), (drums.shaker, 0.7, every(0.5, 4)), hands]
    kit = beat_of(sheet, 4, 0.06, *rows, (drums.hat, 0.4, every(1, 4, 0.5)))
    tune = melody(sheet, 69, RIFF, 1)
    horns = line(sheet, lambda f, s, r: play.brass(f, s, r, 0.6), tune)
    under = [(at, length, sheet.voicing(sheet.chord_at(at).degree, note - 6)[1]) for at, length, note in tune]
    horns += line(sheet, play.brass, under)
    keys = hold(sheet, play.organ, 62, 4)
    parts = [(guitars.audio, 0.06), (low, 0.085), (kit, 0.07), (horns, 0.08), (keys, 0.022)]
    return reverb(blend(*parts), rng, 0.9, 0.16)


def soul(sheet: Sheet) -> Sound:
    """Organ, a guitar on the back-beat, warm bass, slow drums and a singer or a horn."""
    rng, chops = sheet.rng, Tape(sheet)
    three = sheet.metre == 3
    for beat in sheet.grid(1 if not three else 1.5, 1 if not three else 0.5):
        for note in sheet.voicing(sheet.chord_at(beat).degree, 66):
            chops.lay(beat, play.pluck(play.hertz(note), 0.3, rng, 3000, 0.99))
    keys = hold(sheet, play.organ if sheet.number % 2 else play.epiano, 58, 4)
    steps = ((0, 1.4, 0), (2, 0.9, 2)) if three else ((0, 1.4, 0), (1.5, 0.45, 2), (2, 1.2, 4), (3.5, 0.4, 5))
    low = ground(sheet, sheet.metre, steps, 36, 1.6)
    backs: tuple[float, ...] = (1.5,) if three else (1, 3)
    kicks = (drums.kick, 0.9, (0,) if three else (0, 1.5, 2))
    hats = (drums.hat, 0.4, every(0.5, sheet.metre))
    kit = beat_of(sheet, sheet.metre, 0.12, kicks, (drums.snare, 0.65, backs), hats)
    tune = melody(sheet, 67, ((1, 0.5, 0.5, 1), (1.5, 1.5), (2, 1)) if three else SONG)
    lead = (play.voice, play.voice, lambda f, s, r: play.brass(f, s, r, 0.9))[sheet.number % 3]
    parts = [(chops.audio, 0.035), (keys, 0.065), (low, 0.08), (kit, 0.065), (line(sheet, lead, tune), 0.085)]
    return reverb(blend(*parts), rng, 1.2, 0.2)


def reggae(sheet: Sheet) -> Sound:
    """One-drop drums, rubber bass, the skank, and for the dubs a great deal of echo."""
    rng, dub, skank = sheet.rng, sheet.genre == "Dub", Tape(sheet)
    for beat in sheet.grid(1, 0.5):
        for note in sheet.voicing(sheet.chord_at(beat).degree, 64):
            skank.lay(beat, play.organ(play.hertz(note), 0.12, rng), 0.7)
            skank.lay(beat, play.pluck(play.hertz(note), 0.12, rng, 4000, 0.98), 0.8)
    figure = rng.permutation([0, 2, 4, 4])
    places = (0, 0.5, 1.5, 2.25, 3)[sheet.number % 2 :]
    low = ground(sheet, 4, tuple((p, 0.6, int(figure[i % 4])) for i, p in enumerate(places)), 34, 1.8)
    rows = [(drums.kick, 1.0, (1, 3)), (drums.rim, 0.8, (1, 3)), (drums.hat, 0.5, every(0.5, 4))]
    kit = beat_of(sheet, 4, 0.1, *rows)
    splash = beat_of(sheet, 4, 0, (drums.snare, 0.8, (3.5,)), (drums.rim, 0.8, (0.75,)))
    lead = line(sheet, play.harmonium if dub else play.voice, melody(sheet, 69, RIFF if dub else SONG, 1))
    reeds = lowpass(hold(sheet, play.organ, 52, 2), 900)
    if dub:
        skank.audio = echo(skank.audio, sheet.beat * 0.75, 0.6, 0.7)
        lead, splash = echo(lead, sheet.beat * 1.5, 0.6, 0.8), echo(splash, sheet.beat * 0.75, 0.65, 0.9)
    parts = [(skank.audio, 0.05), (low, 0.11), (kit, 0.07), (lead, 0.06 if dub else 0.075), (reeds, 0.012)]
    return reverb(blend(*parts, (splash, 0.035 if dub else 0.012)), rng, 1.8, 0.25 if dub else 0.14)
