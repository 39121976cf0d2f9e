"""What a catalogue file says, read and found right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from album_store.infrastructure.media.media_storage import Kind

# Called with what is being done, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


def no_progress(_what: str, _done: int, _total: int) -> None:
    """For callers that show nothing."""


@dataclass(frozen=True)
class TrackEntry:
    """A track of the file; `values` holds the columns of Track that the file speaks of."""

    disc: int
    number: int
    genre: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class AlbumEntry:
    """An album of the file, its tracks by disc and number; `values` holds the columns of Album that it speaks of.

    `is_sum` says that its price is no more than the sum of these tracks.
    """

    artist: str
    title: str
    values: Mapping[str, Any]
    tracks: tuple[TrackEntry, ...]
    is_sum: bool = False


@dataclass(frozen=True)
class Catalogue:
    """All albums of a file, and the media files to store with them."""

    albums: tuple[AlbumEntry, ...]
    media: tuple[tuple[Kind, Path], ...] = field(default=())
