"""The AVIF and WebP pictures of a cover."""

import os

import pytest
from PIL import Image, features

from album_store.infrastructure.media import cover_pictures
from album_store.infrastructure.media.media_storage import MediaStorage
from tests.support import media_files

KEY = "a" * 32
PICTURES = {"-360.avif", "-720.avif", "-1200.avif", "-360.webp", "-720.webp"}


@pytest.fixture
def storage(tmp_path):
    return MediaStorage(tmp_path / "media")


@pytest.fixture
def key(storage, tmp_path):
    """A cover of 1500 x 1000 pixels, without pictures yet."""
    exif = Image.Exif()
    exif[0x010E] = "secret"
    return storage.store_cover(media_files.save_picture(tmp_path / "a.jpg", size=(1500, 1000), form="JPEG", exif=exif))


def files_of(storage, key):
    """The pictures of a cover that are stored, by the end of their names."""
    return {end: path for end in PICTURES if (path := storage.path_of("covers", key + end))}


def test_an_import_leaves_the_pictures_to_the_worker(storage, key):
    assert files_of(storage, key) == {}
    assert storage.covers_without_pictures() == [key]


def test_the_pictures_of_a_cover_are_made_without_metadata(storage, key):
    storage.make_pictures(key)
    assert storage.covers_without_pictures() == []
    assert set(files_of(storage, key)) == PICTURES
    for end, path in files_of(storage, key).items():
        size, _, form = end[1:].partition(".")
        with Image.open(path) as picture:
            assert (picture.format, picture.width, picture.height) == (form.upper(), int(size), int(size) * 2 // 3)
        assert b"secret" not in path.read_bytes()


def test_only_missing_pictures_are_made_again(storage, key):
    storage.make_pictures(key)
    files = files_of(storage, key)
    files["-360.avif"].unlink()
    times = {end: path.stat().st_mtime_ns for end, path in files.items() if end != "-360.avif"}
    assert storage.covers_without_pictures() == [key]
    storage.make_pictures(key)
    assert {end: path.stat().st_mtime_ns for end, path in files.items() if end != "-360.avif"} == times
    assert set(files_of(storage, key)) == PICTURES


def test_a_cover_that_was_deleted_gets_no_pictures(storage, key):
    storage.path_of("covers", f"{key}-1200.jpg").unlink()
    storage.make_pictures(key)
    assert files_of(storage, key) == {}
    assert storage.covers_without_pictures() == []


def test_the_newest_cover_is_the_last_of_those_that_wait(storage, tmp_path):
    keys = [storage.store_cover(media_files.save_picture(tmp_path / "a.png", size=(side, 9))) for side in (9, 10, 11)]
    for time_s, key in enumerate(keys):
        os.utime(storage.path_of("covers", f"{key}-1200.jpg"), (time_s, time_s))
    assert storage.covers_without_pictures() == keys


def test_without_avif_in_pillow_the_pictures_are_webp(storage, key, monkeypatch):
    monkeypatch.setattr(features, "check", lambda feature: feature != "avif")
    storage.make_pictures(key)
    assert set(files_of(storage, key)) == {end for end in PICTURES if end.endswith("webp")}
    assert storage.covers_without_pictures() == []
    monkeypatch.undo()
    assert storage.covers_without_pictures() == [key]


def test_the_version_of_the_covers_changes_with_each_file(storage, tmp_path):
    assert storage.covers_version() == 0
    key = storage.store_cover(media_files.save_picture(tmp_path / "a.png"))
    version = storage.covers_version()
    assert version == storage.covers_version() > 0
    os.utime(tmp_path / "media" / "covers", ns=(0, 0))
    storage.make_pictures(key)
    assert storage.covers_version() > 0


def test_the_size_of_a_cover_is_that_of_its_largest_jpeg(storage, key):
    assert storage.cover_size(key) == (1200, 800)
    assert storage.cover_size(KEY) is None


@pytest.mark.parametrize(
    ("end", "jpeg"),
    [("-360.avif", "-480.jpg"), ("-360.webp", "-480.jpg"), ("-720.avif", "-1200.jpg"), ("-1200.avif", "-1200.jpg")],
)
def test_a_jpeg_at_least_as_large_stands_in_for_a_missing_picture(storage, key, end, jpeg):
    assert storage.stand_in(key + end) == key + jpeg


@pytest.mark.parametrize(
    "name", [f"{KEY}-360.avif", f"{KEY}-361.avif", f"{KEY}-1200.webp", f"{KEY}-480.jpg", "../a-360.avif", "-360.avif"]
)
def test_nothing_stands_in_for_other_names(storage, name):
    assert storage.stand_in(name) is None


def test_every_format_is_one_that_the_store_serves():
    assert set(cover_pictures.picture_sizes()) == {"avif", "webp"}
