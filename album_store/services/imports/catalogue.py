"""The contents of a catalogue file after validation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from album_store.infrastructure.media.media_storage import Kind

# Called with the name of the step, the number of items done, and their total.
Progress = Callable[[str, int, int], None]


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class TrackEntry:
    """A track in the file. `values` holds the columns of Track that the file has."""

    disc: int
    number: int
    genre: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class AlbumEntry:
    """An album in the file, with its tracks sorted. `values` holds the columns of Album that the file has.

    `artists` and `titles` hold the artist and the title as the rows spell them; the first spelling is stored. `is_sum`
    means that the price is the sum of the track prices, because the file gives no album_price.
    """

    artists: tuple[str, ...]
    titles: tuple[str, ...]
    values: Mapping[str, Any]
    tracks: tuple[TrackEntry, ...]
    is_sum: bool = False

    @property
    def artist(self) -> str:
        """The first spelling of the artist."""
        return self.artists[0]

    @property
    def title(self) -> str:
        """The first spelling of the title."""
        return self.titles[0]


@dataclass(frozen=True)
class ArtistEntry:
    """An artist in artists.csv. `values` holds the columns of Artist that the file has."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Catalogue:
    """The contents of the files, the media files to store, and `notes` for the owner."""

    albums: tuple[AlbumEntry, ...]
    media: tuple[tuple[Kind, Path], ...] = ()
    artists: tuple[ArtistEntry, ...] = ()
    notes: tuple[str, ...] = ()
