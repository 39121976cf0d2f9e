"""The worker makes the pictures of covers."""

import pytest

from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.worker.picture_task import RETRY_S, PictureMaker, make_picture_task
from tests.support import media_files


class CountingMedia(MediaStorage):
    """Counts how often covers without pictures are looked for."""

    looks = 0

    def covers_without_pictures(self) -> list[str]:
        self.looks += 1
        return super().covers_without_pictures()


@pytest.fixture
def media(tmp_path):
    return CountingMedia(tmp_path / "media")


def store_cover(media, tmp_path, side):
    return media.store_cover(media_files.save_picture(tmp_path / "a.png", size=(side, 9)))


def has_pictures(media, key):
    return media.path_of("covers", f"{key}-360.avif") is not None


def test_covers_of_an_import_get_their_pictures(media, tmp_path):
    maker = PictureMaker(media)
    maker.make_some()
    for sides in ((9, 10), (11,)):  # two imports
        keys = [store_cover(media, tmp_path, side) for side in sides]
        maker.make_some()
        assert all(has_pictures(media, key) for key in keys)


def test_covers_are_looked_for_only_when_their_folder_has_changed(media, tmp_path):
    maker = PictureMaker(media)
    store_cover(media, tmp_path, 9)
    for _ in range(2):
        maker.make_some()
    looks = media.looks
    for _ in range(5):
        maker.make_some()
    assert 1 <= media.looks == looks


def test_work_stops_after_a_while_and_goes_on_at_the_next_call(media, tmp_path, monkeypatch):
    monkeypatch.setattr("album_store.worker.picture_task.BUSY_S", -1)
    keys = [store_cover(media, tmp_path, side) for side in (9, 10)]
    maker = PictureMaker(media)
    maker.make_some()
    assert not any(has_pictures(media, key) for key in keys)
    monkeypatch.undo()
    maker.make_some()
    assert all(has_pictures(media, key) for key in keys)


def test_a_broken_cover_does_not_hold_up_the_others(media, tmp_path, caplog):
    keys = [store_cover(media, tmp_path, side) for side in (9, 10, 11)]
    media.path_of("covers", f"{keys[1]}-1200.jpg").write_bytes(b"no picture")
    task = make_picture_task(media, delay_s=0)
    for _ in range(3):
        task.run_if_due()
        task._due_s -= RETRY_S
    assert [has_pictures(media, key) for key in keys] == [True, False, True]
    assert "event=task-error task=pictures" in caplog.text
