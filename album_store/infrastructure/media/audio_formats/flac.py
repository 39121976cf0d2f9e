"""FLAC: the length in the header must match that from the first frame to the last (RFC 9639)."""

import re

from mutagen.flac import StreamInfo

from album_store.infrastructure.media.audio_formats.audio_span import (
    AudioSpan,
    MeasuredAudio,
    contradiction,
    cut_short,
)
from album_store.infrastructure.media.audio_formats.bounds import PartCount

MAX_FRAME_BYTES = 1 << 20
MAX_CANDIDATES = 20

_STREAM_INFO_BYTES = 34
_MAX_FRAME_HEADER_BYTES = 16
_SYNC = re.compile(rb"\xff[\xf8\xf9]")
_IS_LAST = 0x80


def _crc_table(polynomial: int, bits: int) -> tuple[int, ...]:
    table = []
    for crc in (byte << bits - 8 for byte in range(256)):
        for _ in range(8):
            crc = (crc << 1 ^ (polynomial if crc >> bits - 1 else 0)) & (1 << bits) - 1
        table.append(crc)
    return tuple(table)


_CRC_8, _CRC_16 = _crc_table(0x07, 8), _crc_table(0x8005, 16)


def measure_flac(span: AudioSpan) -> MeasuredAudio:
    """Measure from the first sample of the first frame to the last sample of the last frame."""
    info, position = _metadata(span)
    first = _samples_of_frame(span.read(position, _MAX_FRAME_HEADER_BYTES), info)
    if first is None:
        raise cut_short("there is no sound after the header")
    samples = _last_samples(span, position, info).stop - first.start
    if info.total_samples and samples != info.total_samples:
        if samples < info.total_samples:
            raise cut_short(f"its header says {info.length:.1f} seconds, but it has {samples / info.sample_rate:.1f}")
        raise contradiction(f"its header says {info.length:.1f} seconds, but it has {samples / info.sample_rate:.1f}")
    return MeasuredAudio("flac", samples / info.sample_rate)


def _metadata(span: AudioSpan) -> tuple[StreamInfo, int]:
    """Return the stream info, and where the metadata ends. Pictures and comments are skipped."""
    if span.read(span.start + 4, 1)[0] & ~_IS_LAST:
        raise contradiction("its header does not start with the stream info")
    info = StreamInfo(span.read(span.start + 8, _STREAM_INFO_BYTES))
    position, blocks = span.start + 4, PartCount("metadata blocks")
    while True:
        blocks.add()
        head = span.read(position, 4)
        if len(head) < 4:
            raise cut_short("it ends in the middle of its header")
        position += 4 + int.from_bytes(head[1:])
        if head[0] & _IS_LAST:
            return info, position


def _last_samples(span: AudioSpan, audio: int, info: StreamInfo) -> range:
    """Return the numbers of the samples in the last frame, which must end where the file does."""
    longest = min(info.max_framesize or MAX_FRAME_BYTES, MAX_FRAME_BYTES)
    tail = span.read(max(audio, span.end - longest), longest)
    candidates = 0
    for match in reversed(list(_SYNC.finditer(tail))):
        samples = _samples_of_frame(tail[match.start() : match.start() + _MAX_FRAME_HEADER_BYTES], info)
        if samples is None:
            continue
        candidates += 1
        if candidates > MAX_CANDIDATES:
            break
        if _crc(tail[match.start() :], _CRC_16, 16) == 0:
            return samples
    raise cut_short("its last frame is incomplete, or other data follows it")


def _samples_of_frame(head: bytes, info: StreamInfo) -> range | None:
    """Read the header of a frame. Returns the numbers of its samples, or None if it is not a header."""
    if len(head) < 6 or head[4] == 0xFF or not _SYNC.match(head):
        return None
    block_code, rate_code = head[2] >> 4, head[2] & 15
    number_bytes = max(1, 8 - (head[4] ^ 0xFF).bit_length())
    extra_of_block = {6: 1, 7: 2}.get(block_code, 0)
    extra_of_rate = {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    checked = 4 + number_bytes + extra_of_block + extra_of_rate
    if block_code == 0 or len(head) <= checked or _crc(head[: checked + 1], _CRC_8, 8):
        return None
    number = head[4] & (0x7F if number_bytes == 1 else (1 << 7 - number_bytes) - 1)
    for byte in head[5 : 4 + number_bytes]:
        number = number << 6 | byte & 0x3F
    if extra_of_block:
        block = int.from_bytes(head[4 + number_bytes : 4 + number_bytes + extra_of_block]) + 1
    else:
        block = 192 if block_code == 1 else 576 << block_code - 2 if block_code < 6 else 256 << block_code - 8
    has_sample_number = head[1] & 1
    start = number if has_sample_number else number * info.max_blocksize
    return range(start, start + block)


def _crc(content: bytes, table: tuple[int, ...], bits: int) -> int:
    crc, mask = 0, (1 << bits) - 1
    for byte in content:
        crc = (crc << 8 & mask) ^ table[crc >> bits - 8 ^ byte]
    return crc
