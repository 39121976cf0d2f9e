"""What an import writes in one transaction."""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from album_store.data.visible_text import visible_line
from album_store.services.imports.catalogue import AlbumEntry, ArtistEntry, Catalogue
from album_store.services.imports.new_albums import NewAlbum

# A batch ends with the album that reaches this many tracks, or with this many albums or artists.
BATCH_TRACKS = 4_000
BATCH_ITEMS = 800
# How many batches are prepared in a pause at most. Memory holds them until they are written.
AHEAD = 4


@dataclass(frozen=True)
class Batch:
    """Albums and artists that are written in one transaction, which takes a fraction of a second."""

    albums: Sequence[AlbumEntry] = ()
    artists: Sequence[ArtistEntry] = ()

    @cached_property
    def new_albums(self) -> Sequence[NewAlbum]:
        """What is stored of each album if it is new. Making this takes some time, so do it before the transaction."""
        return [NewAlbum(entry, visible_line(entry.artist)) for entry in self.albums]


class Batches:
    """Everything that an import writes, in batches: first the albums, then the artists."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._rest = _batches_of(catalogue)
        self._ready: deque[Batch] = deque()

    def __iter__(self) -> Iterator[Batch]:
        while batch := self._ready.popleft() if self._ready else next(self._rest, None):
            yield batch

    def pause(self, seconds: float) -> None:
        """Let this time go by, and prepare up to AHEAD batches in it."""
        until = time.monotonic() + seconds
        while len(self._ready) < AHEAD and time.monotonic() < until and (batch := next(self._rest, None)):
            self._ready.append(batch)
            _ = batch.new_albums
        time.sleep(max(0, until - time.monotonic()))


def _batches_of(catalogue: Catalogue) -> Iterator[Batch]:
    albums: list[AlbumEntry] = []
    tracks = 0
    for album in catalogue.albums:
        albums.append(album)
        tracks += len(album.tracks)
        if tracks >= BATCH_TRACKS or len(albums) == BATCH_ITEMS:
            yield Batch(albums=albums)
            albums, tracks = [], 0
    if albums:
        yield Batch(albums=albums)
    artists = catalogue.artists
    while chunk := list(islice(artists, BATCH_ITEMS)):
        yield Batch(artists=chunk)
