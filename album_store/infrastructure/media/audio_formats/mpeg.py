"""MP3 and AAC (ADTS): streams of frames without a reliable header, measured by counting every frame."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from mutagen.mp3 import HeaderNotFoundError, MPEGFrame

from album_store.infrastructure.media.audio_formats.audio_span import (
    AudioSpan,
    MeasuredAudio,
    contradiction,
    cut_short,
)
from album_store.infrastructure.media.audio_formats.bounds import check_length
from album_store.infrastructure.media.media_error import MediaError

MAX_GAPS = 100
SEARCHED_BYTES = 65_536

_FRAMES_IN_A_ROW = 3  # makes a coincidence unlikely
# Encoders add a few hundred samples of silence at both ends. The length in the table does not include them.
_MAX_SILENCE_S = 0.25
_KBPS_OF_MPEG_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_OF_MPEG_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG_1 = 3
_RATES_OF_MPEG_1 = (44_100, 48_000, 32_000)
_RATE_SHIFTS = {_MPEG_1: 0, 2: 1, 0: 2}  # MPEG 2 and 2.5 have a half and a quarter of the rates
_AAC_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)


class _Frame(NamedTuple):
    size: int
    samples: int
    rate: int


@dataclass(frozen=True)
class _Kind:
    extension: str
    sync: re.Pattern[bytes]
    header_bytes: int
    read: Callable[[bytes], _Frame | None]


@lru_cache(maxsize=4096)
def _mp3_frame(head: bytes) -> _Frame | None:
    """Read the header of an MP3 frame (ISO/IEC 11172-3 and 13818-3, layer III); None if it is not one."""
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if not _MP3.sync.match(head) or bitrate in (0, 15) or rate == 3:
        return None
    samples, kbps = (1152, _KBPS_OF_MPEG_1) if version == _MPEG_1 else (576, _KBPS_OF_MPEG_2)
    hertz = _RATES_OF_MPEG_1[rate] >> _RATE_SHIFTS[version]
    return _Frame(samples // 8 * kbps[bitrate] * 1000 // hertz + (head[2] >> 1 & 1), samples, hertz)


def _aac_frame(head: bytes) -> _Frame | None:
    """Read the header of an ADTS frame (ISO/IEC 13818-7); None if it is not one."""
    rate = head[2] >> 2 & 15
    size = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if not _AAC.sync.match(head) or rate >= len(_AAC_RATES) or size < _AAC.header_bytes:
        return None
    return _Frame(size, 1024 * ((head[6] & 3) + 1), _AAC_RATES[rate])


_MP3 = _Kind("mp3", re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"), 3, _mp3_frame)
_AAC = _Kind("aac", re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), 7, _aac_frame)


def measure_mpeg(span: AudioSpan) -> MeasuredAudio | None:
    """Measure an MP3 or AAC stream; None if neither starts within the first SEARCHED_BYTES."""
    starts = [(start, kind) for kind in (_MP3, _AAC) if (start := _find(span, span.start, kind)) is not None]
    if not starts:
        return None
    start, kind = min(starts, key=lambda found: found[0])
    counted = _counted_seconds(span, start, kind)
    return MeasuredAudio(kind.extension, _without_table(span, start, counted) if kind is _MP3 else counted)


def _counted_seconds(span: AudioSpan, position: int, kind: _Kind) -> float:
    """Return the length of all frames. Data between them, such as the tags of joined files, is skipped."""
    seconds = 0.0
    for _ in range(MAX_GAPS):
        position, more = _run_of_frames(span, position, kind)
        seconds += more
        check_length(seconds)
        resumed = _find(span, position, kind)
        if resumed is None:
            if span.end - position > SEARCHED_BYTES:
                raise contradiction(f"after {seconds:.1f} seconds, the data is no longer {kind.extension.upper()}")
            return seconds
        position = resumed
    raise MediaError(f"The sound is interrupted more than {MAX_GAPS} times by other data. Export it again.")


def _run_of_frames(span: AudioSpan, position: int, kind: _Kind) -> tuple[int, float]:
    """Count consecutive frames. Returns the position after the last one, and their length in seconds."""
    read, header_bytes, file, end = kind.read, kind.header_bytes, span.file, span.end
    seconds = 0.0
    while position + header_bytes <= end:
        file.seek(position)
        frame = read(file.read(header_bytes))
        if frame is None:
            break
        position += frame.size
        if position > end:
            raise cut_short("its last frame is incomplete")
        seconds += frame.samples / frame.rate
        check_length(seconds)
    if end - position < header_bytes and span.read(position, 1) == b"\xff":
        raise cut_short("its last frame is incomplete")
    return position, seconds


def _find(span: AudioSpan, position: int, kind: _Kind) -> int | None:
    """Return the next position, within SEARCHED_BYTES, at which several frames follow each other."""
    window = span.read(position, SEARCHED_BYTES)
    for match in kind.sync.finditer(window):
        if _is_in_a_row(span, position + match.start(), kind):
            return position + match.start()
    return None


def _is_in_a_row(span: AudioSpan, position: int, kind: _Kind) -> bool:
    for _ in range(_FRAMES_IN_A_ROW):
        head = span.read(position, kind.header_bytes)
        frame = kind.read(head) if len(head) == kind.header_bytes else None
        if frame is None:
            return False
        position += frame.size
    return True


def _without_table(span: AudioSpan, start: int, counted: float) -> float:
    """Return the length without the frame that holds a table (Xing or VBRI), and without the encoder's silence."""
    span.file.seek(start)
    try:
        first = MPEGFrame(span.file)
    except HeaderNotFoundError:  # mutagen is stricter about some headers
        return counted
    if first.sketchy:  # mutagen's term for a file without a table
        return counted
    frame_s = (1152 if first.version == 1 else 576) / first.sample_rate
    counted -= frame_s
    promised = getattr(first, "length", counted)
    if promised > counted + 2 * frame_s:  # some encoders count the table as a frame
        raise cut_short(f"its header says {promised:.1f} seconds, but it has {counted:.1f}")
    return promised if counted - promised < _MAX_SILENCE_S else counted
