"""The first start: the demo catalogue, and where to look."""

import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pyramid.config import Configurator
from sqlalchemy import func, select

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
from album_store.data.dbsession import DbSessionFactory
from album_store.startup import fill_empty_store
from album_store.infrastructure.media.media_storage import MediaStorage

folder = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
factory = DbSessionFactory(f"sqlite:///{folder}/store.sqlite")
factory.create_tables()
fill_empty_store(factory, MediaStorage(folder / "media"), "EUR", folder / "demo.csv")
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


def start(tmp_path, db_sessions, **settings: Any):
    values = {"site_url": "http://localhost:6543", "secure": False, "shows_mailbox": False, "demo_catalogue": False}
    with Configurator() as config:
        config.registry.store_settings = SimpleNamespace(currency="EUR", **values | settings)
        config.registry.db_sessions = db_sessions
        config.registry.media = MediaStorage(tmp_path / "media")
        config.include("album_store.startup")


def test_an_empty_store_is_filled_once(db_sessions, demo, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    media = MediaStorage(tmp_path / "media")
    fill_empty_store(db_sessions, media, "EUR", demo)
    assert (count(db_sessions, Album), count(db_sessions, Track)) == (20, 199)
    assert caplog.messages == ["The store was empty: 20 demo albums are in it now."]
    demo.unlink()  # nobody looks at it again
    fill_empty_store(db_sessions, media, "EUR", demo)
    assert count(db_sessions, Album) == 20


def test_a_store_with_an_album_of_its_own_gets_no_demo(db_sessions, demo, tmp_path):
    media = MediaStorage(tmp_path / "media")
    (tmp_path / "own.csv").write_text(f"{HEADER}\nAda,Sun,1,Up,,Folk,1000,1,,")
    fill_empty_store(db_sessions, media, "EUR", tmp_path / "own.csv")
    fill_empty_store(db_sessions, media, "EUR", demo)
    assert count(db_sessions, Album) == 1


def test_who_comes_second_finds_the_albums_of_the_first(db_sessions, demo, tmp_path):
    media = MediaStorage(tmp_path / "media")

    class SlowMedia(MediaStorage):
        """While it stores the cover, the other process does all its work."""

        def store_cover(self, source: Path) -> str:
            fill_empty_store(db_sessions, media, "EUR", demo)
            return super().store_cover(source)

    fill_empty_store(db_sessions, SlowMedia(tmp_path / "media"), "EUR", demo)
    assert (count(db_sessions, Album), count(db_sessions, Track)) == (20, 199)


@pytest.mark.server
def test_processes_that_start_at_once_all_come_up_with_one_demo(demo, tmp_path):
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


def test_the_demo_catalogue_is_right(tmp_path, db_sessions):
    start(tmp_path, db_sessions, demo_catalogue=True)
    assert count(db_sessions, Album) >= 10
    with db_sessions.read() as dbsession:
        titles = set(dbsession.scalars(select(Album.title)))
    assert all(title in DEMO_CATALOGUE.read_text("utf-8").replace('""', '"') for title in titles)


def test_no_demo_comes_unasked(tmp_path, db_sessions):
    start(tmp_path, db_sessions)
    assert count(db_sessions, Album) == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"secure": True, "site_url": "https://music.example"}, ["The store is at https://music.example"]),
        (
            {"shows_mailbox": True},
            [
                "The store is at http://localhost:6543",
                "Mail is not sent; read it at http://localhost:6543/mail",
                "Cookies are not Secure, because store.site_url begins with http: good enough on your own machine only",
            ],
        ),
    ],
)
def test_the_log_says_where_to_look(tmp_path, db_sessions, caplog, changed, said):
    caplog.set_level(logging.INFO, "album_store")
    start(tmp_path, db_sessions, **changed)
    assert caplog.messages == said
