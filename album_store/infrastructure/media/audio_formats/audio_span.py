"""The part of a file that is audio, without the tags that may come before and after it in any format."""

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from album_store.infrastructure.media.media_error import MediaError

MAX_TAGS = 50  # real files have a few tags; a file of nothing but tags would take too long

_ID3_HEADER = re.compile(rb"ID3[^\xff][^\xff](.)([\0-\x7f]{4})", re.DOTALL)
_ID3_FOOTER = re.compile(rb"3DI[^\xff][^\xff].([\0-\x7f]{4})", re.DOTALL)
_APE = re.compile(rb"APETAGEX.{4}(.{4}).{4}(.{4}).{8}", re.DOTALL)
_APE_HAS_HEADER, _APE_IS_HEADER = 1 << 31, 1 << 29
_LYRICS3 = re.compile(rb"([0-9]{6})LYRICS200")


@dataclass(frozen=True)
class AudioSpan:
    """An open file, and where the audio in it starts and ends (byte positions)."""

    file: BinaryIO
    start: int
    end: int

    def read(self, position: int, size: int) -> bytes:
        """Return at most `size` bytes from a position, fewer at the end of the span."""
        self.file.seek(position)
        return self.file.read(max(0, min(size, self.end - position)))


@dataclass(frozen=True)
class MeasuredAudio:
    """The content of a span. `unplayable_codec` names the codec if browsers do not play it, and is empty if they do."""

    extension: str
    seconds: float
    unplayable_codec: str = ""


def cut_short(what: str) -> MediaError:
    """Return the error for a file that ends too early. `what` describes what is missing."""
    return MediaError(f"The recording is cut short: {what}. Copy or export it again.")


def contradiction(what: str) -> MediaError:
    """Return the error for a file that contradicts itself. `what` describes the contradiction."""
    return MediaError(f"The recording is not valid: {what}. Export it again with another program.")


def find_audio(file: BinaryIO, size: int) -> AudioSpan:
    """Return the part of a file of `size` bytes between its ID3, APE and Lyrics3 tags. Their content is not read."""
    span = AudioSpan(file, 0, size)
    for _ in range(MAX_TAGS):
        before, after = _tag_before(span), _tag_after(span)
        if not before and not after:
            return span
        if before + after > span.end - span.start:
            raise cut_short("it ends in the middle of a tag")
        span = AudioSpan(file, span.start + before, span.end - after)
    raise MediaError(f"The recording has more than {MAX_TAGS} ID3 or APE tags. Remove them.")


def _tag_before(span: AudioSpan) -> int:
    """Return the size in bytes of the tag at the start of the span; 0 if there is none."""
    head = span.read(span.start, 32)
    if found := _ID3_HEADER.match(head):
        has_footer = found[1][0] & 0x10
        return _syncsafe(found[2]) + (20 if has_footer else 10)
    if (found := _APE.match(head)) and _number(found[2]) & _APE_IS_HEADER:
        return _number(found[1]) + 32
    return 0


def _tag_after(span: AudioSpan) -> int:
    """Return the size in bytes of the tag at the end of the span; 0 if there is none."""
    tail = span.read(max(span.start, span.end - 128), 128)
    if len(tail) == 128 and tail.startswith(b"TAG"):
        return 128
    if (found := _APE.fullmatch(tail[-32:])) and not _number(found[2]) & _APE_IS_HEADER:
        return max(32, _number(found[1])) + (32 if _number(found[2]) & _APE_HAS_HEADER else 0)
    if found := _LYRICS3.fullmatch(tail[-15:]):
        return int(found[1]) + 15
    if found := _ID3_FOOTER.fullmatch(tail[-10:]):
        return _syncsafe(found[1]) + 20
    return 0


def _syncsafe(raw: bytes) -> int:
    return raw[0] << 21 | raw[1] << 14 | raw[2] << 7 | raw[3]


def _number(raw: bytes) -> int:
    return int(struct.unpack("<I", raw)[0])
