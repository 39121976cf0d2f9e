"""The columns of a catalogue file."""

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.track import Track
from album_store.services.imports import cells
from album_store.services.imports.catalogue_error import Mistake
from album_store.services.imports.csv_table import CsvTable
from album_store.services.imports.media_folder import MediaFolder

REQUIRED = ("artist", "album", "track_number", "title", "composer", "genre", "length_ms")
PRICES = ("price", "album_price")
MEDIA = ("cover", "preview", "audio")
ONE_DAY_MS = 86_400_000


def readers(table: CsvTable, media: MediaFolder) -> dict[str, cells.Reader]:
    """The reader of each known column. In a file separated by semicolons, prices may have a decimal comma."""
    price = cells.price(decimal_comma=table.delimiter == ";")
    return {
        "artist": cells.text(Artist.name),
        "album": cells.text(Album.title),
        "track_number": cells.whole_number(1, 9_999),
        "title": cells.text(Track.title),
        "composer": cells.optional_text(Track.composer),
        "genre": cells.optional_text(Genre.name),
        "length_ms": cells.number_or_blank(1, ONE_DAY_MS),
        "price": price,
        "album_price": price,
        "release_date": cells.date,
        "cover": media.cover,
        "preview": media.preview,
        "audio": media.audio,
        "isrc": cells.isrc,
        "disc": cells.number_or_blank(1, 999),
        "lyrics": cells.lines,
        "description": cells.lines,
        "credits": cells.lines,
        "license": cells.optional_text(License.name),
        "language": cells.optional_text(Language.name),
        "currency": cells.currency,
    }


def header_mistakes(table: CsvTable, known: dict[str, cells.Reader]) -> list[Mistake]:
    """The mistakes in the column names: missing, unnamed, repeated and unknown columns."""
    reasons = [(name, "This column is missing.") for name in REQUIRED if name not in table.columns]
    if not any(name in table.columns for name in PRICES):
        reasons.append(("price", "This column is missing; an album_price column will do as well."))
    for position, name in enumerate(table.columns):
        if not name:
            reasons.append((str(position + 1), "This column has no name."))
        elif name in table.columns[:position]:
            reasons.append((name, "This column is there twice."))
        elif name not in known:
            reasons.append((cells.shown(name), f"This column is not known; the columns are {', '.join(known)}."))
    return [Mistake(table.header_line, name, reason) for name, reason in reasons]
