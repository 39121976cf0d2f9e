"""The contents of a catalogue file after validation."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from album_store.infrastructure.media.media_storage import Kind
from album_store.services.imports.sorted_spool import SortedSpool

# In place of a value that a row of the file does not give. The store keeps its own.
UNSAID = ...

# Called with the name of the step, the number of items done, and their total.
Progress = Callable[[str, int, int], None]


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Report no progress."""


class TrackEntry(NamedTuple):
    """A track in the file. `values` holds the columns of Track that the file has."""

    disc: int
    number: int
    genre: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class TrackEntries(Sequence[TrackEntry]):
    """The tracks of an album in the file, kept by column, which is faster.

    `values` holds the columns of Track that the file has, with UNSAID where a row says nothing.
    """

    discs: Sequence[int]
    numbers: Sequence[int]
    genres: Sequence[str]
    values: Mapping[str, Sequence[Any]]

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, position: Any) -> Any:
        said = {name: cells[position] for name, cells in self.values.items() if cells[position] is not UNSAID}
        return TrackEntry(self.discs[position], self.numbers[position], self.genres[position], said)


@dataclass(frozen=True)
class AlbumEntry:
    """An album in the file, with its tracks sorted. `values` holds the columns of Album that the file has.

    `artists` and `titles` hold the artist and the title as the rows spell them; the first spelling is stored. `is_sum`
    means that the price is the sum of the track prices, because the file gives no album_price.
    """

    artists: tuple[str, ...]
    titles: tuple[str, ...]
    values: Mapping[str, Any]
    tracks: TrackEntries
    is_sum: bool = False

    @property
    def artist(self) -> str:
        """The first spelling of the artist."""
        return self.artists[0]

    @property
    def title(self) -> str:
        """The first spelling of the title."""
        return self.titles[0]

    def packed(self) -> Sequence[Any]:
        """Return the entry as plain tuples, for a spool."""
        tracks = self.tracks
        columns = tracks.discs, tracks.numbers, tracks.genres, tracks.values
        return self.artists, self.titles, self.values, columns, self.is_sum

    @classmethod
    def unpacked(cls, item: Sequence[Any]) -> "AlbumEntry":
        """Return the entry of which `packed` returned this."""
        artists, titles, values, columns, is_sum = item
        return cls(artists, titles, values, TrackEntries(*columns), is_sum)


class ArtistEntry(NamedTuple):
    """An artist in artists.csv. `values` holds the columns of Artist that the file has."""

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Catalogue:
    """The contents of the files, the media files to store, and `notes` for the owner.

    The albums and artists are in temporary files. `artists` is None if there is no artists.csv.
    """

    album_spool: SortedSpool
    media: tuple[tuple[Kind, Path], ...] = ()
    artist_spool: SortedSpool | None = None
    notes: tuple[str, ...] = ()

    @property
    def albums(self) -> Iterator[AlbumEntry]:
        """The albums, in the order of the file."""
        return (AlbumEntry.unpacked(item) for _, item in self.album_spool)

    @property
    def artists(self) -> Iterator[ArtistEntry]:
        """The artists in artists.csv, in the order of that file."""
        return (entry for _, entry in self.artist_spool or ())
