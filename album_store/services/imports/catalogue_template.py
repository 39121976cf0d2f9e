"""The catalogue template: every column, and two example rows."""

import csv
import io
from collections.abc import Mapping

# The columns in the order in which people fill them in, with their cells in the two example rows.
_COLUMNS: Mapping[str, tuple[str, str]] = {
    "artist": ("The Example Band", "The Example Band"),
    "album": ("Example Album", "Example Album"),
    "album_artist": ("", ""),
    "disc": ("1", "1"),
    "track_number": ("1", "2"),
    "title": ("First Song", "Second Song"),
    "composer": ("Ada Example", ""),
    "genre": ("Folk", "Folk"),
    "length": ("3:05", "4:20"),
    "price": ("0.99", "0.99"),
    "album_price": ("", ""),
    "price_kind": ("", ""),
    "minimum_price": ("", ""),
    "for_sale": ("yes", "album only"),
    "currency": ("", ""),
    "release_date": ("2026-03-27", "2026-03-27"),
    "cover": ("", ""),
    "preview": ("", ""),
    "audio": ("", ""),
    "isrc": ("", ""),
    "lyrics": ("First line\nSecond line", ""),
    "description": ("What the album is about.", ""),
    "credits": ("Guitar: Ada Example\nDrums: Bo Example", ""),
    "license": ("All rights reserved", ""),
    "language": ("English", ""),
}


def catalogue_template(delimiter: str) -> bytes:
    """Return the template as spreadsheet programs expect it: UTF-8 with a byte order mark, CRLF line ends."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([_COLUMNS, *zip(*_COLUMNS.values(), strict=True)])
    return text.getvalue().encode("utf-8-sig")
