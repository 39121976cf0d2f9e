"""Sort columns, search words and name keys are updated with every change."""

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from album_store.data.album import Album
from album_store.data.artist import Artist
from album_store.data.search_document import SearchDocument
from album_store.data.search_words import fold
from album_store.data.track import Track
from tests.support.factories import make_album, make_artist, make_genre, make_track


@pytest.fixture
def dbsession(db_sessions):
    with db_sessions.begin() as dbsession:
        yield dbsession


@pytest.fixture
def album(dbsession):
    tracks = [make_track("Água de beber"), make_track("Let's Go")]
    album = make_album("Épices & Co", make_artist("Björk Ørsted"), tracks=tracks, release_date=dt.date(2001, 5, 6))
    dbsession.add(album)
    dbsession.flush()
    return album


def found_by(dbsession, word):
    """Return the album ids that the full-text index itself finds."""
    return list(
        dbsession.scalars(text('SELECT rowid FROM "AlbumSearch" WHERE "AlbumSearch" MATCH :word'), {"word": word})
    )


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Let's Go", "lets go"),
        ("Let\N{RIGHT SINGLE QUOTATION MARK}s Go", "lets go"),
        ("Let\N{MODIFIER LETTER APOSTROPHE}s Go", "lets go"),
        ("  ÉPICES   &  Co. ", "epices co"),
        ("Straße", "strasse"),
        ("Þögn og ljós", "thogn og ljos"),
        ("Let`s Go", "lets go"),
        ("AC/DC", "ac dc"),
        ("Vol. 2: 1,000 Nights", "vol 2 1000 nights"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_names_are_folded(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize("written", ["Let's Go", "Épices & Co", "AT&amp;T", "日本の歌", "İstanbul", "50% off — 2²"])
def test_folding_twice_changes_nothing_and_leaves_only_letters_and_digits(written):
    once = fold(written)
    assert fold(once) == once
    assert once.replace(" ", "").isascii()
    assert all(word.isalnum() for word in once.split(" "))


def test_a_new_album_has_sort_columns_and_search_words(album):
    assert (album.sort_title, album.sort_artist) == ("epices co", "bjork orsted")
    assert album.sort_date == dt.date(2001, 5, 6)
    assert album.search_document.words == "epices co bjork orsted agua de beber lets go qx000026 s"


def test_an_album_without_a_release_date_is_sorted_by_the_day_it_was_added(dbsession, album):
    album.release_date = None
    dbsession.flush()
    assert album.sort_date == album.created_date.date()


def test_a_new_title_updates_sorting_and_search(dbsession, album):
    album.title = "Zimt"
    dbsession.flush()
    assert album.sort_title == "zimt"
    assert found_by(dbsession, "zimt") == [album.id]
    assert found_by(dbsession, "epices") == []


def test_a_renamed_artist_updates_sorting_and_search_of_every_album(dbsession, album):
    other = make_album("Other", album.artist)
    dbsession.add(other)
    dbsession.flush()
    dbsession.expire_all()
    dbsession.get_one(Artist, album.artist_id).name = "Ýr"
    dbsession.flush()
    assert {album.sort_artist, other.sort_artist} == {"yr"}
    assert sorted(found_by(dbsession, "yr")) == [album.id, other.id]
    assert found_by(dbsession, "bjork") == []


def test_an_album_that_changes_its_artist_is_found_under_the_new_one(dbsession, album):
    album.artist = make_artist("Somebody Else")
    dbsession.flush()
    assert album.sort_artist == "somebody else"
    assert found_by(dbsession, "bjork") == []


def test_a_track_is_found_once_added_and_under_its_new_title(dbsession, album):
    album.tracks.append(make_track("Bonus"))
    dbsession.flush()
    assert found_by(dbsession, "bonus") == [album.id]
    dbsession.expire_all()
    dbsession.scalars(select(Track).where(Track.title == "Bonus")).one().title = "Encore"
    dbsession.flush()
    assert found_by(dbsession, "bonus") == []
    assert found_by(dbsession, "encore") == [album.id]


def test_a_track_removed_from_an_album_is_no_longer_found(dbsession, album):
    album.tracks.pop(0)
    dbsession.flush()
    assert found_by(dbsession, "agua") == []
    assert found_by(dbsession, "lets") == [album.id]


@pytest.mark.parametrize("is_loaded", [True, False])
def test_a_deleted_track_is_no_longer_found(dbsession, album, is_loaded):
    track = album.tracks[0]
    if not is_loaded:
        dbsession.expire_all()
    dbsession.delete(track)
    dbsession.flush()
    assert found_by(dbsession, "agua") == []
    assert found_by(dbsession, "lets") == [album.id]


def test_a_track_moved_to_another_album_is_found_there(dbsession, album):
    other = make_album("Other")
    dbsession.add(other)
    other.tracks.append(album.tracks[0])
    dbsession.flush()
    assert found_by(dbsession, "agua") == [other.id]


def test_a_deleted_album_is_no_longer_found(dbsession, album):
    dbsession.delete(album)
    dbsession.flush()
    assert found_by(dbsession, "epices") == []
    assert list(dbsession.scalars(select(SearchDocument))) == []


def test_an_album_deleted_with_plain_sql_is_no_longer_found(dbsession, album):
    dbsession.execute(text('DELETE FROM "Album"'))
    assert found_by(dbsession, "epices") == []


def test_the_full_text_index_agrees_with_its_table_after_many_changes(dbsession, album):
    for number in range(20):
        album.title = f"Title {number}"
        album.tracks.append(make_track(f"Track {number}"))
        dbsession.flush()
    album.tracks.clear()
    dbsession.flush()
    # SQLite raises an error if the two differ: https://www.sqlite.org/fts5.html#the_integrity_check_command
    dbsession.execute(text("""INSERT INTO "AlbumSearch" ("AlbumSearch", rank) VALUES ('integrity-check', 1)"""))
    assert found_by(dbsession, "track") == []


def test_the_longest_names_fit_their_sort_columns(dbsession):
    album = make_album("Я" * 300, make_artist("Щ" * 200))
    dbsession.add(album)
    dbsession.flush()
    assert len(album.sort_title) <= Album.sort_title.type.length
    assert len(album.sort_artist) <= Album.sort_artist.type.length


@pytest.mark.parametrize("make", [make_artist, make_genre, lambda name: make_album(name, make_artist("Ada", id=7))])
def test_a_second_row_with_the_same_name_is_refused(dbsession, make):
    dbsession.add(make("Coal Choir"))
    dbsession.flush()
    again = make("COAL\u00a0choir")
    if isinstance(again, Album):
        again.artist = dbsession.get_one(Artist, 7)
    again.url = "other"
    dbsession.add(again)
    with pytest.raises(IntegrityError, match="name_key"), dbsession.begin_nested():
        dbsession.flush()


def test_a_new_name_gets_a_new_key(dbsession, album):
    album.title, album.artist.name = "Zimt", "Ýr"
    dbsession.flush()
    assert (album.name_key, album.artist.name_key) == ("zimt", "ýr")
