"""WAV with its 64-bit variants, and AIFF: files made of chunks, measured by the bytes of sound in them."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from album_store.infrastructure.media.audio_formats.audio_span import (
    AudioSpan,
    MeasuredAudio,
    contradiction,
    cut_short,
)
from album_store.infrastructure.media.audio_formats.bounds import PartCount
from album_store.infrastructure.media.media_error import MediaError

# A program that writes to a pipe does not know the size yet. It writes 0, or one of these numbers minus the bytes of a
# header or an incomplete frame: SoX writes 0x7FFFEFFC for 24-bit stereo, oggdec 0x7FFFFFD3.
_UNKNOWN_SIZES = (0x7F000000, 0x7FFFF000, 1 << 31, 1 << 32, 1 << 64)
_MAX_LESS = 1_024
_IN_64_BITS = (b"RF64", b"BW64")
_PCM, _FLOAT, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_WAV_CODECS = {_PCM: "PCM", _FLOAT: "floating-point PCM", _A_LAW: "A-law", _MU_LAW: "mu-law"}
_BITS = {_PCM: range(1, 33), _FLOAT: (32, 64), _A_LAW: (8,), _MU_LAW: (8,)}
_BROWSER_BITS = (8, 16, 24)
_MIN_BROWSER_HZ = 3_000  # Chromium plays nothing below
_AIFF_CODECS = frozenset({b"NONE", b"sowt", b"twos", b"in24", b"in32", b"fl32", b"FL32", b"fl64", b"FL64"})
_OTHER_CODECS = {0x0002: "ADPCM", 0x0011: "ADPCM", 0x0050: "MP2", 0x0055: "MP3", 0x00FF: "AAC", 0x2000: "AC-3"}


@dataclass(frozen=True)
class _Chunk:
    name: bytes
    start: int
    size: int


def measure_wav(span: AudioSpan) -> MeasuredAudio:
    """Measure WAV, RF64 (EBU Tech 3306) and BW64 (ITU-R BS.2088)."""
    head = span.read(span.start, 12)
    in_64_bits = head[:4] in _IN_64_BITS
    whole = struct.unpack("<I", head[4:8])[0]
    form, long_size = b"", None
    for chunk in _chunks(span, "<"):
        if chunk.name == b"fmt ":
            form = span.read(chunk.start, min(chunk.size, 40))
        elif chunk.name == b"ds64" and in_64_bits:
            long_size = struct.unpack("<Q", span.read(chunk.start + 8, 8))[0]
        elif chunk.name == b"data":
            size = long_size if in_64_bits and long_size and chunk.size == 0xFFFFFFFF else chunk.size
            return _measured_wav(form, _sound_bytes(span, chunk.start, size, whole), in_64_bits=in_64_bits)
    raise cut_short("it ends before the sound")


def _sound_bytes(span: AudioSpan, start: int, promised: int, whole: int) -> int:
    """Return how many bytes of sound there are. `promised` is the size of their chunk, `whole` that of the file."""
    there = max(0, span.end - start)
    # A program that was interrupted did not fill in the sizes, so the file seems to end before the sound.
    unfinished = _is_unknown(whole) or span.start + 8 + whole <= start
    if (promised == 0 and unfinished) or (promised > there and _is_unknown(promised)):
        return there
    if promised > there:
        raise cut_short(f"its header says {promised:,} bytes of sound, but it has {there:,}")
    return promised


def _is_unknown(size: int) -> bool:
    return size == 0 or any(0 <= unknown - size <= _MAX_LESS for unknown in _UNKNOWN_SIZES)


def _measured_wav(form: bytes, sound: int, *, in_64_bits: bool) -> MeasuredAudio:
    if not form:
        raise contradiction("its sound comes before its format")
    codec, channels, rate, _, frame_bytes, bits = struct.unpack("<HHIIHH", form[:16])
    if codec == _EXTENSIBLE:
        codec = struct.unpack("<H", form[24:26])[0]
    if codec not in _WAV_CODECS:
        name = _OTHER_CODECS.get(codec, f"format {codec}")
        raise MediaError(f"This is {name} in a WAV file. Save it as PCM WAV, FLAC or MP3.")
    if not channels or not rate or bits not in _BITS[codec] or frame_bytes != channels * _whole_bytes(bits):
        raise contradiction(f"{channels} channels of {bits} bits at {rate} Hz do not take {frame_bytes} bytes")
    name = ""
    if codec != _PCM or bits not in _BROWSER_BITS:
        name = f"{bits}-bit {_WAV_CODECS[codec]} in WAV"
    elif rate < _MIN_BROWSER_HZ:
        name = f"WAV at {rate:,} Hz"
    elif in_64_bits:
        name = "64-bit WAV (RF64)"
    return MeasuredAudio("wav", sound // frame_bytes / rate, name)


def measure_aiff(span: AudioSpan) -> MeasuredAudio:
    """Measure AIFF and AIFF-C."""
    common, sound = b"", None
    whole = struct.unpack(">I", span.read(span.start + 4, 4))[0]
    for chunk in _chunks(span, ">"):
        if chunk.name == b"COMM":
            common = span.read(chunk.start, min(chunk.size, 22))
        elif chunk.name == b"SSND":
            offset = struct.unpack(">I", span.read(chunk.start, 4))[0]
            sound = _sound_bytes(span, chunk.start + 8 + offset, max(0, chunk.size - 8 - offset), whole)
        if common and sound is not None:
            return _measured_aiff(common, sound)
    raise cut_short("it ends before the sound")


def _measured_aiff(common: bytes, sound: int) -> MeasuredAudio:
    channels, promised, bits, exponent, mantissa = struct.unpack(">HIHHQ", common[:18])
    codec = common[18:22] or b"NONE"
    if codec not in _AIFF_CODECS:
        raise MediaError("This AIFF file is compressed. Save it as PCM AIFF, FLAC or MP3.")
    rate = mantissa * 2.0 ** (exponent - 16_383 - 63)  # an 80-bit floating-point number
    if not channels or not 1 <= bits <= 64 or not rate >= 1:
        raise contradiction(f"{channels} channels of {bits} bits at {rate:g} Hz are impossible")
    frame_bytes = channels * _whole_bytes(bits)
    frames = sound // frame_bytes
    if frames < promised and not _is_unknown(promised * frame_bytes):
        raise cut_short(f"its header says {promised / rate:.1f} seconds, but it has {frames / rate:.1f}")
    return MeasuredAudio("aiff", min(promised or frames, frames) / rate, "AIFF")


def _chunks(span: AudioSpan, byte_order: str) -> Iterator[_Chunk]:
    """Yield the chunks without reading them. Each starts at an even distance from the first."""
    position, parts = span.start + 12, PartCount("chunks")
    while len(head := span.read(position, 8)) == 8:
        parts.add()
        name, size = struct.unpack(f"{byte_order}4sI", head)
        yield _Chunk(name, position + 8, size)
        position += 8 + size + (size & 1)


def _whole_bytes(bits: int) -> int:
    return (bits + 7) // 8
