"""The covers and recordings that a catalogue file names."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from album_store.infrastructure.media.media_error import MediaError
from album_store.infrastructure.media.media_storage import AudioKind, Kind, MediaStorage
from album_store.infrastructure.wording import shown


class MediaFolder:
    """Finds and checks the media beside a catalogue file. Never reads outside its folder.

    `found` maps each kind and file to its stored name, `lengths_ms` the stored name of each recording to its length.
    `notes` lists recordings with a misleading file name. The cell readers raise ValueError with a sentence for the
    owner.
    """

    def __init__(self, folder: Path, media: MediaStorage) -> None:
        self._folder = folder.resolve()
        self._media = media
        self.found: dict[tuple[Kind, Path], str] = {}
        self.lengths_ms: dict[str, int] = {}
        self._mistakes: dict[tuple[Kind, str], str] = {}
        self._spellings = cache(_listing)  # many rows may name missing files
        self.notes: list[str] = []

    def cover(self, raw: str) -> str | None:
        """Return the key of a cover; None for an empty cell."""
        return self._name("covers", raw, self._media.check_cover)

    def preview(self, raw: str) -> str | None:
        """Return the stored name of a preview; None for an empty cell."""
        return self._name("previews", raw, lambda source: self._recording(source, "previews"))

    def audio(self, raw: str) -> str | None:
        """Return the stored name of a full recording; None for an empty cell."""
        return self._name("audio", raw, lambda source: self._recording(source, "audio"))

    def _recording(self, source: Path, kind: AudioKind) -> str:
        name, recording = self._media.check_audio(source, kind)
        self.lengths_ms[name] = recording.length_ms
        if not recording.is_named(source.name):
            kind_found = recording.extension.upper()
            self.notes.append(
                f"{shown(source.name)} contains {kind_found} despite its name and is stored as {kind_found}."
            )
        return name

    def _name(self, kind: Kind, raw: str, check: Callable[[Path], str]) -> str | None:
        """Return the stored name of the file that a cell names. Checks a file that many rows name only once."""
        if not raw:
            return None
        if (kind, raw) in self._mistakes:
            raise ValueError(self._mistakes[kind, raw])
        try:
            source = self._inside(raw)
            if (kind, source) not in self.found:
                self.found[kind, source] = check(source)
            return self.found[kind, source]
        except MediaError as error:
            reason = f"{shown(raw)} cannot be used. {error}"
        except (OSError, RuntimeError):  # the name is too long, a folder or a loop of links, or access is denied
            reason = f"{shown(raw)} cannot be read. Check its name and its permissions."
        except ValueError as error:
            reason = str(error)
        self._mistakes[kind, raw] = reason
        raise ValueError(reason)

    def _inside(self, raw: str) -> Path:
        """Return the file that a cell names, with slashes or backslashes. Raises ValueError."""
        source = (self._folder / raw.replace("\\", "/")).resolve()
        if source.is_relative_to(self._folder) and not source.exists():
            source = self._spelt_otherwise(source, raw).resolve()
        if not source.is_relative_to(self._folder):
            raise ValueError(f"{shown(raw)} is outside the folder of the catalogue file. Move it into that folder.")
        if not source.is_file():
            raise ValueError(f"{shown(raw)} is not a file. Write the path of a file, with its name and extension.")
        return source

    def _spelt_otherwise(self, source: Path, raw: str) -> Path:
        """Return the path whose names differ only in the encoding of accents, or else in case. Raises ValueError.

        Systems encode an accented letter as one character or as two, and some ignore case. A name that was right on the
        computer where the catalogue was made may differ where it is imported.
        """
        path = self._folder
        for name in source.relative_to(self._folder).parts:
            if (path / name).exists():
                path /= name
                continue
            for spelling in (_composed, _without_case):
                if candidates := self._spellings(path, spelling).get(spelling(name)):
                    break
            else:
                raise ValueError(f"{shown(raw)} was not found in the folder of the catalogue file. Check the spelling.")
            if len(candidates) > 1:
                raise ValueError(
                    f"{shown(raw)} matches {len(candidates)} files with similar names. Write the exact name of one."
                )
            path /= candidates[0]
        return path


def _listing(folder: Path, spelling: Callable[[str], str]) -> Mapping[str, Sequence[str]]:
    """Return the names in a folder by their normalised spelling."""
    names = defaultdict(list)
    if folder.is_dir():
        for entry in sorted(folder.iterdir()):
            names[spelling(entry.name)].append(entry.name)
    return names


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _without_case(name: str) -> str:
    return _composed(_composed(name).casefold())
