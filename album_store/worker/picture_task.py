"""Makes the pictures of covers after an import."""

import secrets
import time

from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.worker.interval_task import IntervalTask

PAUSE_S, BUSY_S = 1, 2
RETRY_S = 60
# A process that has just started answers its first pages before it begins.
DELAY_S = 30
NEWEST = 20


class PictureMaker:
    """Makes the pictures that covers lack, one cover after the other, the newest first.

    Looks for them when the folder of the covers has changed, so that it sees what a command has imported. If two
    processes run it, each skips what the other has made, and takes any of the NEWEST that wait, so that they seldom
    make the same.
    """

    def __init__(self, media: MediaStorage) -> None:
        self._media = media
        self._seen = 0
        self._waiting: list[str] = []

    def make_some(self) -> None:
        """Work for BUSY_S, so that pages get the processor in between and the worker can stop. Raises OSError."""
        end_s = time.monotonic() + BUSY_S
        while (self._waiting or self._look()) and time.monotonic() < end_s:
            self._media.make_pictures(self._waiting.pop(-1 - secrets.randbelow(min(NEWEST, len(self._waiting)))))

    def _look(self) -> bool:
        version = self._media.covers_version()
        if version == self._seen:
            return False
        self._seen = version
        self._waiting = self._media.covers_without_pictures()
        return bool(self._waiting)


def make_picture_task(media: MediaStorage, delay_s: float = DELAY_S) -> IntervalTask:
    """Return the task that makes pictures."""
    work = PictureMaker(media).make_some
    return IntervalTask("pictures", work, interval_s=PAUSE_S, retry_s=RETRY_S, delay_s=delay_s)
