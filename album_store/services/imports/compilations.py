"""Distinguishes compilations from separate albums with the same title."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from album_store.data.name_key import name_key
from album_store.services.imports.album_rows import Row

VARIOUS_ARTISTS = "Various Artists"


def album_artists(rows: Iterable[Row], stored: Collection[tuple[str, str]]) -> dict[str, str]:
    """Return the artist of each compilation, by the name key of its title.

    Rows of one title are a compilation if their track numbers continue across the artists: each disc starts at 1, and
    no number is missing or repeated. Its artist is the album artist that some rows name, if they name only one;
    otherwise the artist of more than half of its tracks, or else VARIOUS_ARTISTS. If the store already has an album of
    that title by another of the artists, each artist keeps a separate album. `stored` holds the name keys (artist,
    title) of the store's albums.
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
