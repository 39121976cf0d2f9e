"""The result of an import."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from album_store.services.imports.catalogue import Catalogue

KINDS = ("artist", "genre", "album")


@dataclass(frozen=True)
class KeptTrack:
    """A track in the store that the file does not have. It is kept."""

    artist: str
    album: str
    disc: int
    number: int
    title: str


@dataclass(frozen=True)
class JoinedSpellings:
    """Several spellings of one artist, album or genre; the store shows the first."""

    kind: str
    spellings: tuple[str, ...]

    @classmethod
    def of(cls, kind: str, pairs: Iterable[tuple[str, str]]) -> "tuple[JoinedSpellings, ...]":
        """Return the names with several spellings. A pair is the name that the store shows and one in the file."""
        spellings: dict[str, dict[str, None]] = {}
        for shown, spelling in pairs:
            spellings.setdefault(shown, {shown: None})[spelling] = None
        return tuple(cls(kind, tuple(several)) for several in spellings.values() if len(several) > 1)

    @classmethod
    def merged(cls, joined: "Iterable[JoinedSpellings]") -> "tuple[JoinedSpellings, ...]":
        """Return each name once, with all its spellings; artists come first, then genres and albums."""
        spellings: dict[tuple[str, str], dict[str, None]] = {}
        for one in joined:
            spellings.setdefault((one.kind, one.spellings[0]), {}).update(dict.fromkeys(one.spellings))
        in_order = sorted(spellings.items(), key=lambda item: KINDS.index(item[0][0]))
        return tuple(cls(kind, tuple(several)) for (kind, _), several in in_order)

    def __str__(self) -> str:
        names = ", ".join(f"“{_with_invisible_named(spelling)}”" for spelling in self.spellings)
        return f"Treated {len(self.spellings)} spellings as one {self.kind}: {names}. The store shows the first."


def _with_invisible_named(spelling: str) -> str:
    return "".join(
        char if char.isprintable() else f"[{unicodedata.name(char, 'invisible').lower()}]" for char in spelling
    )


@dataclass(frozen=True)
class AlbumOutcome:
    """What the import did to an album that was in the store."""

    changed: bool
    tracks_added: int
    tracks_changed: int
    kept_tracks: tuple[KeptTrack, ...]


@dataclass(frozen=True)
class ImportResult:
    """What was added, changed, kept and joined, and notes for the owner. Tracks of new albums count as added.

    `artists_changed` counts the artists changed by artists.csv; None if there is no artists.csv.
    """

    albums_added: int = 0
    albums_changed: int = 0
    albums_unchanged: int = 0
    tracks_added: int = 0
    tracks_changed: int = 0
    kept_tracks: tuple[KeptTrack, ...] = ()
    joined: tuple[JoinedSpellings, ...] = ()
    notes: tuple[str, ...] = ()
    artists_changed: int | None = None

    @classmethod
    def sum(cls, results: Sequence["ImportResult"], catalogue: Catalogue) -> "ImportResult":
        """Add up the results of the batches of a catalogue."""
        changed = sum(result.artists_changed or 0 for result in results)
        return cls(
            *(sum(getattr(result, name) for result in results) for name in _COUNTS),
            kept_tracks=tuple(track for result in results for track in result.kept_tracks),
            joined=JoinedSpellings.merged(joined for result in results for joined in result.joined),
            notes=catalogue.notes,
            artists_changed=changed if catalogue.artist_spool is not None else None,
        )


_COUNTS = ("albums_added", "albums_changed", "albums_unchanged", "tracks_added", "tracks_changed")
