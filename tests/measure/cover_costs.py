"""Measures the time and memory that the most expensive covers take (python -m tests.measure.cover_costs).

Each image is processed in a separate process. The argument is the folder of another checkout to measure.
"""

import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from tests.support.checkout import CHECKOUT
from tests.support.picture_files import (
    GREY_ALPHA,
    PALETTE,
    RGB,
    RGBA,
    chunk,
    exif,
    jpeg_of_scans,
    large_png,
    png,
    saved,
    segment,
)

MAX_SECONDS, MAX_MB = 6, 480
SIZE, WEBP_SIZE = (8_000, 5_000), (5_000, 4_000)  # the largest accepted sizes
INFLATES_TO = 1_000_000_000

# Stores a cover and prints the time and memory that it took.
CHILD = """
import resource, sys, time
from pathlib import Path
from album_store.infrastructure.media.media_storage import MediaStorage
started, outcome = time.process_time(), "stored"
try:
    MediaStorage(Path(sys.argv[2])).store_cover(Path(sys.argv[1]))
except Exception as error:
    outcome = f"{type(error).__name__}: {error}"
seconds, memory = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"{seconds:.2f} {memory // 1024} {outcome}")
"""


def zeros(size: int) -> bytes:
    """Return this number of zeros, compressed."""
    deflate = zlib.compressobj(9)
    block = bytes(1_000_000)
    return b"".join([*(deflate.compress(block) for _ in range(size // len(block))), deflate.flush()])


def turned(image: Image.Image, form: str) -> bytes:
    """Return the image with an orientation of 90 degrees."""
    return saved(image, form, exif=b"Exif\0\0" + exif(6))


PICTURES: dict[str, Callable[[], bytes]] = {
    "PNG, alpha, turned": lambda: turned(Image.new("RGBA", SIZE), "PNG"),
    "PNG, alpha, 16 bits": lambda: large_png(RGBA, 4, SIZE, depth=16),
    "PNG, grey and alpha, 16 bits": lambda: large_png(GREY_ALPHA, 2, SIZE, depth=16),
    "PNG, colour key, 16 bits": lambda: large_png(RGB, 3, SIZE, depth=16, before=chunk(b"tRNS", bytes(6))),
    "PNG, palette with alpha": lambda: large_png(
        PALETTE, 1, SIZE, before=chunk(b"PLTE", bytes(3)) + chunk(b"tRNS", b"\x80")
    ),
    "PNG, gamma": lambda: large_png(RGB, 3, SIZE, before=chunk(b"gAMA", (100_000).to_bytes(4))),
    "PNG, 41 million pixels": lambda: large_png(RGB, 3, (8_200, 5_000)),
    "PNG, 178 million pixels": lambda: large_png(RGB, 3, (17_800, 10_000)),
    "PNG, texts of 64 MB": lambda: png(
        RGB, [bytes(3)], before=chunk(b"zTXt", b"a\0\0" + zeros(1_000_000)) * 64, after=chunk(b"tEXt", b"a\0")
    ),
    "PNG, a profile of 1 GB": lambda: png(RGB, [bytes(3)], before=chunk(b"iCCP", b"a\0\0" + zeros(INFLATES_TO))),
    "PNG, 1,600,000 chunks": lambda: png(RGB, [bytes(3)], before=chunk(b"prVt", b"") * 1_600_000),
    "JPEG, alike": lambda: turned(Image.new("RGB", SIZE), "JPEG"),
    "JPEG, 10 scans": lambda: jpeg_of_scans(SIZE, 10),
    "JPEG, 100 scans": lambda: jpeg_of_scans(SIZE, 100),
    "JPEG, 4,000 scans": lambda: jpeg_of_scans(SIZE, 4_000),
    "JPEG, CMYK, 100 scans": lambda: jpeg_of_scans(SIZE, 100, "CMYK"),
    "JPEG, 4,000,000 segments": lambda: (
        b"\xff\xd8" + segment(0xFE, b"") * 4_000_000 + saved(Image.new("L", (9, 9)), "JPEG")[2:]
    ),
    "WebP, alpha": lambda: saved(Image.new("RGBA", WEBP_SIZE, (1, 2, 3, 100)), "WEBP", lossless=True),
    "WebP, lossy": lambda: turned(Image.new("RGB", WEBP_SIZE), "WEBP"),
    "WebP, 40 million pixels": lambda: saved(Image.new("RGBA", SIZE, (1, 2, 3, 100)), "WEBP", lossless=True),
}


def write(name: str, path: Path) -> None:
    """Write the image to a file."""
    path.write_bytes(PICTURES[name]())


def main() -> int:
    """Print a line for each image. Returns 1 if one exceeds the limits."""
    checkout = Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT
    kept = True
    sys.stdout.write(f"{'image':<32}{'KB':>8}{'seconds':>9}{'MB':>7}\n")
    for name in PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "picture"
            # Also in a separate process, because the peak memory of a child includes that of its parent.
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                pool.submit(write, name, source).result()
            command = [sys.executable, "-c", CHILD, str(source), f"{folder}/media"]
            child = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
            size_kb = source.stat().st_size // 1_000
        seconds, memory, outcome = (child.stdout.rstrip() or f"nan nan {child.stderr[-80:]}").split(" ", 2)
        kept = kept and float(seconds) <= MAX_SECONDS and float(memory) <= MAX_MB
        sys.stdout.write(f"{name:<32}{size_kb:>8}{seconds:>9}{memory:>7}  {outcome[:80]}\n")
        sys.stdout.flush()
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
