"""Starting the store: the demo catalogue and the addresses in the log."""

import gc
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from pyramid.config import Configurator
from sqlalchemy import func, select

from album_store import startup
from album_store.bin.open_store import store_services
from album_store.data.album import Album
from album_store.data.dbsession import DbSessionFactory
from album_store.data.track import Track
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.startup import DEMO_CATALOGUE, fill_empty_store
from tests.support import media_files
from tests.support.checkout import CHECKOUT

HEADER = "artist,album,track_number,title,composer,genre,length_ms,price,cover,preview"
STARTER = """
import sys
from pathlib import Path
from album_store.bin.open_store import store_services
from album_store.startup import fill_empty_store
from tests.support.store_settings import settings_in

folder = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
with store_services(settings_in(folder)) as registry:
    fill_empty_store(registry, folder / "demo.csv")
"""


@pytest.fixture
def demo(tmp_path):
    media_files.save_picture(tmp_path / "front.png", size=(1300, 1300))
    media_files.save_wav(tmp_path / "clip.wav")
    rows = [f"Ada,Salt {number // 10},{number},Song,,Folk,1000,1,front.png,clip.wav" for number in range(1, 200)]
    (tmp_path / "demo.csv").write_text("\n".join([HEADER, *rows]))
    return tmp_path / "demo.csv"


def count(db_sessions, model):
    with db_sessions.read() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(model))


@pytest.fixture
def start_store(settings):
    """Starts a store; keyword arguments change settings (`store__name="x"` is store.name)."""

    def start_store(**changes: str) -> None:
        changed = {name.replace("__", "."): value for name, value in changes.items()}
        with store_services(settings | changed) as registry:
            startup.start(registry)

    return start_store


def test_an_empty_store_gets_the_demo_catalogue_once(db_sessions, registry, demo, caplog):
    caplog.set_level(logging.INFO)
    fill_empty_store(registry, demo)
    assert (count(db_sessions, Album), count(db_sessions, Track)) == (20, 199)
    assert caplog.messages == ["The store was empty. Added 20 demo albums."]
    demo.unlink()  # it is not read again
    fill_empty_store(registry, demo)
    assert count(db_sessions, Album) == 20


def test_a_store_with_its_own_albums_gets_no_demo(db_sessions, registry, demo, tmp_path):
    (tmp_path / "own.csv").write_text(f"{HEADER}\nAda,Sun,1,Up,,Folk,1000,1,,")
    fill_empty_store(registry, tmp_path / "own.csv")
    fill_empty_store(registry, demo)
    assert count(db_sessions, Album) == 1


def test_a_second_process_finds_the_demo_albums_of_the_first(db_sessions, registry, settings, demo, tmp_path):
    class SlowMedia(MediaStorage):
        """Lets another store import the whole demo catalogue while this one stores a cover."""

        def store_cover(self, source: Path) -> str:
            with store_services(settings) as other:
                fill_empty_store(other, demo)
            return super().store_cover(source)

    registry.media = SlowMedia(tmp_path / "media")
    fill_empty_store(registry, demo)
    assert (count(db_sessions, Album), count(db_sessions, Track)) == (20, 199)


@pytest.mark.server
def test_processes_that_start_at_once_share_one_demo_catalogue(demo, tmp_path):
    command = [sys.executable, "-c", STARTER, str(tmp_path)]
    starters = [
        subprocess.Popen(
            command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    for starter in starters:
        assert starter.stdout.readline() == "ready\n"
    for starter in starters:
        starter.stdin.write("go\n")
        starter.stdin.flush()
    said = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0], said
    factory = DbSessionFactory(f"sqlite:///{tmp_path}/store.sqlite")
    assert (count(factory, Album), count(factory, Track)) == (20, 199)
    factory.dispose()


def test_the_demo_catalogue_can_be_imported(db_sessions, start_store):
    start_store(store__demo_catalogue="true")
    assert count(db_sessions, Album) >= 10
    with db_sessions.read() as dbsession:
        titles = set(dbsession.scalars(select(Album.title)))
    assert all(title in DEMO_CATALOGUE.read_text("utf-8").replace('""', '"') for title in titles)


def test_without_the_setting_there_is_no_demo(db_sessions, start_store):
    start_store()
    assert count(db_sessions, Album) == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"store__site_url": "https://music.test", "mail__delivery": "smtp"},
            ["The store is at https://music.test"],
        ),
        (
            {"store__site_url": "http://localhost:6543"},
            [
                "The store is at http://localhost:6543",
                "Email is not sent. Read it at http://localhost:6543/mail",
                "Cookies are not Secure, because store.site_url starts with http. Use this on your own computer only.",
            ],
        ),
    ],
)
@pytest.mark.usefixtures("db_sessions")
def test_the_log_gives_the_addresses_of_the_store(start_store, caplog, changed, said):
    caplog.set_level(logging.INFO, "album_store")
    start_store(**changed)
    assert caplog.messages == said


PRODUCTION = {
    "store__environment": "production",
    "store__site_url": "https://music.test",
    "mail__delivery": "smtp",
    "payments__gateway": "none",
}


@pytest.mark.parametrize(("changed", "is_kept"), [(PRODUCTION, True), ({}, False)])
@pytest.mark.usefixtures("db_sessions")
def test_only_production_freezes_existing_objects_in_the_garbage_collector(start_store, changed, is_kept):
    before = gc.get_freeze_count()
    try:
        start_store(**changed)
        assert (gc.get_freeze_count() > before) == is_kept
    finally:
        gc.unfreeze()


class Libc:
    """A C library that notes the limits of its heap."""

    def __init__(self) -> None:
        self.limits: dict[int, int] = {}

    def mallopt(self, parameter: int, value: int) -> int:
        """Set a limit."""
        self.limits[parameter] = value
        return 1


def include_startup(settings: dict[str, str], changed: dict[str, str]) -> None:
    changed = {name.replace("__", "."): value for name, value in changed.items()}
    try:
        with Configurator(settings=settings | changed) as config:
            config.include("album_store.infrastructure.settings")
            config.include(startup)
    finally:
        gc.unfreeze()


@pytest.mark.parametrize(
    ("changed", "limits"),
    [(PRODUCTION, {startup.M_ARENA_MAX: 2, startup.M_MMAP_THRESHOLD: 131_072}), ({}, {})],
)
def test_only_production_bounds_the_heap(settings, monkeypatch, changed, limits):
    libc = Libc()
    monkeypatch.setattr(startup.ctypes, "CDLL", lambda _name: libc)
    include_startup(settings, changed)
    assert libc.limits == limits


def test_a_c_library_without_these_limits_is_left_alone(settings, monkeypatch):
    asked = []
    monkeypatch.setattr(startup.ctypes, "CDLL", lambda name: asked.append(name))
    include_startup(settings, PRODUCTION)
    assert asked == [None]
