"""Tells compilations from albums that happen to share a title."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from album_store.data.name_key import name_key
from album_store.services.imports.album_rows import Row

VARIOUS_ARTISTS = "Various Artists"


def album_artists(rows: Iterable[Row], stored: Collection[tuple[str, str]]) -> dict[str, str]:
    """The artist of each album that rows of several artists make up, by the key of its title.

    Rows of one title are one album if their track numbers run on, on each disc from 1, none missing and none twice. It
    is by the album artist that some rows name, if these name no two; otherwise by the artist of more than half of its
    tracks, or by VARIOUS_ARTISTS. Where the store has an album of that title by another of the artists, each artist
    keeps an album of their own; `stored` holds the keys of artist and title of its albums.
    """
    by_title: dict[str, list[Row]] = {}
    for row in rows:
        by_title.setdefault(name_key(row.values["album"]), []).append(row)
    found = {}
    for title, its_rows in by_title.items():
        named = {name_key(name): name for row in its_rows if (name := row.values.get("album_artist"))}
        names = [row.values["artist"] for row in its_rows if not row.values.get("album_artist")]
        keys = {*named, *map(name_key, names)}
        if len(keys) > 1 and len(named) < 2 and _run_on(its_rows):
            is_various = (name_key(VARIOUS_ARTISTS), title) in stored
            artist = next(iter(named.values()), None) or _main_artist(names, is_various)
            if not any((other, title) in stored for other in keys - {name_key(artist)}):
                found[title] = artist
    return found


def _main_artist(names: Sequence[str], is_various: bool) -> str:
    [(key, count)] = Counter(map(name_key, names)).most_common(1)
    if is_various or count * 2 <= len(names):
        return VARIOUS_ARTISTS
    return next(name for name in names if name_key(name) == key)


def _run_on(rows: Sequence[Row]) -> bool:
    numbers: dict[int, list[int]] = {}
    for row in rows:
        numbers.setdefault(row.values.get("disc") or 1, []).append(row.values.get("track_number", 0))
    return all(sorted(on_disc) == list(range(1, len(on_disc) + 1)) for on_disc in numbers.values())
