"""The result of an import."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


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
    def of(cls, kind: str, pairs: Iterable[tuple[str, str]]) -> "list[JoinedSpellings]":
        """Return the names with several spellings. A pair is the name that the store shows and one in the file."""
        spellings: dict[str, dict[str, None]] = {}
        for shown, spelling in pairs:
            spellings.setdefault(shown, {shown: None})[spelling] = None
        return [cls(kind, tuple(several)) for several in spellings.values() if len(several) > 1]

    def __str__(self) -> str:
        names = ", ".join(f"“{_with_invisible_named(spelling)}”" for spelling in self.spellings)
        return f"Treated {len(self.spellings)} spellings as one {self.kind}: {names}. The store shows the first."


def _with_invisible_named(spelling: str) -> str:
    return "".join(
        char if char.isprintable() else f"[{unicodedata.name(char, 'invisible').lower()}]" for char in spelling
    )


@dataclass(frozen=True)
class AlbumOutcome:
    """What the import did to one album. A new album also counts as changed."""

    is_new: bool
    changed: bool
    tracks_added: int
    tracks_changed: int
    kept_tracks: tuple[KeptTrack, ...]


@dataclass(frozen=True)
class ImportResult:
    """What was added, changed, kept and joined, and notes for the owner. Tracks of new albums count as added.

    `artists_changed` counts the artists changed by artists.csv; None if there is no artists.csv.
    """

    albums_added: int
    albums_changed: int
    albums_unchanged: int
    tracks_added: int
    tracks_changed: int
    kept_tracks: tuple[KeptTrack, ...]
    joined: tuple[JoinedSpellings, ...] = ()
    notes: tuple[str, ...] = ()
    artists_changed: int | None = None

    @classmethod
    def of(
        cls,
        outcomes: Sequence[AlbumOutcome],
        joined: Sequence[JoinedSpellings],
        notes: tuple[str, ...],
        artists_changed: int | None,
    ) -> "ImportResult":
        """Add up the outcomes of the albums."""
        added = sum(outcome.is_new for outcome in outcomes)
        changed = sum(outcome.changed for outcome in outcomes) - added
        return cls(
            albums_added=added,
            albums_changed=changed,
            albums_unchanged=len(outcomes) - added - changed,
            tracks_added=sum(outcome.tracks_added for outcome in outcomes),
            tracks_changed=sum(outcome.tracks_changed for outcome in outcomes),
            kept_tracks=tuple(track for outcome in outcomes for track in outcome.kept_tracks),
            joined=tuple(joined),
            notes=notes,
            artists_changed=artists_changed,
        )
