"""The result of an import."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class KeptTrack:
    """A track that is in the store although the file does not have it."""

    artist: str
    album: str
    disc: int
    number: int
    title: str


@dataclass(frozen=True)
class AlbumOutcome:
    """What the import did to one album; a new album also counts as changed."""

    is_new: bool
    changed: bool
    tracks_added: int
    tracks_changed: int
    kept_tracks: tuple[KeptTrack, ...]


@dataclass(frozen=True)
class ImportResult:
    """What was added, changed and kept, and what the owner should know. The tracks of new albums count as added."""

    albums_added: int
    albums_changed: int
    albums_unchanged: int
    tracks_added: int
    tracks_changed: int
    kept_tracks: tuple[KeptTrack, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, outcomes: Sequence[AlbumOutcome], notes: tuple[str, ...] = ()) -> "ImportResult":
        """Sum up the outcomes of the albums."""
        added = sum(outcome.is_new for outcome in outcomes)
        changed = sum(outcome.changed for outcome in outcomes) - added
        return cls(
            albums_added=added,
            albums_changed=changed,
            albums_unchanged=len(outcomes) - added - changed,
            tracks_added=sum(outcome.tracks_added for outcome in outcomes),
            tracks_changed=sum(outcome.tracks_changed for outcome in outcomes),
            kept_tracks=tuple(track for outcome in outcomes for track in outcome.kept_tracks),
            notes=notes,
        )
