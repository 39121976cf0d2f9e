"""Pictures and recordings made on the fly: small, and real."""

import io
import struct
import wave
from pathlib import Path
from typing import Any

from mutagen.ogg import OggPage
from PIL import Image


def picture(size: tuple[int, int] = (60, 40), colour: str = "teal", form: str = "PNG", **options: Any) -> bytes:
    """The bytes of a picture in one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, form, **options)
    return buffer.getvalue()


def save_picture(path: Path, **options: Any) -> Path:
    """A picture file."""
    path.write_bytes(picture(**options))
    return path


def wav(length_ms: int = 250) -> bytes:
    """Silence."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(1)
        recording.setframerate(8_000)
        recording.writeframes(b"\x80" * (8 * length_ms))
    return buffer.getvalue()


def save_wav(path: Path, length_ms: int = 250) -> Path:
    """A WAV file of silence."""
    path.write_bytes(wav(length_ms))
    return path


def mp3() -> bytes:
    """Ten silent frames of 128 kbit/s at 44.1 kHz, 1,152 samples each."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * 10


def aac() -> bytes:
    """Forty-three ADTS frames at 44.1 kHz, 1,024 samples each."""
    return (b"\xff\xf1\x50\x80\x04\x1f\xfc" + bytes(25)) * 43


def flac() -> bytes:
    """A header that promises one second at 44.1 kHz."""
    rate_channels_bits_samples = (44_100 << 44) | (1 << 41) | (15 << 36) | 44_100
    info = struct.pack(">HH", 4096, 4096) + bytes(6) + rate_channels_bits_samples.to_bytes(8, "big") + bytes(16)
    return b"fLaC\x80\x00\x00\x22" + info


def opus() -> bytes:
    """One second at the 48 kHz of every Opus file."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    return _ogg([head, tags, b"\0"], position=48_000)


def vorbis() -> bytes:
    """One second at 44.1 kHz."""
    head = b"\x01vorbis" + struct.pack("<IBIIIIBB", 0, 2, 44_100, 0, 128_000, 0, 0xB8, 1)
    tags = b"\x03vorbis" + struct.pack("<II", 0, 0) + b"\x01"
    return _ogg([head, tags, b"\0"], position=44_100)


def _ogg(packets: list[bytes], position: int) -> bytes:
    pages = []
    for number, packet in enumerate(packets):
        page = OggPage()
        page.packets, page.sequence, page.serial = [packet], number, 7
        page.position = position if number == len(packets) - 1 else 0
        page.first, page.last = number == 0, number == len(packets) - 1
        pages.append(page.write())
    return b"".join(pages)


def m4a() -> bytes:
    """One second with a sound track and nothing in it."""
    header = _atom(b"mdhd", bytes(12) + struct.pack(">II", 1_000, 1_000) + bytes(4))
    handler = _atom(b"hdlr", bytes(8) + b"soun" + bytes(13))
    return _atom(b"ftyp", b"M4A \0\0\0\0") + _atom(b"moov", _atom(b"trak", _atom(b"mdia", header + handler)))


def _atom(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content
