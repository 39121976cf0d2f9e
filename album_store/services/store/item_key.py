"""What can be bought: an album, or one track of it."""

import re
from dataclasses import dataclass

# The ids of the catalogue stay far below the largest number that every database stores.
_KEY = re.compile(r"(album|track)-([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class ItemKey:
    """The id of an album, or of a track."""

    album_id: int | None = None
    track_id: int | None = None

    @classmethod
    def parse(cls, text: str) -> "ItemKey | None":
        """Parse a key such as `album-5` or `track-7` from a form. Returns None if it is malformed."""
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        return cls(**{f"{match[1]}_id": int(match[2])})

    def __str__(self) -> str:
        return f"album-{self.album_id}" if self.track_id is None else f"track-{self.track_id}"
