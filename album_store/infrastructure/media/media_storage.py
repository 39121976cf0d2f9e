"""Storage for covers, previews and full recordings: files on the local disk, named after their content."""

import hashlib
import logging
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, Literal

from PIL import Image
from pyramid.config import Configurator

from album_store.infrastructure.media.cover_pictures import PICTURE_NAME, encode_picture, picture_sizes
from album_store.infrastructure.media.covers import (
    SIZES_PX,
    decode_cover,
    encode_cover,
    picture_parts,
    read_cover_file,
)
from album_store.infrastructure.media.picture_parts import EXTENSIONS
from album_store.infrastructure.media.recordings import CONTENT_TYPES, Recording, read_clip, read_recording

log = logging.getLogger(__name__)

AudioKind = Literal["previews", "audio"]
Kind = Literal["covers", "originals"] | AudioKind

_KEY_DIGITS = 32
# The sizes of how many covers are kept in memory.
MAX_SIZES = 2_000
_AUDIO_NAME = re.compile(rf"[0-9a-f]{{{_KEY_DIGITS}}}\.({'|'.join(CONTENT_TYPES)})")
_NAMES: dict[Kind, re.Pattern[str]] = {
    "covers": re.compile(
        rf"[0-9a-f]{{{_KEY_DIGITS}}}(?:-(?:{'|'.join(map(str, SIZES_PX))})\.jpg|{PICTURE_NAME.pattern})"
    ),
    "originals": re.compile(rf"[0-9a-f]{{{_KEY_DIGITS}}}\.({'|'.join(EXTENSIONS)})"),
    "previews": _AUDIO_NAME,
    "audio": _AUDIO_NAME,
}


class MediaStorage:
    """Stores each file as `<kind>/<hash of its content>`, so that the same file is stored only once.

    The covers that are shown are derived from an original, which is kept in `originals` and is not public. An import
    makes two JPEG files, which is quick; the worker makes the pictures in smaller formats later, also those that were
    deleted. The names of all files of a cover begin with its key. Files are written atomically. Every method that reads
    a source raises MediaError if it is invalid, and OSError if it cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A key stands for one picture, whose size takes 60 µs to read. Errors are not kept.
        self._size = lru_cache(MAX_SIZES)(self._read_size)

    def check_cover(self, source: Path) -> str:
        """Return the key that the cover would be stored under. Writes nothing."""
        content = read_cover_file(source)
        key = _key(content)
        if not self._has_cover(key):
            decode_cover(picture_parts(content))
        return key

    def store_cover(self, source: Path) -> str:
        """Store the original cover and both sizes of it. Returns its key."""
        content = read_cover_file(source)
        key = _key(content)
        if not self._has_cover(key):
            parts = picture_parts(content)
            image = decode_cover(parts)
            for size_px in SIZES_PX:
                with self._new_file("covers", cover_name(key, size_px)) as file:
                    file.write(encode_cover(image, size_px))
            with self._new_file("originals", f"{key}.{parts.extension}") as file:
                file.write(content)
        return key

    def covers_version(self) -> int:
        """Return a number that changes when a file is added to the covers or removed; 0 if there are none."""
        folder = self._folder / "covers"
        return folder.stat().st_mtime_ns if folder.is_dir() else 0

    def covers_without_pictures(self) -> list[str]:
        """Return the keys of the covers that lack a picture, the newest last."""
        with os.scandir(self._folder / "covers") as entries:
            names = {entry.name for entry in entries}
        whole = f"-{max(SIZES_PX)}.jpg"
        keys = (name.removesuffix(whole) for name in names if name.endswith(whole))
        lacking = [key for key in keys if not names.issuperset(_picture_names(key))]
        return sorted(lacking, key=lambda key: self._changed_ns(key + whole))

    def make_pictures(self, key: str) -> None:
        """Make the missing pictures of a cover from its largest JPEG. Does nothing if it is not stored any more."""
        source = self.path_of("covers", cover_name(key, max(SIZES_PX)))
        if source is None:
            return
        with Image.open(source) as cover:
            for form, sizes in picture_sizes().items():
                for size_px in sizes:
                    name = cover_name(key, size_px, form)
                    if self.path_of("covers", name) is None:
                        with self._new_file("covers", name) as file:
                            file.write(encode_picture(cover, form, size_px))

    def cover_size(self, key: str) -> tuple[int, int] | None:
        """Return the width and height of the largest picture of a cover, or None if it is not stored or broken."""
        try:
            return self._size(key)
        except FileNotFoundError:
            return None
        except OSError:
            log.warning("event=cover-unreadable name=%s", cover_name(key, max(SIZES_PX)))
            return None

    def _read_size(self, key: str) -> tuple[int, int]:
        """Read the size from the file. Raises OSError, or FileNotFoundError if it is not stored."""
        source = self.path_of("covers", cover_name(key, max(SIZES_PX)))
        if source is None:
            raise FileNotFoundError
        with Image.open(source) as cover:
            return cover.size

    def stand_in(self, name: str) -> str | None:
        """Return the name of the JPEG to show in place of a picture that is not made yet; None if there is none."""
        wanted = PICTURE_NAME.search(name)
        if wanted is None or not _NAMES["covers"].fullmatch(name):
            return None
        key, size_px = name[:_KEY_DIGITS], int(wanted[0][1:].partition(".")[0])
        jpeg = cover_name(key, next(size for size in sorted(SIZES_PX) if size >= size_px))
        return jpeg if self.path_of("covers", jpeg) else None

    def _changed_ns(self, name: str) -> int:
        path = self.path_of("covers", name)
        return path.stat().st_mtime_ns if path else 0

    def original_of(self, key: str) -> Path | None:
        """Return the path of the original of a cover, or None if it is not stored."""
        paths = (self.path_of("originals", f"{key}.{extension}") for extension in EXTENSIONS)
        return next(filter(None, paths), None)

    def check_audio(self, source: Path, kind: AudioKind) -> tuple[str, Recording]:
        """Return the name that the recording or preview would be stored under, and its details. Writes nothing."""
        recording = read_clip(source) if kind == "previews" else read_recording(source)
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return f"{digest[:_KEY_DIGITS]}.{recording.extension}", recording

    def store_audio(self, source: Path, kind: AudioKind) -> str:
        """Store the recording or preview. Returns its name."""
        name, _ = self.check_audio(source, kind)
        if self.path_of(kind, name) is None:
            with source.open("rb") as original, self._new_file(kind, name) as copy:
                shutil.copyfileobj(original, copy, 1 << 20)
        return name

    def path_of(self, kind: Kind, name: str) -> Path | None:
        """Return the path of a file, or None if it is not stored or the name is malformed."""
        if not _NAMES[kind].fullmatch(name):
            return None
        path = self._folder / kind / name
        return path if path.is_file() else None

    def _has_cover(self, key: str) -> bool:
        derived = all(self.path_of("covers", cover_name(key, size_px)) for size_px in SIZES_PX)
        return derived and self.original_of(key) is not None

    @contextmanager
    def _new_file(self, kind: Kind, name: str) -> Iterator[BinaryIO]:
        """Yield a file to write. It gets its final name only after it is complete and on disk."""
        folder = self._folder / kind
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{uuid.uuid4().hex}.unfinished"
        try:
            with unfinished.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(folder / name)
        finally:
            unfinished.unlink(missing_ok=True)


def _key(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_KEY_DIGITS]


def cover_name(key: str, size_px: int, extension: str = "jpg") -> str:
    """Return the file name of a cover in one of SIZES_PX, or of one of its pictures."""
    return f"{key}-{size_px}.{extension}"


def _picture_names(key: str) -> list[str]:
    return [cover_name(key, size_px, form) for form, sizes in picture_sizes().items() for size_px in sizes]


def includeme(config: Configurator) -> None:
    """Create the storage and add it as `request.media`."""
    media = config.registry.media = MediaStorage(config.registry.store_settings.media_folder)
    config.add_request_method(lambda _request: media, "media", reify=True)
