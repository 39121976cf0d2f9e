"""Changes an album in the store to what the catalogue says."""

from collections.abc import Iterator, Mapping
from typing import Any

from album_store.data.album import Album
from album_store.data.genre import Genre
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.track import Track
from album_store.data.types import utc_now
from album_store.services.catalogue.price_change import PriceChange
from album_store.services.imports.catalogue import AlbumEntry
from album_store.services.imports.import_result import AlbumOutcome, KeptTrack

_PRICE = frozenset({"price_cents", "currency"})


def write_album(album: Album, entry: AlbumEntry, genres: Mapping[str, Genre]) -> AlbumOutcome:
    """Write the values that differ; a second run writes nothing."""
    kept = tuple(_kept(album, entry))
    # The file does not list the kept tracks, so the sum of its prices is not the price of the whole album.
    values = {name: entry.values[name] for name in entry.values if not (kept and entry.is_sum and name in _PRICE)}
    change = PriceChange.of(album, values)
    says_prices = entry.values["currency"] == change.currency
    tracks_added, tracks_changed = _write_tracks(album, entry, genres, change, says_prices=says_prices)
    differs = [
        assign(album, values | {"minimum_cents": change.minimum_cents}),
        _sort_tracks(album),
        _set_genres(album, entry, genres),
        *[assign(track, change.of_track(track.price_cents)) for track in _not_in(entry, album)],
    ]
    changed = bool(tracks_added or tracks_changed or any(differs))
    if changed:
        album.updated_date = utc_now()  # even if only tracks changed, because the album page shows them
    return AlbumOutcome(changed, tracks_added, tracks_changed, kept)


def assign(thing: SqlAlchemyBase, values: Mapping[str, Any]) -> bool:
    """Set the values that differ; return whether any did."""
    differing = {name: value for name, value in values.items() if getattr(thing, name) != value}
    for name, value in differing.items():
        setattr(thing, name, value)
    return bool(differing)


def _write_tracks(
    album: Album, entry: AlbumEntry, genres: Mapping[str, Genre], change: PriceChange, *, says_prices: bool
) -> tuple[int, int]:
    """Write the tracks; return how many were added and how many changed."""
    stored = {_place(track): track for track in reversed(album.tracks)}
    added, changed = 0, 0
    for wanted in entry.tracks:
        track = stored.get((wanted.disc, wanted.number))
        is_said = says_prices and "price_cents" in wanted.values
        if is_said:
            price = change.of_said(wanted.values["price_cents"])
        else:
            price = change.of_track(track.price_cents if track else None)
        values = {**wanted.values, **price, "genre_id": genres[wanted.genre].id if wanted.genre else None}
        if track is None:
            album.tracks.append(Track(disc_number=wanted.disc, track_number=wanted.number, **values))
            added += 1
        else:
            changed += assign(track, values)
    return added, changed


def _kept(album: Album, entry: AlbumEntry) -> Iterator[KeptTrack]:
    for track in _not_in(entry, album):
        yield KeptTrack(entry.artist, entry.title, *_place(track), track.title)


def _not_in(entry: AlbumEntry, album: Album) -> list[Track]:
    wanted = {(track.disc, track.number) for track in entry.tracks}
    return [track for track in album.tracks if _place(track) not in wanted]


def _place(track: Track) -> tuple[int, int]:
    return track.disc_number, track.track_number


def _sort_tracks(album: Album) -> bool:
    if list(album.tracks) == sorted(album.tracks, key=_place):
        return False
    album.tracks.sort(key=_place)
    album.tracks.reorder()
    return True


def _set_genres(album: Album, entry: AlbumEntry, genres: Mapping[str, Genre]) -> bool:
    """Give the album the genres of all its tracks, including kept ones; return whether they changed."""
    ids = {track.genre_id for track in album.tracks}
    named = {genres[track.genre] for track in entry.tracks if track.genre}
    wanted = named | {genre for genre in album.genres if genre.id in ids}
    if wanted == set(album.genres):
        return False
    album.genres = sorted(wanted, key=lambda genre: genre.name)
    return True
