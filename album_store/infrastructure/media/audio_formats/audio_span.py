"""The part of a file that is audio: without the tags before and after it, which any format may have."""

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

from album_store.infrastructure.media.media_error import MediaError

MAX_TAGS = 50  # files with several tags exist; a file of nothing but tags would be work without end

_ID3_HEADER = re.compile(rb"ID3[^\xff][^\xff](.)([\0-\x7f]{4})", re.DOTALL)
_ID3_FOOTER = re.compile(rb"3DI[^\xff][^\xff].([\0-\x7f]{4})", re.DOTALL)
_APE = re.compile(rb"APETAGEX.{4}(.{4}).{4}(.{4}).{8}", re.DOTALL)
_APE_HAS_HEADER, _APE_IS_HEADER = 1 << 31, 1 << 29
_LYRICS3 = re.compile(rb"([0-9]{6})LYRICS200")


@dataclass(frozen=True)
class AudioSpan:
    """An open file, and where in it the audio starts and ends."""

    file: BinaryIO
    start: int
    end: int

    def read(self, position: int, size: int) -> bytes:
        """At most `size` bytes from a position, less at the end of the span."""
        self.file.seek(position)
        return self.file.read(max(0, min(size, self.end - position)))


@dataclass(frozen=True)
class MeasuredAudio:
    """What is in a span. `unplayable_codec` names the codec if browsers do not play it, and is empty if they do."""

    extension: str
    seconds: float
    unplayable_codec: str = ""


def cut_short(what: str) -> MediaError:
    """The error for a file that ends too early; `what` says how that shows."""
    return MediaError(f"The recording is cut short: {what}. Copy or save it again.")


def contradiction(what: str) -> MediaError:
    """The error for a file that says two different things about itself."""
    return MediaError(f"The recording contradicts itself: {what}. Save it again with another program.")


def find_audio(file: BinaryIO, size: int) -> AudioSpan:
    """Return the part of a file of `size` bytes between its ID3, APE and Lyrics3 tags. Nothing in a tag is read."""
    span = AudioSpan(file, 0, size)
    for _ in range(MAX_TAGS):
        before, after = _tag_before(span), _tag_after(span)
        if not before and not after:
            return span
        if before + after > span.end - span.start:
            raise cut_short("it ends within a tag")
        span = AudioSpan(file, span.start + before, span.end - after)
    raise MediaError(f"The recording has more than {MAX_TAGS} tags (ID3 or APE); remove them.")


def _tag_before(span: AudioSpan) -> int:
    """The size in bytes of the tag with which the span begins; 0 if there is none."""
    head = span.read(span.start, 32)
    if found := _ID3_HEADER.match(head):
        has_footer = found[1][0] & 0x10
        return _syncsafe(found[2]) + (20 if has_footer else 10)
    if (found := _APE.match(head)) and _number(found[2]) & _APE_IS_HEADER:
        return _number(found[1]) + 32
    return 0


def _tag_after(span: AudioSpan) -> int:
    """The size in bytes of the tag with which the span ends; 0 if there is none."""
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
