"""Storing covers and recordings, and serving them."""

import io
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from pyramid.config import Configurator
from webtest import TestApp

from album_store.infrastructure.media import covers
from album_store.infrastructure.media import media_storage as media
from album_store.infrastructure.media.media_error import MediaError
from album_store.infrastructure.media.media_storage import MediaStorage
from tests.support import media_files
from tests.support.checkout import CHECKOUT

FORMATS = {
    "mp3": (media_files.mp3, 261),
    "aac": (media_files.aac, 998),
    "flac": (media_files.flac, 1_000),
    "opus": (media_files.opus, 1_000),
    "ogg": (media_files.vorbis, 1_000),
    "m4a": (media_files.m4a, 1_000),
    "wav": (media_files.wav, 250),
}
KEY = "a" * 32
# Stores a recording and is killed before the file is synced to disk.
KILLED = """
import os, signal, sys
from pathlib import Path
from album_store.infrastructure.media.media_storage import MediaStorage
os.fsync = lambda _file: os.kill(os.getpid(), signal.SIGKILL)
MediaStorage(Path(sys.argv[1])).store_audio(Path(sys.argv[2]), "audio")
"""


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "media"


@pytest.fixture
def storage(folder):
    return MediaStorage(folder)


def stored_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def opened(storage: MediaStorage, key: str, size_px: int) -> Image.Image:
    return Image.open(storage.path_of("covers", media.cover_name(key, size_px)))


@pytest.mark.parametrize(("form", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_cover_is_stored_in_two_sizes_with_its_original_named_by_content(storage, folder, tmp_path, form, extension):
    source = media_files.save_picture(tmp_path / "any.name", size=(1500, 1000), form=form)
    key = storage.store_cover(source)
    original = f"originals/{key}.{extension}"
    assert stored_files(folder) == [f"covers/{key}-1200.jpg", f"covers/{key}-480.jpg", original]
    assert storage.original_of(key) == folder / original
    assert storage.original_of(key).read_bytes() == source.read_bytes()
    for size_px, size in ((1200, (1200, 800)), (480, (480, 320))):
        with opened(storage, key, size_px) as image:
            assert (image.format, image.mode, image.size) == ("JPEG", "RGB", size)


def test_a_small_cover_is_not_enlarged(storage, tmp_path):
    key = storage.store_cover(media_files.save_picture(tmp_path / "a.png", size=(60, 40)))
    with opened(storage, key, 1200) as image:
        assert image.size == (60, 40)


def test_a_cover_is_rotated_upright_and_loses_its_metadata(storage, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the viewer has to rotate it by 90 degrees
    exif[0x010E] = "where I live"
    source = media_files.save_picture(tmp_path / "a.jpg", size=(60, 40), form="JPEG", exif=exif, comment=b"secret")
    with opened(storage, storage.store_cover(source), 480) as image:
        assert image.size == (40, 60)
        assert not image.getexif()
        assert "comment" not in image.info


def test_a_transparent_cover_becomes_white(storage, tmp_path):
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(tmp_path / "a.png")
    with opened(storage, storage.store_cover(tmp_path / "a.png"), 480) as image:
        assert image.getpixel((20, 20)) == (255, 255, 255)


def test_sixteen_bit_grey_stays_grey(storage, tmp_path):
    Image.new("I;16", (40, 40), 0x8000).save(tmp_path / "a.png")
    with opened(storage, storage.store_cover(tmp_path / "a.png"), 480) as image:
        assert image.getpixel((20, 20)) == (128, 128, 128)


def test_a_cover_stored_twice_is_encoded_once(storage, folder, tmp_path):
    source = media_files.save_picture(tmp_path / "a.png")
    key = storage.store_cover(source)
    before = {path: path.stat().st_ino for path in folder.rglob("*.*")}
    assert storage.check_cover(source) == key
    assert storage.store_cover(source) == key
    assert {path: path.stat().st_ino for path in folder.rglob("*.*")} == before


def test_a_cover_with_one_size_missing_is_encoded_again(storage, tmp_path):
    source = media_files.save_picture(tmp_path / "a.png")
    key = storage.store_cover(source)
    storage.path_of("covers", f"{key}-480.jpg").unlink()
    assert storage.store_cover(source) == key
    assert storage.path_of("covers", f"{key}-480.jpg")


def test_importing_a_cover_again_adds_a_missing_original(storage, folder, tmp_path):
    source = media_files.save_picture(tmp_path / "a.png")
    key = storage.store_cover(source)
    shutil.rmtree(folder / "originals")
    assert storage.original_of(key) is None
    assert storage.store_cover(source) == key
    assert storage.original_of(key).read_bytes() == source.read_bytes()


def test_checking_writes_nothing(storage, folder, tmp_path):
    storage.check_cover(media_files.save_picture(tmp_path / "a.png"))
    storage.check_audio(media_files.save_wav(tmp_path / "a.wav"), "audio")
    assert not folder.exists()


def noisy_picture(form: str) -> bytes:
    """Return an image of noise, which barely compresses, so that a truncated file is really incomplete."""
    buffer = io.BytesIO()
    noise = random.Random(1).randbytes(90 * 90 * 3)  # noqa: S311 -- noise, not a secret
    Image.frombytes("RGB", (90, 90), noise).save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just words",
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        media_files.picture(form="GIF"),
        media_files.picture(form="BMP"),
        media_files.picture(form="TIFF"),
        noisy_picture("JPEG")[:-900],
        noisy_picture("PNG")[:-900],
        noisy_picture("WEBP")[:-900],
    ],
    ids=["empty", "text", "broken", "svg", "gif", "bmp", "tiff", "half-jpeg", "half-png", "half-webp"],
)
def test_a_file_that_is_not_a_complete_image_is_refused(storage, folder, tmp_path, content):
    source = tmp_path / "cover.jpg"
    source.write_bytes(content)
    for method in (storage.check_cover, storage.store_cover):
        with pytest.raises(MediaError, match="not a complete JPEG, PNG or WebP"):
            method(source)
    assert not folder.exists()


@pytest.mark.parametrize("size", [(8_001, 5_000), (20_000, 5_000), (20_000, 10_000)], ids=["40M", "100M", "200M"])
def test_an_image_with_too_many_pixels_is_refused(storage, tmp_path, size):
    Image.new("1", size).save(tmp_path / "bomb.png")
    with pytest.raises(MediaError, match="more than 40 million pixels"):
        storage.check_cover(tmp_path / "bomb.png")


def test_an_image_file_that_is_too_large_is_refused(storage, tmp_path):
    (tmp_path / "a.jpg").write_bytes(media_files.picture() + bytes(covers.MAX_BYTES))
    with pytest.raises(MediaError, match="larger than 20 MB"):
        storage.check_cover(tmp_path / "a.jpg")


@pytest.mark.parametrize("extension", FORMATS)
def test_the_format_of_a_recording_is_detected_from_its_content(storage, folder, tmp_path, extension):
    make, length_ms = FORMATS[extension]
    source = tmp_path / "song.exe"
    source.write_bytes(make())
    name, recording = storage.check_audio(source, "audio")
    assert name.endswith(f".{extension}")
    assert (recording.extension, recording.length_ms) == (extension, length_ms)
    assert storage.store_audio(source, "previews") == storage.store_audio(source, "previews") == name
    assert stored_files(folder) == [f"previews/{name}"]
    assert storage.path_of("previews", name).read_bytes() == make()
    assert storage.path_of("audio", name) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not an MP3"),
        (b"<html>hello</html>", "not an MP3"),
        (media_files.picture(), "not an MP3"),
        (b"ID3" + bytes(200), "not an MP3"),
        (b"\xff\xfb\x90\x00" + bytes(20), "not an MP3"),
        (media_files.mp3(2), "not an MP3"),
        (b"RIFF\x10\x00\x00\x00WAVEnothing", "cut short: it ends before the sound"),
        (media_files.flac()[:20], "starts like FLAC"),
        (media_files.wav(0), "empty"),
    ],
)
def test_a_file_that_is_not_a_recording_is_refused(storage, folder, tmp_path, content, reason):
    source = tmp_path / "song.mp3"
    source.write_bytes(content)
    with pytest.raises(MediaError, match=reason):
        storage.store_audio(source, "audio")
    assert not folder.exists()


def test_a_failed_write_leaves_no_files(storage, folder, tmp_path):
    (tmp_path / "a.wav").write_bytes(media_files.wav())
    name, _ = storage.check_audio(tmp_path / "a.wav", "audio")
    (folder / "audio" / name).mkdir(parents=True)  # in the way
    with pytest.raises(OSError):  # noqa: PT011 -- which one depends on the system
        storage.store_audio(tmp_path / "a.wav", "audio")
    assert stored_files(folder) == []


@pytest.mark.server
def test_a_kill_leaves_no_partial_recording(storage, folder, tmp_path):
    source = media_files.save_wav(tmp_path / "a.wav")
    command = [sys.executable, "-c", KILLED, str(folder), str(source)]
    assert subprocess.run(command, cwd=CHECKOUT, check=False).returncode == -signal.SIGKILL
    name, _ = storage.check_audio(source, "audio")
    assert storage.path_of("audio", name) is None
    assert storage.store_audio(source, "audio") == name
    assert storage.path_of("audio", name).read_bytes() == source.read_bytes()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../a.mp3",
        "/etc/passwd",
        KEY,
        f"{KEY}.exe",
        f"{KEY}a.mp3",
        f"{KEY.upper()}.mp3",
        f"{KEY}.mp3\n",
        f"{KEY}.mp3\0",
        f"{KEY}.mp3/..",
        f"{KEY}-480.jpg",
        f"{KEY}-481.jpg",
        f"{'é' * 32}.mp3",
        f"{KEY}.mp3",
    ],
)
def test_other_names_lead_to_no_file(storage, folder, name):
    for kind in ("previews", "covers", "originals"):
        assert storage.path_of(kind, name) is None


class FakeAlbums:
    """Knows one album."""

    def find_album(self, url: str):
        return SimpleNamespace(title="Salt & Light", artist=SimpleNamespace(name="Ada")) if url == "salt" else None


@pytest.fixture
def client(folder):
    with Configurator() as config:
        config.registry.store_settings = SimpleNamespace(media_folder=folder, secure=False)
        config.include("album_store.infrastructure.media.media_storage")
        config.include("album_store.infrastructure.web.headers")
        config.add_request_method(lambda _request: FakeAlbums(), "albums_service", reify=True)
        config.add_route("media.cover", "/covers/{name}")
        config.add_route("media.preview", "/previews/{name}")
        config.add_route("albums.placeholder_cover", "/albums/{url}/cover.svg")
        config.scan("album_store.controllers.media_controller")
    return TestApp(config.make_wsgi_app())


def test_a_cover_is_cached_permanently(client, storage, tmp_path):
    key = storage.store_cover(media_files.save_picture(tmp_path / "a.png"))
    answer = client.get(f"/covers/{key}-480.jpg", status=200)
    assert answer.body == storage.path_of("covers", f"{key}-480.jpg").read_bytes()
    assert answer.content_type == "image/jpeg"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]}, status=304).body == b""


def test_a_preview_supports_range_requests(client, storage, tmp_path):
    name = storage.store_audio(media_files.save_wav(tmp_path / "a.wav"), "previews")
    whole = client.get(f"/previews/{name}", status=200)
    assert (whole.content_type, whole.headers["Accept-Ranges"]) == ("audio/wav", "bytes")
    part = client.get(f"/previews/{name}", headers={"Range": "bytes=4-11"}, status=206)
    assert part.body == whole.body[4:12]
    assert part.headers["Content-Range"] == f"bytes 4-11/{len(whole.body)}"
    client.get(f"/previews/{name}", headers={"Range": "bytes=999999-"}, status=416)
    head = client.head(f"/previews/{name}", status=200)
    assert (head.body, head.content_length) == (b"", len(whole.body))


def test_a_full_recording_is_not_served(client, storage, tmp_path):
    name = storage.store_audio(media_files.save_wav(tmp_path / "a.wav"), "audio")
    client.get(f"/previews/{name}", status=404)


def test_an_original_is_not_served(client, storage, tmp_path):
    original = storage.original_of(storage.store_cover(media_files.save_picture(tmp_path / "a.png")))
    for path in (
        f"/covers/{original.name}",
        f"/originals/{original.name}",
        f"/covers/..%2foriginals%2f{original.name}",
    ):
        client.get(path, status=404)


@pytest.mark.parametrize(
    "path", ["/covers/x.jpg", "/covers/..%2f..%2fetc%2fpasswd", "/previews/noname", "/previews/" + "0" * 32 + ".mp3"]
)
def test_an_unknown_file_is_not_found(client, path):
    client.get(path, status=404)


def test_only_get_and_head_are_answered(client):
    client.post("/covers/x.jpg", status=404)


def test_a_placeholder_cover_is_served_with_a_strict_content_security_policy(client):
    answer = client.get("/albums/salt/cover.svg", status=200)
    assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert "Salt &amp; Light" in answer.text
    client.get("/albums/salt/cover.svg", headers={"If-None-Match": answer.headers["ETag"]}, status=304)


def test_an_unknown_album_has_no_placeholder_cover(client):
    client.get("/albums/pepper/cover.svg", status=404)


def test_a_stored_file_can_be_read_by_a_proxy(storage, folder, tmp_path):
    mask = os.umask(0o022)
    try:
        name = storage.store_audio(media_files.save_wav(tmp_path / "a.wav"), "previews")
    finally:
        os.umask(mask)
    assert storage.path_of("previews", name).stat().st_mode & 0o777 == 0o644
