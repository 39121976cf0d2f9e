"""Importing a catalogue."""

from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import event, func, select

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.name_key import free_key
from album_store.data.track import Track
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.services.imports.catalogue_error import CatalogueError
from album_store.services.imports.catalogue_import import CatalogueImport
from album_store.services.imports.import_result import ImportResult, JoinedSpellings, KeptTrack
from album_store.services.imports.slugs import Slugs
from tests.support import media_files
from tests.support.checkout import CHINOOK
from tests.support.factories import make_album, make_artist
from tests.support.needs import needs_chinook

pytestmark = pytest.mark.every_database

HEADER = "artist,album,track_number,title,composer,genre,length_ms,price"
SALT = ["Ada,Salt,1,Tide,Ada B.,Folk,1000,0.99", "Ada,Salt,2,Ebb,,Jazz,2000,0.99"]


@pytest.fixture
def media(tmp_path):
    return MediaStorage(tmp_path / "media")


@pytest.fixture
def import_csv(db_sessions, media, tmp_path):
    """Imports a file with the given lines, as the command does."""

    def import_csv(*lines: str) -> ImportResult:
        file = tmp_path / "catalogue.csv"
        file.write_text("\n".join(lines), "utf-8")
        with db_sessions.read() as dbsession:
            catalogue = CatalogueImport(dbsession, media, "EUR").read(file)
        with db_sessions.begin() as dbsession:
            service = CatalogueImport(dbsession, media, "EUR")
            service.store_media(catalogue)
            return service.write(catalogue)

    return import_csv


@pytest.fixture
def dbsession(db_sessions):
    """A session to read the store after an import."""
    with db_sessions.read() as dbsession:
        yield dbsession


@pytest.fixture
def writes(db_sessions):
    """The SQL statements that write."""
    statements = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split()[0] in {"INSERT", "UPDATE", "DELETE"}:
            statements.append(statement)

    event.listen(db_sessions.engine, "before_cursor_execute", note)
    return statements


def album_named(dbsession, title):
    return dbsession.scalars(select(Album).where(Album.title == title)).one()


def count(dbsession, model):
    return dbsession.scalar(select(func.count()).select_from(model))


def test_a_new_album_is_for_sale_with_everything_in_the_file(import_csv, dbsession):
    header = f"{HEADER},release_date,license,language,description,credits,isrc,lyrics,currency"
    more = "2024-05-31,Ask us,Welsh,About the sea,All by Ada,GBABC2400001,La,USD"
    result = import_csv(header, f"{SALT[0]},{more}")
    assert result == ImportResult(1, 0, 0, 1, 0, ())
    album = album_named(dbsession, "Salt")
    assert (album.url, album.artist.name, album.artist.url, album.published) == ("salt", "Ada", "ada", True)
    assert (album.price_cents, album.currency, album.release_date.isoformat()) == (99, "USD", "2024-05-31")
    assert (album.license.name, album.language.name) == ("Ask us", "Welsh")
    assert (album.description, album.credits) == ("About the sea", "All by Ada")
    (track,) = album.tracks
    assert (track.title, track.composer, track.length_ms) == ("Tide", "Ada B.", 1000)
    assert (track.isrc, track.lyrics) == ("GBABC2400001", "La")


def test_an_album_belongs_to_every_genre_of_its_tracks(import_csv, dbsession):
    import_csv(HEADER, *SALT, "Ada,Salt,3,Flow,,,1,0")
    album = album_named(dbsession, "Salt")
    assert [genre.name for genre in album.genres] == ["Folk", "Jazz"]
    names = dict(dbsession.execute(select(Genre.id, Genre.name)).all())
    assert [names.get(track.genre_id) for track in album.tracks] == ["Folk", "Jazz", None]


def test_tracks_are_ordered_by_disc_and_number(import_csv, dbsession):
    rows = ["Ada,Salt,2,D,,,1,0,2", "Ada,Salt,10,B,,,1,0,1", "Ada,Salt,1,C,,,1,0,2", "Ada,Salt,9,A,,,1,0,"]
    import_csv(f"{HEADER},disc", *rows)
    tracks = album_named(dbsession, "Salt").tracks
    assert [(track.title, track.display_order) for track in tracks] == [("A", 0), ("B", 1), ("C", 2), ("D", 3)]


def test_similar_names_get_different_addresses(import_csv, dbsession):
    rows = [
        "Ada,Minha Historia,1,A,,R&B,1,0",
        "Bo,Minha História,1,A,,R B,1,0",
        "Ada,!!!,1,A,,&,1,0",
        "音,☃,1,A,,&,1,0",
    ]
    import_csv(HEADER, *rows, "!,Don't,1,A,,&,1,0")
    urls = list(dbsession.scalars(select(Album.url).order_by(Album.id)))
    assert urls == ["minha-historia", "minha-historia-2", "album", "album-2", "dont"]
    assert set(dbsession.scalars(select(Artist.url))) == {"ada", "bo", "yin", "artist"}
    assert set(dbsession.scalars(select(Genre.url))) == {"r-b", "r-b-2", "genre"}


def test_a_second_import_avoids_addresses_already_in_use(import_csv, dbsession):
    import_csv(HEADER, "Ada,Salt,1,A,,,1,0")
    import_csv(HEADER, "Bo,Salt,1,A,,,1,0")
    assert list(dbsession.scalars(select(Album.url).order_by(Album.id))) == ["salt", "salt-2"]


def test_addresses_are_shortened_to_fit_their_column():
    slugs = Slugs({"abcd"}.intersection, longest=6, fallback="album")
    assert slugs.new(["abcd", "abcd", "abcde fgh", "abcde fgh", "ab cd ef", "ab cd ef", "?"]) == [
        "abcd-2",
        "abcd-3",
        "abcde",
        "abcd-4",
        "ab-cd",
        "ab-c-2",
        "album",
    ]


def test_the_next_number_of_a_common_slug_takes_few_questions():
    taken = {"live", *(f"live-{number}" for number in range(2, 1_000))}
    questions = []

    def look_up(slugs: Collection[str]) -> set[str]:
        questions.append(slugs)
        return taken.intersection(slugs)

    assert Slugs(look_up, longest=200, fallback="album").new(["Live", "Live"]) == ["live-1000", "live-1001"]
    assert len(questions) < 12


def test_importing_the_same_file_again_writes_nothing(import_csv, writes, dbsession):
    header = f"{HEADER},release_date,license,description,isrc"
    rows = [f"{row},2024-05-31,CC0 1.0,Sea," for row in SALT]
    import_csv(header, *rows)
    before = album_named(dbsession, "Salt").updated_date
    dbsession.rollback()
    writes.clear()
    assert import_csv(header, *rows) == ImportResult(0, 0, 1, 0, 0, ())
    assert writes == []
    assert album_named(dbsession, "Salt").updated_date == before


@pytest.mark.parametrize(
    ("old", "new", "tracks_changed"),
    [
        ("Tide", "High Tide", 1),
        ("Ada B.", "Ada C.", 1),
        ("1000", "1001", 1),
        ("0.99", "1.99", 2),
        ("Jazz", "Blues", 1),
        ("2024-05-31", "2024-06-01", 0),
        ("2024-05-31", "", 0),
        ("CC0 1.0", "CC BY 4.0", 0),
        ("English", "Esperanto", 0),
        ("Sea", "The sea", 0),
        ("EUR", "USD", 0),
        ("GBABC2400001", "GBABC2400002", 1),
    ],
)
def test_a_corrected_file_changes_only_what_differs(import_csv, dbsession, old, new, tracks_changed):
    header = f"{HEADER},release_date,license,language,description,currency,isrc"
    rows = [
        f"{row},2024-05-31,CC0 1.0,English,Sea,EUR,{isrc}" for row, isrc in zip(SALT, ("GBABC2400001", ""), strict=True)
    ]
    import_csv(header, *rows)
    before = album_named(dbsession, "Salt")
    url, created, updated = before.url, before.created_date, before.updated_date
    ids = [track.id for track in before.tracks]
    dbsession.expire_all()
    dbsession.rollback()
    result = import_csv(header, *(row.replace(old, new) for row in rows))
    assert result == ImportResult(0, 1, 0, 0, tracks_changed, ())
    after = album_named(dbsession, "Salt")
    assert (after.url, after.created_date, [track.id for track in after.tracks]) == (url, created, ids)
    assert after.updated_date > updated
    dbsession.rollback()
    assert import_csv(header, *(row.replace(old, new) for row in rows)).albums_unchanged == 1


def test_a_corrected_genre_replaces_the_old_one(import_csv, dbsession):
    import_csv(HEADER, *(row.replace("Jazz", "Jaz") for row in SALT))
    import_csv(HEADER, *SALT)
    assert [genre.name for genre in album_named(dbsession, "Salt").genres] == ["Folk", "Jazz"]


def test_a_new_track_is_placed_by_its_number(import_csv, dbsession):
    import_csv(HEADER, "Ada,Salt,1,A,,Folk,1,0", "Ada,Salt,3,C,,Folk,1,0")
    result = import_csv(HEADER, "Ada,Salt,1,A,,Folk,1,0", "Ada,Salt,2,B,,Folk,1,0", "Ada,Salt,3,C,,Folk,1,0")
    assert result == ImportResult(0, 1, 0, 1, 0, ())
    tracks = album_named(dbsession, "Salt").tracks
    assert [(track.title, track.display_order) for track in tracks] == [("A", 0), ("B", 1), ("C", 2)]


def test_tracks_missing_from_a_later_file_are_kept_and_reported(import_csv, dbsession):
    import_csv(HEADER, *SALT)
    result = import_csv(HEADER, SALT[0])
    assert result.kept_tracks == (KeptTrack("Ada", "Salt", 1, 2, "Ebb"),)
    album = album_named(dbsession, "Salt")
    assert [track.title for track in album.tracks] == ["Tide", "Ebb"]
    assert [genre.name for genre in album.genres] == ["Folk", "Jazz"]


def test_an_album_with_kept_tracks_keeps_its_price_unless_the_file_gives_one(import_csv, dbsession):
    import_csv(HEADER, *SALT)
    import_csv(HEADER, SALT[1])
    assert album_named(dbsession, "Salt").price_cents == 198
    dbsession.rollback()
    import_csv(f"{HEADER},album_price", f"{SALT[1]},1.50")
    assert album_named(dbsession, "Salt").price_cents == 150


def test_missing_columns_leave_the_stored_values_unchanged(import_csv, db_sessions, dbsession):
    import_csv(f"{HEADER},currency,license", *(f"{row.replace('0.99', '99')},JPY,CC0 1.0" for row in SALT))
    with db_sessions.begin() as writing:
        album = album_named(writing, "Salt")
        album.published = False
        album.description = "By hand"
        album.tracks[0].lyrics = "La"
    assert import_csv(HEADER, *(row.replace("0.99", "99") for row in SALT)).albums_unchanged == 1
    album = album_named(dbsession, "Salt")
    assert (album.published, album.description, album.tracks[0].lyrics) == (False, "By hand", "La")
    assert (album.currency, album.price_cents, album.license_name) == ("JPY", 198, "CC0 1.0")


def test_an_existing_artist_gets_a_new_album_and_keeps_the_old_one(import_csv, writes, dbsession):
    import_csv(HEADER, *SALT)
    writes.clear()
    import_csv(HEADER, "Ada,Sun,1,Up,,Folk,1,0")
    assert not [write for write in writes if write.startswith("UPDATE") and "CatalogueVersion" not in write]
    artist = dbsession.scalars(select(Artist)).one()
    assert sorted(album.title for album in artist.albums) == ["Salt", "Sun"]
    assert album_named(dbsession, "Sun").sort_artist == "ada"


def test_unknown_licences_and_languages_are_added_once(import_csv, dbsession):
    licences, languages = count(dbsession, License), count(dbsession, Language)
    dbsession.rollback()
    rows = [f"{row},Ask us,Welsh" for row in SALT] + ["Bo,Sun,1,Up,,Folk,1,0,CC0 1.0,English"]
    import_csv(f"{HEADER},license,language", *rows)
    assert (count(dbsession, License), count(dbsession, Language)) == (licences + 1, languages + 1)


def test_media_files_are_stored_and_linked(import_csv, media, dbsession, tmp_path):
    media_files.save_picture(tmp_path / "front.png")
    media_files.save_wav(tmp_path / "one.wav")
    media_files.save_wav(tmp_path / "clip.wav", length_ms=100)
    header, row = f"{HEADER},cover,preview,audio", f"{SALT[0]},front.png,clip.wav,one.wav"
    import_csv(header, row)
    album = album_named(dbsession, "Salt")
    assert media.path_of("covers", f"{album.cover}-480.jpg")
    assert media.path_of("previews", album.tracks[0].preview)
    assert media.path_of("audio", album.tracks[0].audio)
    dbsession.rollback()
    assert import_csv(header, row).albums_unchanged == 1


def test_a_file_with_an_error_imports_nothing(import_csv, writes, media, dbsession, tmp_path):
    media_files.save_picture(tmp_path / "front.png")
    with pytest.raises(CatalogueError):
        import_csv(f"{HEADER},cover", f"{SALT[0]},front.png", f"{SALT[1]},missing.png")
    assert writes == []
    assert not (tmp_path / "media").exists()
    assert count(dbsession, Album) == 0


def test_import_progress_is_reported(db_sessions, media, tmp_path):
    media_files.save_picture(tmp_path / "front.png")
    (tmp_path / "a.csv").write_text(f"{HEADER},cover\n{SALT[0]},front.png\nBo,Sun,1,Up,,,1,0,\n")
    told = []
    with db_sessions.begin() as dbsession:
        service = CatalogueImport(dbsession, media, "EUR")
        catalogue = service.read(tmp_path / "a.csv")
        service.store_media(catalogue, lambda *news: told.append(news))
        service.write(catalogue, lambda *news: told.append(news))
    assert told == [("Storing covers and recordings", 1, 1), ("Writing albums", 2, 2)]


def test_many_albums_take_few_queries(db_sessions, import_csv, dbsession):
    rows = [f"Band {number % 50},Album {number},1,Song,,Genre {number % 7},1,1" for number in range(450)]
    import_csv(HEADER, *rows)
    queries = []
    event.listen(db_sessions.engine, "before_cursor_execute", lambda *details: queries.append(details[2]))
    assert import_csv(HEADER, *rows).albums_unchanged == 450
    assert len(queries) < 45
    assert count(dbsession, Album) == 450


@needs_chinook
def test_a_real_catalogue_is_imported_completely_and_only_once(import_csv, writes, dbsession):
    lines = CHINOOK.read_text("utf-8").split("\n")
    assert import_csv(*lines) == ImportResult(347, 0, 0, 3_503, 0, ())
    assert (count(dbsession, Artist), count(dbsession, Album), count(dbsession, Track)) == (204, 347, 3_503)
    folded = select(Album.url).where(Album.url.startswith("minha-historia")).order_by(Album.url)
    assert list(dbsession.scalars(folded)) == ["minha-historia", "minha-historia-2"]
    mixed = [album for album in dbsession.scalars(select(Album)) if len(album.genres) > 1]
    assert len(mixed) == 11
    dbsession.rollback()
    writes.clear()
    assert import_csv(*lines) == ImportResult(0, 0, 347, 0, 0, ())
    assert writes == []


def test_names_keep_joiners_and_an_invisible_genre_counts_as_none(import_csv, dbsession):
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    import_csv(HEADER, f"{persian},Salt,1,Tide,\u3164,\u2800,1000,0.99")
    assert dbsession.scalars(select(Artist.name)).all() == [persian]
    assert dbsession.scalars(select(Genre.name)).all() == []
    assert dbsession.scalars(select(Track.composer)).all() == [""]


def test_spellings_of_one_artist_album_or_genre_are_combined_and_reported(import_csv, dbsession):
    result = import_csv(
        HEADER,
        "Coal Choir,Low Sun,1,A,,Dub techno,1,0",
        "Coal\u2009 Choir,LOW SUN,2,B,,Dub Techno,1,0",
        "COAL CHOIR\u200b,Low Sun\ufeff,3,C,,dub\u00a0techno,1,0",
        "Coal Choir,High Sun,1,D,,Dub techno,1,0",
    )
    assert (result.albums_added, result.tracks_added) == (2, 4)
    assert [artist.name for artist in dbsession.scalars(select(Artist))] == ["Coal Choir"]
    assert [genre.name for genre in dbsession.scalars(select(Genre))] == ["Dub techno"]
    assert [album.title for album in dbsession.scalars(select(Album).order_by(Album.id))] == ["Low Sun", "High Sun"]
    assert list(map(str, result.joined)) == [
        "Treated 3 spellings as one artist: “Coal Choir”, “Coal[thin space] Choir”, "
        "“COAL CHOIR[zero width space]”. The store shows the first.",
        "Treated 3 spellings as one genre: “Dub techno”, “Dub Techno”, “dub[no-break space]techno”. "
        "The store shows the first.",
        "Treated 3 spellings as one album: “Low Sun”, “LOW SUN”, “Low Sun[zero width no-break space]”. "
        "The store shows the first.",
    ]


def test_other_spellings_in_a_second_import_match_existing_rows(import_csv, dbsession):
    import_csv(HEADER, "Ada,Salt,1,A,,Folk,1,0")
    result = import_csv(HEADER, "ADA,SALT,1,A,,FOLK,1,0")
    assert (result.albums_added, result.albums_changed, result.albums_unchanged) == (0, 0, 1)
    assert list(map(str, result.joined)) == [
        f"Treated 2 spellings as one {kind}: “{name}”, “{name.upper()}”. The store shows the first."
        for kind, name in (("artist", "Ada"), ("genre", "Folk"), ("album", "Salt"))
    ]
    assert album_named(dbsession, "Salt").artist.name == "Ada"


def test_a_name_is_stored_without_unneeded_invisible_characters(import_csv, dbsession):
    import_csv(HEADER, "\u200eA\u00adda,S\u200balt \U0001f469\u200d\U0001f3a4,1,A,,Folk\ufeff,1,0")
    album = album_named(dbsession, "Salt \U0001f469\u200d\U0001f3a4")
    assert (album.artist.name, album.genres[0].name) == ("Ada", "Folk")


def test_artists_kept_separate_in_the_store_stay_separate(import_csv, db_sessions, dbsession):
    with db_sessions.begin() as writing:
        first, second = Artist(name="Ada", url="ada"), Artist(name="ADA", url="ada-2")
        second.name_key = free_key(second.name_key, {first.name_key})
        writing.add_all([first, second])
    assert import_csv(HEADER, "Ada,Salt,1,A,,,1,0", "ADA,Rain,1,A,,,1,0", "aDa,Wind,1,A,,,1,0").joined == (
        JoinedSpellings("artist", ("Ada", "aDa")),
    )
    albums = dbsession.scalars(select(Album).order_by(Album.id))
    assert [(album.title, album.artist.name) for album in albums] == [("Salt", "Ada"), ("Rain", "ADA"), ("Wind", "Ada")]


def test_albums_kept_separate_in_the_store_stay_separate(import_csv, db_sessions, dbsession):
    with db_sessions.begin() as writing:
        ada = make_artist("Ada")
        first, second = make_album("Salt", ada), make_album("SALT", ada)
        second.name_key = free_key(second.name_key, {first.name_key})
        writing.add_all([first, second])
    import_csv(HEADER, "Ada,SALT,1,Tide,,,1,0")
    assert [track.title for track in album_named(dbsession, "SALT").tracks] == ["Tide"]
