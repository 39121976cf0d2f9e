"""MP4 and M4A, fragmented or not, measured by the sample tables (ISO/IEC 14496-12)."""

import re
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from album_store.infrastructure.media.audio_formats.audio_span import (
    AudioSpan,
    MeasuredAudio,
    contradiction,
    cut_short,
)
from album_store.infrastructure.media.audio_formats.bounds import PartCount, check_length
from album_store.infrastructure.media.media_error import MediaError

MAX_TABLE_BYTES = 32_000_000  # the sizes of all samples in 24 hours of AAC take 16 MB

_PLAYED = frozenset({"AAC", "MP3"})
_PROTECTED = frozenset({b"enca", b"drms", b"drmi"})
_CODECS = {
    b"alac": "ALAC",
    b"ac-3": "AC-3",
    b"ec-3": "E-AC-3",
    b".mp3": "MP3",
    b"Opus": "Opus",
    b"fLaC": "FLAC",
    b"samr": "AMR",
}
_CODECS_OF_MP4A = {0x40: "AAC", 0x66: "AAC", 0x67: "AAC", 0x68: "AAC", 0x69: "MP3", 0x6B: "MP3", 0xA5: "AC-3"}
# The type in the decoder configuration of an ES descriptor (ISO/IEC 14496-1). Each length takes 1 to 4 bytes.
_OBJECT_TYPE = re.compile(rb"esds.{4}\x03[\x80-\xff]{0,3}[\0-\x7f]..\0?.??\x04[\x80-\xff]{0,3}[\0-\x7f](.)", re.DOTALL)

# Flags of tfhd and trun, which say which fields follow.
_BASE_OFFSET, _DESCRIPTION, _DEFAULT_DURATION, _DEFAULT_SIZE = 0x1, 0x2, 0x8, 0x10
_DATA_OFFSET, _FIRST_FLAGS, _DURATIONS, _SIZES, _FLAGS, _COMPOSITIONS = 0x1, 0x4, 0x100, 0x200, 0x400, 0x800


@dataclass(frozen=True)
class _Atom:
    name: bytes
    start: int
    end: int


@dataclass
class _Track:
    """An audio track. `ticks` is the length of its samples in 1/timescale seconds, `sound` their size in bytes."""

    id: int
    timescale: int
    codec: str
    samples: int
    ticks: int
    sound: int
    default_duration: int = 0
    default_size: int = 0


def measure_mp4(span: AudioSpan) -> MeasuredAudio:
    """Measure the first audio track."""
    return _Mp4(span).measured()


class _Mp4:
    def __init__(self, span: AudioSpan) -> None:
        self._span = span
        self._parts = PartCount("atoms")
        self._track: _Track | None = None

    def measured(self) -> MeasuredAudio:
        has_index, media, end = False, 0, self._span.start
        for atom in self._atoms(self._span.start, self._span.end):
            end = max(end, atom.end)
            if atom.name == b"moov":
                has_index = True
                self._track = self._track or self._first_track(atom)
            elif atom.name == b"moof" and self._track:
                self._add_fragment(atom, self._track)
            elif atom.name == b"sidx":
                end = max(end, self._end_of_segments(atom))
            elif atom.name == b"mdat":
                media += atom.end - atom.start
        if end > self._span.end:
            raise cut_short(f"it is {end - self._span.end:,} bytes too short")
        if not has_index:
            raise cut_short("its index (moov) is missing")
        track = self._track
        if track is None or not track.samples:
            raise MediaError("The file has no sound.")
        if not track.timescale:
            raise contradiction("its time scale is 0")
        if track.sound > media:
            raise contradiction(f"its index says {track.sound:,} bytes of sound, but it has {media:,}")
        unplayable = "" if track.codec in _PLAYED else f"{track.codec} in M4A"
        return MeasuredAudio("m4a", track.ticks / track.timescale, unplayable)

    def _first_track(self, moov: _Atom) -> _Track | None:
        for trak in self._children(moov, b"trak"):
            if track := self._sound_track(trak):
                for extends in self._children(moov, b"mvex", b"trex"):
                    number, _, duration, size = struct.unpack(">4I", self._span.read(extends.start + 4, 16))
                    if number == track.id:
                        track.default_duration, track.default_size = duration, size
                return track
        return None

    def _sound_track(self, trak: _Atom) -> _Track | None:
        handler = self._only(trak, b"mdia", b"hdlr")
        if self._span.read(handler.start + 8, 4) != b"soun":
            return None
        tables = self._only(trak, b"mdia", b"minf", b"stbl")
        codec = self._codec(self._only(tables, b"stsd"))
        counted, ticks = self._durations(self._only(tables, b"stts"))
        samples, sound = self._sizes(self._only(tables, b"stsz"))
        if counted != samples:
            raise contradiction(f"its index has {counted:,} durations for {samples:,} samples")
        return _Track(
            id=self._after_times(self._only(trak, b"tkhd")),
            timescale=self._after_times(self._only(trak, b"mdia", b"mdhd")),
            codec=codec,
            samples=samples,
            ticks=ticks,
            sound=sound,
        )

    def _after_times(self, atom: _Atom) -> int:
        """Return the number after the creation and modification times, which have 32 or 64 bits."""
        has_64_bits = self._span.read(atom.start, 1) == b"\1"
        return self._number(atom.start + (20 if has_64_bits else 12))

    def _codec(self, descriptions: _Atom) -> str:
        content = self._span.read(descriptions.start + 8, min(descriptions.end - descriptions.start - 8, 4096))
        name = content[4:8]
        if name in _PROTECTED:
            raise MediaError("The recording is encrypted (DRM). Use a file without DRM.")
        if name == b"mp4a":
            found = _OBJECT_TYPE.search(content)
            kind = found[1][0] if found else 0
            return _CODECS_OF_MP4A.get(kind, f"codec 0x{kind:02X}")
        return _CODECS.get(name, name.decode("latin-1").strip())

    def _durations(self, atom: _Atom) -> tuple[int, int]:
        """Return the number of samples, and their total length in ticks."""
        table = self._table(atom, 8, 2 * self._number(atom.start + 4))
        counts, lengths = table[::2], table[1::2]
        return sum(counts), sum(map(int.__mul__, counts, lengths))

    def _sizes(self, atom: _Atom) -> tuple[int, int]:
        """Return the number of samples, and their total size in bytes."""
        size, count = self._number(atom.start + 4), self._number(atom.start + 8)
        return count, size * count if size else sum(self._table(atom, 12, count))

    def _end_of_segments(self, index: _Atom) -> int:
        """Return the end of the last fragment that an index (sidx) lists."""
        has_64_bits = self._span.read(index.start, 1) == b"\1"
        _, offset = struct.unpack(">QQ" if has_64_bits else ">II", self._span.read(index.start + 12, 8 << has_64_bits))
        counted = index.start + (28 if has_64_bits else 20)
        entries = self._table(index, counted + 4 - index.start, 3 * (self._number(counted) & 0xFFFF))
        return index.end + offset + sum(size & 0x7FFFFFFF for size in entries[::3])

    def _add_fragment(self, moof: _Atom, track: _Track) -> None:
        for traf in self._children(moof, b"traf"):
            header = self._only(traf, b"tfhd")
            flags = self._number(header.start) & 0xFFFFFF
            if self._number(header.start + 4) != track.id:
                continue
            position = header.start + 8 + 8 * bool(flags & _BASE_OFFSET) + 4 * bool(flags & _DESCRIPTION)
            duration, size = track.default_duration, track.default_size
            if flags & _DEFAULT_DURATION:
                duration, position = self._number(position), position + 4
            if flags & _DEFAULT_SIZE:
                size = self._number(position)
            for run in self._children(traf, b"trun"):
                self._add_run(run, track, duration, size)

    def _add_run(self, run: _Atom, track: _Track, duration: int, size: int) -> None:
        flags, count = self._number(run.start) & 0xFFFFFF, self._number(run.start + 4)
        offset = 8 + 4 * bool(flags & _DATA_OFFSET) + 4 * bool(flags & _FIRST_FLAGS)
        fields = [flag for flag in (_DURATIONS, _SIZES, _FLAGS, _COMPOSITIONS) if flags & flag]
        table = self._table(run, offset, count * len(fields))
        durations = table[fields.index(_DURATIONS) :: len(fields)] if _DURATIONS in fields else None
        sizes = table[fields.index(_SIZES) :: len(fields)] if _SIZES in fields else None
        track.samples += count
        track.ticks += sum(durations) if durations is not None else count * duration
        track.sound += sum(sizes) if sizes is not None else count * size
        if track.timescale:
            check_length(track.ticks / track.timescale)

    def _atoms(self, position: int, end: int) -> Iterator[_Atom]:
        while position + 8 <= end:
            self._parts.add()
            size, name = struct.unpack(">I4s", self._span.read(position, 8))
            start = position + 8
            if size == 1:
                size, start = struct.unpack(">Q", self._span.read(start, 8))[0], start + 8
            elif size == 0:  # extends to the end
                size = end - position
            if size < start - position:
                raise contradiction(f"an atom of {size} bytes is shorter than its own header")
            yield _Atom(name, start, position + size)
            position += size

    def _children(self, atom: _Atom, *path: bytes) -> Iterator[_Atom]:
        """Yield the atoms at a path below an atom."""
        for child in self._atoms(atom.start, atom.end):
            if child.end > atom.end:
                raise contradiction(f"“{child.name.decode('latin-1')}” is larger than the atom that contains it")
            if child.name == path[0]:
                if len(path) == 1:
                    yield child
                else:
                    yield from self._children(child, *path[1:])

    def _only(self, atom: _Atom, *path: bytes) -> _Atom:
        for child in self._children(atom, *path):
            return child
        raise contradiction(f"its index has no “{path[-1].decode('latin-1')}”")

    def _number(self, position: int) -> int:
        return int(struct.unpack(">I", self._span.read(position, 4))[0])

    def _table(self, atom: _Atom, offset: int, count: int) -> "array[int]":
        """Return `count` numbers of an atom. Raises MediaError above MAX_TABLE_BYTES, before anything is read."""
        if 4 * count > MAX_TABLE_BYTES:
            raise MediaError(f"The index of the recording is larger than {MAX_TABLE_BYTES // 1_000_000} MB. Split it.")
        if atom.start + offset + 4 * count > atom.end:
            raise contradiction("its index is incomplete")
        table = array("I", self._span.read(atom.start + offset, 4 * count))
        if sys.byteorder == "little":
            table.byteswap()
        return table
