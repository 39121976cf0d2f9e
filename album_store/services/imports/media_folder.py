"""The covers and recordings that a catalogue file names."""

from collections.abc import Callable
from pathlib import Path

from album_store.infrastructure.media.media_error import MediaError
from album_store.infrastructure.media.media_storage import Kind, MediaStorage
from album_store.services.imports.cells import shown


class MediaFolder:
    """Finds and checks the media beside a catalogue file; never reads outside its folder.

    `found` maps each kind and file to its name in the store, `lengths_ms` the name of each recording to its length.
    The cell readers raise ValueError with a sentence that says what is expected.
    """

    def __init__(self, folder: Path, media: MediaStorage) -> None:
        self._folder = folder.resolve()
        self._media = media
        self.found: dict[tuple[Kind, Path], str] = {}
        self.lengths_ms: dict[str, int] = {}

    def cover(self, raw: str) -> str | None:
        """The key of a cover; None for an empty cell."""
        return self._name("covers", raw, self._media.check_cover)

    def preview(self, raw: str) -> str | None:
        """The stored name of a clip; None for an empty cell."""
        return self._name("previews", raw, self._recording)

    def audio(self, raw: str) -> str | None:
        """The stored name of a full recording; None for an empty cell."""
        return self._name("audio", raw, self._recording)

    def _recording(self, source: Path) -> str:
        name, recording = self._media.check_audio(source)
        self.lengths_ms[name] = recording.length_ms
        return name

    def _name(self, kind: Kind, raw: str, check: Callable[[Path], str]) -> str | None:
        if not raw:
            return None
        try:
            source = self._inside(raw)
            if (kind, source) not in self.found:
                self.found[kind, source] = check(source)
        except MediaError as error:
            raise ValueError(f"{shown(raw)}: {error}") from error
        except (OSError, RuntimeError) as error:  # a name that is too long, a folder, a loop of links, no permission
            raise ValueError(f"{shown(raw)} cannot be read.") from error
        return self.found[kind, source]

    def _inside(self, raw: str) -> Path:
        """The file that a cell names, with slashes or backslashes. Raises ValueError."""
        if "\0" in raw:
            raise ValueError(f"{shown(raw)} is not the name of a file.")
        source = (self._folder / raw.replace("\\", "/")).resolve()
        if not source.is_relative_to(self._folder):
            raise ValueError(f"{shown(raw)} is not inside the folder of the catalogue file.")
        if not source.exists():
            raise ValueError(f"{shown(raw)} does not exist in the folder of the catalogue file.")
        if not source.is_file():
            raise ValueError(f"{shown(raw)} is not a file.")
        return source
