"""Ogg Vorbis and Ogg Opus, measured from the first to the last position. No page may be missing in between."""

from collections.abc import Iterator
from typing import BinaryIO

from mutagen.ogg import OggPage

from album_store.infrastructure.media.audio_formats.audio_span import (
    AudioSpan,
    MeasuredAudio,
    contradiction,
    cut_short,
)
from album_store.infrastructure.media.audio_formats.bounds import PartCount, check_length
from album_store.infrastructure.media.media_error import MediaError

_NO_POSITION = -1  # no packet ends on the page
_MAGIC = b"OggS"


class _Stream:
    """One logical stream. Its positions are sample numbers (RFC 3533)."""

    extension = ""
    header_packets = 0
    rate = 0
    skipped = 0

    def __init__(self, page: OggPage) -> None:
        self.ended = False
        self.samples = 0
        self._headers_left = self.header_packets
        self._position: int | None = None
        self._begun = b""

    def add(self, page: OggPage) -> None:
        """Count the samples of a page."""
        self.ended = page.last
        if not self.extension:  # what positions mean differs between kinds of streams
            return
        packets = self._ended_packets(page)
        if self._headers_left or page.position == _NO_POSITION:
            self._headers_left = max(0, self._headers_left - len(packets))
            return
        most = sum(map(self.samples_of, packets))
        before = max(0, page.position - most) if self._position is None else self._position
        if page.position < before:
            raise contradiction("its positions go backwards")
        if page.position - before > most:
            raise contradiction("pages are missing in the middle")
        self.samples += page.position - before
        self._position = page.position

    def samples_of(self, packet: bytes) -> int:
        """Return the maximum number of samples in a packet."""
        return 0

    def _ended_packets(self, page: OggPage) -> list[bytes]:
        """Return the packets that end on the page. Only the first bytes of a packet from an earlier page are kept."""
        packets = list(page.packets)
        if page.continued and packets:
            packets[0] = (self._begun + packets[0])[:2]
        self._begun = b"" if page.complete or not packets else packets.pop()[:2]
        return packets


class _Vorbis(_Stream):
    extension = "ogg"
    header_packets = 3

    def __init__(self, page: OggPage) -> None:
        super().__init__(page)
        head = page.packets[0]
        self.rate = int.from_bytes(head[12:16], "little")
        self._block = 1 << (head[28] >> 4)

    def samples_of(self, packet: bytes) -> int:
        return self._block // 2


class _Opus(_Stream):
    extension = "opus"
    header_packets = 2
    rate = 48_000

    def __init__(self, page: OggPage) -> None:
        super().__init__(page)
        self.skipped = int.from_bytes(page.packets[0][10:12], "little")

    def samples_of(self, packet: bytes) -> int:
        """Read the table of contents of a packet (RFC 6716, section 3.1)."""
        if not packet:
            return 0
        kind, frames = packet[0] >> 3, packet[0] & 3
        if kind < 12:
            size = (480, 960, 1920, 2880)[kind & 3]
        elif kind < 16:
            size = (480, 960)[kind & 1]
        else:
            size = (120, 240, 480, 960)[kind & 3]
        if frames == 3:
            return size * (packet[1] & 63)
        return size * (1 if frames == 0 else 2)


_SOUNDS = {b"OpusHead": _Opus, b"\x01vorbis": _Vorbis}
_OTHER_SOUNDS = {b"\x7fFLAC": "FLAC", b"Speex   ": "Speex"}


def measure_ogg(span: AudioSpan) -> MeasuredAudio:
    """Add up the audio streams, which may follow each other. Other streams are ignored."""
    streams: dict[int, _Stream] = {}
    sounds: list[_Stream] = []
    for page in _pages(span, streams):
        if page.first:
            streams[page.serial] = _stream(page)
            if streams[page.serial].extension:
                if sounds and not sounds[-1].ended:
                    raise contradiction("two recordings are mixed in one file")
                sounds.append(streams[page.serial])
        elif page.serial not in streams:
            raise contradiction("a page belongs to no stream")
        streams[page.serial].add(page)
        check_length(sum(sound.samples / sound.rate for sound in sounds[-1:]))
    if not sounds:
        raise MediaError("The file has no sound.")
    if not all(stream.ended for stream in streams.values()):
        raise cut_short("its last page is missing")
    if len({sound.extension for sound in sounds}) > 1:
        raise contradiction("it is partly Vorbis and partly Opus")
    seconds = sum(max(0, sound.samples - sound.skipped) / sound.rate for sound in sounds)
    return MeasuredAudio(sounds[0].extension, seconds)


def _pages(span: AudioSpan, streams: dict[int, _Stream]) -> Iterator[OggPage]:
    """Yield all pages. Data after the last page of all streams is ignored."""
    pages = PartCount("pages")
    file: BinaryIO = span.file
    file.seek(span.start)
    while file.tell() < span.end:
        pages.add()
        position = file.tell()
        if span.read(position, 4) != _MAGIC and streams and all(stream.ended for stream in streams.values()):
            return
        file.seek(position)
        try:
            page = OggPage(file)
        except Exception as error:  # mutagen does not distinguish an incomplete page from other data
            raise cut_short("a page is incomplete") from error
        yield page


def _stream(page: OggPage) -> _Stream:
    head = page.packets[0]
    for beginning, name in _OTHER_SOUNDS.items():
        if head.startswith(beginning):
            raise MediaError(f"This is {name} in an Ogg file. Save it as FLAC, Ogg Vorbis, Opus or MP3.")
    for beginning, kind in _SOUNDS.items():
        if head.startswith(beginning):
            return kind(page)
    return _Stream(page)
