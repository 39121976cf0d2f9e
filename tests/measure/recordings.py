"""Measures the time and memory that the most expensive recordings take (python -m tests.measure.recordings)."""

import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

from album_store.infrastructure.media.media_error import MediaError
from album_store.infrastructure.media.recordings import read_recording
from tests.support import media_files
from tests.support.checkout import CHECKOUT
from tests.support.media_files import atom, chunk, riff, wav_format

# No file may take longer or more memory, including a recording of 24 hours.
MAX_SECONDS, MAX_EXTRA_MB = 30, 150
_MILLION = 1_000_000


def worst_recordings() -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of files that could be expensive to read."""
    yield "half a second of WAV", media_files.wav(500)
    picture, text = b"APIC\0image/png\0\3\0", b"TXXX\0"
    yield "tag with a compressed picture", inflating_tag(picture, 400 * _MILLION) + media_files.mp3()
    yield "tag with a compressed text", inflating_tag(text, 400 * _MILLION) + media_files.mp3()
    yield "tag with a picture of 200 MB", media_files.id3(200 * _MILLION) + media_files.mp3()
    yield "MP3 of an hour", media_files.mp3(138_000)
    yield "MP3 of 24 hours, smallest frames", (b"\xff\xf3\x18\xc4" + bytes(32)) * 2_400_000
    yield "AAC of 24 hours, smallest frames", b"\xff\xf1\x40\x80\x00\xff\xfc" * 8_100_000
    yield "MP3 interrupted again and again", (media_files.mp3(3) + b"\xff\xfb\x90\x00" * 16_000) * 110
    yield "WAV of a million chunks", riff(chunk(b"junk", b"") * _MILLION, wav_format())
    yield "M4A of a million atoms", atom(b"ftyp", b"M4A ") + atom(b"free", b"") * _MILLION
    yield "M4A of a million atoms in its index", atom(b"ftyp", b"M4A ") + atom(b"moov", atom(b"trak", b"") * _MILLION)
    yield "M4A nested 100,000 deep", nested(100_000)
    yield "M4A of 24 hours in one table", media_files.m4a(samples=864_000)
    yield "M4A of 140,000 fragments", media_files.fragmented_m4a(140_000)
    yield "Ogg of a million pages", media_files.ogg(([b"fishead\0"], 0)) * _MILLION
    yield "FLAC with syncs and no frames", media_files.flac()[:42] + b"\xff\xf8\x79\x08\x00" * 2 * _MILLION
    yield "FLAC with frames without an end", media_files.flac()[:42] + media_files.flac(frames=1)[42:50] * _MILLION
    yield "FLAC with a comment of 4 GB", b"fLaC" + media_files.flac()[4:42] + b"\x84\0\0\x08" + b"\xff" * 8
    yield "FLAC with a picture of 16 MB, 12 times", flac_pictures(12)


def inflating_tag(beginning: bytes, size: int) -> bytes:
    """Return a tag with a compressed frame that inflates to `size` zeros after its name and beginning."""
    packed = zlib.compress(beginning[4:] + bytes(size), 9)
    frame = beginning[:4] + syncsafe(len(packed) + 4) + b"\0\x09" + syncsafe(size & 0xFFFFFFF) + packed
    return b"ID3\4\0\0" + syncsafe(len(frame)) + frame


def syncsafe(number: int) -> bytes:
    """Return a number in the encoding of ID3."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def nested(depth: int) -> bytes:
    """Return atoms that each contain the next one."""
    heads = b"".join(struct.pack(">I4s", 8 * (depth - level), b"moov") for level in range(depth))
    return atom(b"ftyp", b"M4A ") + heads


def flac_pictures(count: int) -> bytes:
    """Return a FLAC file with embedded pictures."""
    picture = b"\6\xff\xff\xff" + struct.pack(">II", 3, 0) + bytes(20) + struct.pack(">I", 0xFFFFFF - 32)
    info, sound = media_files.flac()[5:42], media_files.flac()[42:]
    return b"fLaC\0" + info + picture.ljust(4 + 0xFFFFFF, b"\0") * count + b"\x81\0\0\0" + sound


def read_one(source: Path) -> None:
    """Read a file and print its processor time (seconds), peak memory (MB) and the result."""
    resource.setrlimit(resource.RLIMIT_CPU, (4 * MAX_SECONDS, 4 * MAX_SECONDS))
    started = time.process_time()
    try:
        outcome = f"{read_recording(source).length_ms} ms"
    except MediaError as error:
        outcome = str(error)
    # getrusage is not used, because its peak includes that of the parent process.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    peak_mb = int(status["VmHWM"].split()[0]) / 1024
    sys.stdout.write(f"{time.process_time() - started:.2f}\t{peak_mb:.0f}\t{outcome}\n")


def main() -> int:
    """Print a line for each file. Returns 1 if one exceeds the limits."""
    kept, idle_mb = True, 0.0
    sys.stdout.write(f"{'file':<40}{'KB':>8}{'seconds':>9}{'MB':>6}\n")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in worst_recordings():
            source = Path(folder) / "song"
            source.write_bytes(content)
            command = [sys.executable, "-m", "tests.measure.recordings", str(source)]
            try:
                said = subprocess.check_output(command, cwd=CHECKOUT, text=True)
            except subprocess.CalledProcessError as error:
                said = f"inf\tinf\t{error}"
            seconds, peak_mb, outcome = said.rstrip().split("\t")
            idle_mb = idle_mb or float(peak_mb)
            kept = kept and float(seconds) <= MAX_SECONDS and float(peak_mb) - idle_mb <= MAX_EXTRA_MB
            sys.stdout.write(f"{name:<40}{len(content) // 1000:>8}{seconds:>9}{peak_mb:>6}  {outcome}\n")
            sys.stdout.flush()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(read_one(Path(sys.argv[1])) if len(sys.argv) > 1 else main())
