"""Fills an empty database with a large catalogue and many accounts, through the tables."""

import datetime as dt
import random
import sys
from collections.abc import Iterator, Sequence
from csv import DictReader
from itertools import accumulate
from typing import Any

from sqlalchemy import Table, func, insert, select

from album_store.data.account import Account
from album_store.data.album import Album, AlbumGenre
from album_store.data.artist import Artist
from album_store.data.dbsession import DbSessionFactory
from album_store.data.genre import Genre
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.search_document import SearchDocument
from album_store.data.search_words import fold, index_words
from album_store.data.track import Track
from album_store.data.types import utc_now
from tests.support.checkout import CHINOOK

ALBUMS, TRACKS_ON_EACH, ARTISTS, GENRES, ACCOUNTS = 100_000, 10, 20_000, 30, 100_000
CHUNK = 1_000
MADE_UP_WORDS = 30_000
# Words that are common in titles come first, in this order; the others are made up.
COMMON = """
    the of a in and to love you i my me on for night is it no with your all from live part blue day heart world
    song time dance remix black sun not be soul rain home girl we one fire o moon road last dream down away
""".split()  # noqa: SIM905 - shorter
# These stand on nine albums of ten, and on nearly none in a row with another word.
EVERYWHERE = "remastered"
UNSPACED = ["水曜日", "夜のプール", "雨の街", "東京", "さくら", "เพลงรัก", "北京的雪"]
OTHERS = ["сказка реки", "Für Elise", "Jusqu\u2019à l\u2019orage", "AC/DC", "÷", "!!!", "Ágætis byrjun", "Ωραία μέρα"]
_SYLLABLES = [first + second for first in "bcdfghjklmnprstvwz" for second in ("a", "e", "i", "o", "u", "an", "er")]


class LargeCatalogue:
    """Words whose frequencies follow Zipf's law, and names made of them; the same at each run."""

    def __init__(self, albums: int = ALBUMS) -> None:
        self._albums = albums
        self._random = random.Random(12)  # noqa: S311 - repeatable, not secret
        made_up = dict.fromkeys(self._made_up_word() for _ in range(MADE_UP_WORDS))
        self.words = [*COMMON, *(word for word in made_up if word not in COMMON)]
        self._weights = list(accumulate(1 / rank for rank in range(1, len(self.words) + 1)))
        real = list(DictReader(CHINOOK.open(encoding="utf-8"))) if CHINOOK.exists() else []
        self.real = {column: sorted({row[column] for row in real}) for column in ("artist", "album", "title")}

    def rows(self) -> Iterator[dict[type[SqlAlchemyBase] | Table, list[dict[str, Any]]]]:
        """Yield the rows of the tables in chunks."""
        artists = list(dict.fromkeys(self._name("artist", 1, 3) for _ in range(min(ARTISTS, self._albums // 5))))
        yield {
            Artist: [
                {"id": number, "name": name, "name_key": f"artist {number}", "url": f"artist-{number}"}
                for number, name in enumerate(artists, 1)
            ],
            Genre: [
                {"id": number, "name": f"Genre {number}", "name_key": f"genre {number}", "url": f"genre-{number}"}
                for number in range(1, GENRES + 1)
            ],
        }
        for start in range(1, self._albums, CHUNK):
            albums, tracks, documents = [], [], []
            for album_id in range(start, start + CHUNK):
                by = min(int(self._random.paretovariate(0.3)), len(artists)) - 1
                title = self._name("album", 1, 5) + (f" ({EVERYWHERE})" if self._random.random() < 0.9 else "")
                names = [self._name("title", 1, 5) for _ in range(TRACKS_ON_EACH)]
                albums.append({
                    "id": album_id, "url": f"album-{album_id}", "title": title, "name_key": f"album {album_id}",
                    "artist_id": by + 1, "price_cents": album_id * 7 % 2_000, "currency": "EUR",
                    "sort_date": dt.date(1960, 1, 1) + dt.timedelta(album_id * 11 % 24_000),
                    "sort_title": fold(title)[:300], "sort_artist": fold(artists[by])[:200],
                })  # fmt: skip
                tracks += [
                    {"album_id": album_id, "display_order": order, "track_number": order + 1, "title": name,
                     "length_ms": 180_000}
                    for order, name in enumerate(names)
                ]  # fmt: skip
                words = index_words([title, artists[by], *dict.fromkeys(names)])
                documents.append({"album_id": album_id, "words": words})
            # Genre 1 is that of half the albums.
            genres = [
                {"album_id": album["id"], "genre_id": 1 if album["id"] % 2 else 1 + album["id"] % GENRES}
                for album in albums
            ]
            yield {Album: albums, AlbumGenre: genres, Track: tracks, SearchDocument: documents}

    def word(self) -> str:
        """Return a word, a common one more often."""
        return self._random.choices(self.words, cum_weights=self._weights)[0]

    def one_of(self, names: Sequence[str]) -> str:
        """Return one of some names, each as often."""
        return self._random.choice(names)

    def names(self, kind: str, count: int, longest: int) -> list[str]:
        """Return names of at most so many words, without repetitions."""
        return list(dict.fromkeys(self.name(kind, longest) for _ in range(count)))

    def name(self, kind: str, longest: int) -> str:
        """Return the name of an `artist`, an `album` or a track (`title`), of at most so many words."""
        return self._name(kind, 1, longest)

    def _name(self, kind: str, shortest: int, longest: int) -> str:
        kind_of_name = self._random.random()
        if kind_of_name < 0.1 and self.real[kind]:
            return self._random.choice(self.real[kind])
        if kind_of_name < 0.12:
            return self._random.choice(UNSPACED if kind_of_name < 0.11 else OTHERS)
        name = " ".join(self.word() for _ in range(self._random.randint(shortest, longest)))
        return name.title()

    def _made_up_word(self) -> str:
        return "".join(self._random.choice(_SYLLABLES) for _ in range(self._random.randint(2, 4)))


def fill(catalogue: LargeCatalogue, stores: Sequence[DbSessionFactory], accounts: int = ACCOUNTS) -> None:
    """Create the tables, and fill those databases that are empty."""
    for store in stores:
        store.create_tables()
    empty = [store for store in stores if not _count(store)]
    if not empty:
        return
    for chunk in catalogue.rows():
        for store in empty:
            with store.begin() as dbsession:
                for model, rows in chunk.items():
                    dbsession.connection().execute(insert(_table(model)), rows)
        sys.stderr.write(".")
    now = utc_now()
    for start in range(0, accounts, CHUNK):
        rows = [
            {"id": f"{number:032x}", "email": f"{_email(number)}", "password_hash": "x", "confirmed": True,
             "created_date": now - dt.timedelta(minutes=number)}
            for number in range(start, start + CHUNK)
        ]  # fmt: skip
        for store in empty:
            with store.begin() as dbsession:
                dbsession.connection().execute(insert(_table(Account)), rows)
    sys.stderr.write("\n")


def _email(number: int) -> str:
    return f"{_SYLLABLES[number % len(_SYLLABLES)]}{number}@example.org"


def _table(model: type[SqlAlchemyBase] | Table) -> Table:
    return model if isinstance(model, Table) else SqlAlchemyBase.metadata.tables[model.__tablename__]


def _count(store: DbSessionFactory) -> int:
    with store.read() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(Album)) or 0
