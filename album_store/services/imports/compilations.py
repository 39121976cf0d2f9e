"""Distinguishes compilations from separate albums with the same title."""

from collections import Counter
from collections.abc import Collection, Sequence, Set

from album_store.data.name_key import name_key
from album_store.services.imports.rows import Rows

VARIOUS_ARTISTS = "Various Artists"


def possible_artists(rows: Rows) -> Set[str]:
    """Return the name keys of all artists that may turn out to have an album with the title of these rows."""
    keys = set(map(name_key, set(rows.artists)))
    return keys | {name_key(VARIOUS_ARTISTS)} if len(keys) > 1 else keys


def album_artist(title: str, rows: Rows, stored: Collection[tuple[str, str]]) -> str | None:
    """Return the artist of all rows of one title if they are a compilation.

    They are if their track numbers continue across the artists: each disc starts at 1, and no number is missing or
    repeated. The artist is the album artist that some rows name, if they name only one; otherwise the artist of more
    than half of the tracks, or else VARIOUS_ARTISTS. If the store already has an album of that title by another of the
    artists, each artist keeps a separate album. `title` is the name key of the title, and `stored` holds the name keys
    (artist, title) of the store's albums.
    """
    if len(possible_artists(rows)) == 1:
        return None
    of_albums = rows.column("album_artist")
    named = {name_key(name): name for name in of_albums if name}
    names = [artist for artist, of_album in zip(rows.values["artist"], of_albums, strict=True) if not of_album]
    keys = {*named, *map(name_key, names)}
    if len(named) > 1 or not _run_on(rows):
        return None
    is_various = (name_key(VARIOUS_ARTISTS), title) in stored
    artist = next(iter(named.values()), None) or _main_artist(names, is_various)
    return None if any((other, title) in stored for other in keys - {name_key(artist)}) else artist


def _main_artist(names: Sequence[str], is_various: bool) -> str:
    [(key, count)] = Counter(map(name_key, names)).most_common(1)
    if is_various or count * 2 <= len(names):
        return VARIOUS_ARTISTS
    return next(name for name in names if name_key(name) == key)


def _run_on(rows: Rows) -> bool:
    numbers: dict[int, list[int]] = {}
    for disc, number in zip(rows.discs, rows.values["track_number"], strict=True):
        numbers.setdefault(disc, []).append(number or 0)
    return all(sorted(on_disc) == list(range(1, len(on_disc) + 1)) for on_disc in numbers.values())
