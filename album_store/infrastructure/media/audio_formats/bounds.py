"""Limits on the length of a recording and on the number of its parts."""

from album_store.infrastructure.media.media_error import MediaError

MAX_HOURS = 24
MAX_PARTS = 1_000_000

_MAX_SECONDS = MAX_HOURS * 3600


def check_length(seconds: float) -> None:
    """Raise MediaError above MAX_HOURS."""
    if seconds > _MAX_SECONDS:
        raise MediaError(f"The recording is longer than {MAX_HOURS} hours. Split it.")


class PartCount:
    """Counts the parts of a file, such as chunks or atoms. Raises MediaError above MAX_PARTS."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def add(self) -> None:
        """Count one part."""
        self._count += 1
        if self._count > MAX_PARTS:
            raise MediaError(f"The recording has more than {MAX_PARTS:,} {self._name}. Export it again.")
