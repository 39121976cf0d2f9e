"""The contents of a catalogue file after validation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from album_store.infrastructure.media.media_storage import Kind

# Called with the name of the step, how much of it is done, and the total.
Progress = Callable[[str, int, int], None]


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class TrackEntry:
    """A track in the file; `values` holds the columns of Track that the file has."""

    disc: int
    number: int
    genre: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class AlbumEntry:
    """An album in the file, its tracks by disc and number; `values` holds the columns of Album that the file has.

    `artists` and `titles` are its names as the rows spell them, the first of which counts. `is_sum`: the price is the
    sum of these tracks, because the file has no album_price.
    """

    artists: tuple[str, ...]
    titles: tuple[str, ...]
    values: Mapping[str, Any]
    tracks: tuple[TrackEntry, ...]
    is_sum: bool = False

    @property
    def artist(self) -> str:
        """The artist as first spelt."""
        return self.artists[0]

    @property
    def title(self) -> str:
        """The title as first spelt."""
        return self.titles[0]


@dataclass(frozen=True)
class ArtistEntry:
    """An artist in artists.csv; `values` holds the columns of Artist that the file has."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Catalogue:
    """The contents of the files, the media files to store with them, and what the owner should know about them."""

    albums: tuple[AlbumEntry, ...]
    media: tuple[tuple[Kind, Path], ...] = ()
    artists: tuple[ArtistEntry, ...] = ()
    notes: tuple[str, ...] = ()
