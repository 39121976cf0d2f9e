"""The columns of a catalogue file."""

from collections.abc import Collection, Sequence

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.track import Track
from album_store.services.imports import cells, choices
from album_store.services.imports.catalogue_error import Mistake
from album_store.services.imports.csv_table import CsvTable
from album_store.services.imports.dates import DateReader
from album_store.services.imports.media_folder import MediaFolder
from album_store.services.prices import PriceReader

LENGTHS = ("length", "length_ms")
PRICES = ("price", "album_price")
LONG_TEXTS = frozenset({"lyrics", "description", "credits"})
MAX_UNKNOWN_LISTED = 10
# A file needs one column of each group.
REQUIRED = (("artist",), ("album",), ("track_number",), ("title",), ("composer",), ("genre",), LENGTHS, PRICES)


def readers(media: MediaFolder, locale: str) -> dict[str, cells.Reader]:
    """Return the reader of each column; prices and dates may be written as in the locale."""
    price = cells.without_marks(PriceReader(locale))
    return {
        "artist": cells.text(Artist.name),
        "album": cells.text(Album.title),
        "album_artist": cells.optional_text(Artist.name),
        "track_number": cells.without_marks(cells.whole_number(1, 9_999)),
        "title": cells.text(Track.title),
        "composer": cells.optional_text(Track.composer),
        "genre": cells.optional_text(Genre.name),
        "length": cells.without_marks(cells.clock_length),
        "length_ms": cells.without_marks(cells.length_ms),
        "price": price,
        "album_price": price,
        "price_kind": cells.without_marks(choices.price_kind),
        "minimum_price": price,
        "for_sale": cells.without_marks(choices.for_sale),
        "release_date": cells.without_marks(DateReader(locale)),
        "cover": media.cover,
        "preview": media.preview,
        "audio": media.audio,
        "isrc": cells.without_marks(cells.isrc),
        "disc": cells.without_marks(cells.number_or_blank(1, 999)),
        "lyrics": cells.lyrics,
        "description": cells.lines,
        "credits": cells.lines,
        "license": cells.optional_text(License.name),
        "language": cells.optional_text(Language.name),
        "currency": cells.without_marks(cells.currency),
    }


def missing_columns(table: CsvTable, required: Sequence[Sequence[str]]) -> list[Mistake]:
    """Return a mistake for each group of which the table has no column."""
    missing = [names for names in required if not set(names).intersection(table.columns)]
    return [
        Mistake(
            table.header_line,
            name,
            "".join(["this column is missing. Add it", *(f", or {other}" for other in others), "."]),
        )
        for name, *others in missing
    ]


def wrong_columns(table: CsvTable, known: Collection[str]) -> list[Mistake]:
    """Return the mistakes in the names of the columns: repeated and unknown ones."""
    named = list(filter(None, table.columns))
    twice = {name: "this column appears twice. Remove one." for name in named if named.count(name) > 1}
    mistakes = [Mistake(table.header_line, name, reason) for name, reason in twice.items()]
    if unknown := list(dict.fromkeys(name for name in named if name not in known)):
        listed = ", ".join(map(cells.shown, unknown[:MAX_UNKNOWN_LISTED]))
        more = f" and {len(unknown) - MAX_UNKNOWN_LISTED} more" if len(unknown) > MAX_UNKNOWN_LISTED else ""
        advice = (
            "this column is unknown. Rename or remove it."
            if len(unknown) == 1
            else "these columns are unknown. Rename or remove them."
        )
        reason = f"{advice} Known columns: {', '.join(known)}."
        mistakes.append(Mistake(table.header_line, f"{listed}{more}", reason))
    return mistakes
