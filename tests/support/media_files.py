"""Creates small, valid images and recordings."""

import io
import struct
import wave
from pathlib import Path
from typing import Any

from mutagen.ogg import OggPage
from PIL import Image


def picture(size: tuple[int, int] = (60, 40), colour: str = "teal", form: str = "PNG", **options: Any) -> bytes:
    """Return the bytes of an image in one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, form, **options)
    return buffer.getvalue()


def save_picture(path: Path, **options: Any) -> Path:
    """Write an image file. Returns its path."""
    path.write_bytes(picture(**options))
    return path


def wav(length_ms: int = 250) -> bytes:
    """Return a WAV file of silence."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(1)
        recording.setframerate(8_000)
        recording.writeframes(b"\x80" * (8 * length_ms))
    return buffer.getvalue()


def save_wav(path: Path, length_ms: int = 250) -> Path:
    """Write a WAV file of silence. Returns its path."""
    path.write_bytes(wav(length_ms))
    return path


def riff(*chunks: bytes, form: bytes = b"RIFF", size: int | None = None) -> bytes:
    """Return a WAV file of chunks. `size` is the size in the header, by default the real one."""
    content = b"WAVE" + b"".join(chunks)
    return form + struct.pack("<I", len(content) if size is None else size) + content


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    """Return a chunk of a WAV file. `size` is the size in its header, by default the real one."""
    return name + struct.pack("<I", len(content) if size is None else size) + content + bytes(len(content) & 1)


def wav_format(codec: int = 1, bits: int = 8, channels: int = 1, rate: int = 8_000, frame: int | None = None) -> bytes:
    """Return the chunk that describes the audio format of a WAV file."""
    frame = channels * (bits + 7) // 8 if frame is None else frame
    return chunk(b"fmt ", struct.pack("<HHIIHH", codec, channels, rate, rate * frame, frame, bits))


def aiff(sound_bytes: int = 8_000, *, codec: bytes = b"", frames: int = 4_000) -> bytes:
    """Return half a second of silence, 16 bits at 8 kHz."""
    rate = struct.pack(">HQ", 16_383 + 12, 8_000 << 51)
    common = struct.pack(">HIH", 1, frames, 16) + rate + (codec + b"\0\0" if codec else b"")
    form = _aiff_chunk(b"COMM", common) + _aiff_chunk(b"SSND", bytes(8 + sound_bytes))
    return b"FORM" + struct.pack(">I", 4 + len(form)) + (b"AIFC" if codec else b"AIFF") + form


def _aiff_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + content


def id3(size: int = 100) -> bytes:
    """Return an ID3 tag with `size` bytes after its header."""
    length = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + length + bytes(size)


def ape() -> bytes:
    """Return an empty APE tag, which may come before or after the audio."""
    header, footer = (
        b"APETAGEX" + struct.pack("<IIII", 2000, 32, 0, flags) + bytes(8) for flags in (0xA0000000, 0x80000000)
    )
    return header + footer


def mp3(frames: int = 10) -> bytes:
    """Return silent frames of 128 kbit/s at 44.1 kHz, 1,152 samples each."""
    return (b"\xff\xfb\x90\x00" + bytes(413)) * frames


def mp3_table(frames: int) -> bytes:
    """Return the first frame of an MP3 with a variable bit rate, which says how many frames follow."""
    return (b"\xff\xfb\x90\x00" + bytes(32) + b"Xing" + struct.pack(">II", 1, frames)).ljust(417, b"\0")


def vbr_mp3(rounds: int = 20) -> bytes:
    """Return alternating frames of 128 and 64 kbit/s, without a table: 52.2 ms each round."""
    return (b"\xff\xfb\x90\x00" + bytes(413) + b"\xff\xfb\x50\x00" + bytes(204)) * rounds


def aac(frames: int = 43) -> bytes:
    """Return ADTS frames at 44.1 kHz, 1,024 samples each."""
    return (b"\xff\xf1\x50\x80\x04\x1f\xfc" + bytes(25)) * frames


def flac(promised: int = 44_100, *, first: int = 0, frames: int = 10) -> bytes:
    """Return frames of a tenth of a second of silence at 44.1 kHz, after a header that says `promised` samples.

    The frames are numbered from `first`, up to 127.
    """
    rate_channels_bits_samples = (44_100 << 44) | (15 << 36) | promised
    sizes = struct.pack(">HH", 4_410, 4_410) + bytes(6)
    info = sizes + rate_channels_bits_samples.to_bytes(8, "big") + bytes(16)
    return b"fLaC\x80\x00\x00\x22" + info + b"".join(map(_flac_frame, range(first, first + frames)))


def _flac_frame(number: int) -> bytes:
    head = b"\xff\xf8\x79\x08" + bytes([number]) + struct.pack(">H", 4_409)
    frame = head + bytes([_crc(head, 0x07, 8)]) + b"\0\0\0"  # constant silence
    return frame + struct.pack(">H", _crc(frame, 0x8005, 16))


def _crc(content: bytes, polynomial: int, bits: int) -> int:
    crc = 0
    for byte in content:
        crc ^= byte << bits - 8
        for _ in range(8):
            crc = crc << 1 ^ (polynomial | 1 << bits if crc >> bits - 1 else 0)
    return crc


def opus() -> bytes:
    """Return one second of Opus: packets of 20 ms at 48 kHz."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    return ogg(([head], 0), ([tags], 0), ([b"\x08"] * 25, 24_000), ([b"\x08"] * 25, 48_000))


def vorbis(first: int = 22_050) -> bytes:
    """Return one second of Vorbis at 44.1 kHz. Its first half ends at position `first`."""
    audio = [b"\0"] * 22
    return ogg(*vorbis_headers(), (audio, first), (audio, first + 22_050))


def vorbis_headers() -> list[tuple[list[bytes], int]]:
    """Return the pages before the sound."""
    head = b"\x01vorbis" + struct.pack("<IBIIIIBB", 0, 2, 44_100, 0, 128_000, 0, 0xB8, 1)
    tags = b"\x03vorbis" + struct.pack("<II", 0, 0) + b"\x01"
    return [([head], 0), ([tags, b"\x05vorbis"], 0)]


def ogg(*pages: tuple[list[bytes], int], serial: int = 7, ends: bool = True) -> bytes:
    """Return a stream of pages, each given by its packets and the position at its end."""
    written = []
    for number, (packets, position) in enumerate(pages):
        page = OggPage()
        page.packets, page.sequence, page.serial, page.position = packets, number, serial, position
        page.first, page.last = number == 0, ends and number == len(pages) - 1
        written.append(page.write())
    return b"".join(written)


def m4a(codec: bytes = b"mp4a", kind: int = 0x40, *, handler: bytes = b"soun", samples: int = 10) -> bytes:
    """Return an M4A file with samples of four bytes and a tenth of a second each."""
    index = atom(b"moov", track(codec, kind, handler=handler, samples=samples))
    return atom(b"ftyp", b"M4A \0\0\0\0") + index + atom(b"mdat", bytes(4 * samples))


def fragmented_m4a(fragments: int = 5) -> bytes:
    """Return a fragmented M4A file. Each fragment has two samples of four bytes and lasts a fifth of a second."""
    extends = atom(b"mvex", atom(b"trex", bytes(4) + struct.pack(">5I", 1, 1, 100, 0, 0)))
    run = atom(b"trun", struct.pack(">5I", 0x201, 2, 0, 4, 4))
    fragment = atom(b"moof", atom(b"traf", atom(b"tfhd", struct.pack(">II", 0, 1)) + run)) + atom(b"mdat", bytes(8))
    return atom(b"ftyp", b"iso5\0\0\0\0") + atom(b"moov", track(samples=0) + extends) + fragment * fragments


def segments(*sizes: int) -> bytes:
    """Return an index of the fragments that follow it, by their sizes in bytes."""
    return atom(
        b"sidx",
        struct.pack(">6I", 0, 1, 1_000, 0, 0, len(sizes))
        + b"".join(struct.pack(">3I", size, 200, 0) for size in sizes),
    )


def track(codec: bytes = b"mp4a", kind: int = 0x40, *, handler: bytes = b"soun", samples: int = 10) -> bytes:
    """Return a track of an M4A file."""
    descriptor = b"\x03\x19\0\1\0\x04\x11" + bytes([kind]) + bytes(12)
    described = atom(codec, bytes(28) + (atom(b"esds", bytes(4) + descriptor) if codec == b"mp4a" else b""))
    tables = (
        atom(b"stsd", struct.pack(">II", 0, 1) + described)
        + atom(b"stts", struct.pack(">4I", 0, 1, samples, 100))
        + atom(b"stsz", struct.pack(">3I", 0, 0, samples) + struct.pack(">I", 4) * samples)
    )
    times = atom(b"mdhd", bytes(12) + struct.pack(">II", 1_000, 0) + bytes(4))
    media = times + atom(b"hdlr", bytes(8) + handler + bytes(13)) + atom(b"minf", atom(b"stbl", tables))
    return atom(b"trak", atom(b"tkhd", bytes(12) + struct.pack(">I", 1) + bytes(68)) + atom(b"mdia", media))


def atom(name: bytes, content: bytes) -> bytes:
    """Return an atom of an MP4 file."""
    return struct.pack(">I", len(content) + 8) + name + content
