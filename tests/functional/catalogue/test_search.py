"""Searching the catalogue."""

import pytest

from album_store.data.album import Album
from album_store.services.imports.catalogue_import import CatalogueImport
from tests.support.checkout import CASES
from tests.support.factories import make_album, make_artist, make_track
from tests.support.needs import needs_cases
from tests.support.page_reader import follow_pages, parse_strictly, titles


@pytest.fixture
def catalogue(store):
    store.add(
        make_album(
            "Ágætis byrjun", make_artist("Sigur Rós"), tracks=[make_track("Svefn-g-englar"), make_track("Olsen")]
        ),
        make_album(
            "Let's Go", make_artist("O\N{RIGHT SINGLE QUOTATION MARK}Brien"), tracks=[make_track("Água de beber")]
        ),
        make_album("Noise", make_artist("Nobody"), tracks=[make_track("Static")]),
        make_album("Hidden byrjun lets agua", make_artist("Hidden"), published=False),
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("agaetis", "Ágætis byrjun"),
        ("ÁGÆTIS BYRJUN", "Ágætis byrjun"),
        ("byr", "Ágætis byrjun"),
        ("sigur ros", "Ágætis byrjun"),
        ("olsen", "Ágætis byrjun"),
        ("byrjun sigur olsen", "Ágætis byrjun"),
        ("englar svefn", "Ágætis byrjun"),
        ("lets", "Let's Go"),
        ("let's", "Let's Go"),
        ("let\N{RIGHT SINGLE QUOTATION MARK}s go", "Let's Go"),
        ("LETS agua obrien", "Let's Go"),
        ("  lets   go  ", "Let's Go"),
        ("o'brien", "Let's Go"),
        ('"lets" AND (go)', None),
        ("lets byrjun", None),
        ("yrjun", None),
        ("hidden", None),
    ],
)
@pytest.mark.usefixtures("catalogue")
def test_every_word_must_begin_a_word_of_the_album(testapp, query, found):
    page = testapp.get("/search", {"q": query})
    assert titles(page) == ([found] if found else [])
    if not found:
        assert "No albums match your search." in page.html.main.text


ODD = [
    '"', "''", '"unfinished', "*", "a*", "NEAR(a b)", "NEAR(", "a AND", "AND", "OR", "NOT a", "(", ")", "a)", "^a",
    "a:b", "words:a", "-a", "{a b}:c", "+", "\\", "%", "_", "; DROP TABLE Album", "🎸", "👩‍🎤", "日本", "\u202e",
    "a" * 10_000, "a " * 5_000, "&amp;", "<script>", "${7*7}", "\ud83d\udc68", "rowid", "AlbumSearch", "\t\r\n", "#",
    "ﬁ", "½", "٣",
]  # fmt: skip


@pytest.mark.parametrize("query", ODD, ids=range(len(ODD)))
@pytest.mark.usefixtures("catalogue")
def test_an_odd_query_is_answered(testapp, query):
    page = testapp.get("/search", {"q": query.encode("utf-8", "surrogatepass")}, expect_errors=True)
    assert page.status_int == (400 if "\ud83d" in query else 200)
    parse_strictly(page.text)


@pytest.mark.parametrize("query", ["", "   ", "\N{ZERO WIDTH SPACE}", "\N{COMBINING ACUTE ACCENT}"])
@pytest.mark.usefixtures("catalogue")
def test_a_query_without_words_explains_the_search(testapp, query):
    page = testapp.get("/search", {"q": query})
    assert "Search for an album, an artist or a track." in page.html.main.text
    assert titles(page) == []


@pytest.mark.usefixtures("catalogue")
def test_the_query_stays_in_the_box_and_in_the_heading(testapp):
    query = 'Let\'s "Go" <b>'
    page = testapp.get("/search", {"q": query})
    assert page.html.select_one("#site-search")["value"] == query
    assert page.html.h1.q.text == query
    assert page.html.title.text == f"Search: {query} · Test Records"
    assert page.html.select_one('meta[name="robots"]')["content"] == "noindex"


@pytest.mark.usefixtures("catalogue")
def test_the_search_box_on_the_home_page_works(testapp):
    form = next(form for form in testapp.get("/").forms.values() if form.action == "/search")
    form["q"] = "byrjun"
    assert titles(form.submit()) == ["Ágætis byrjun"]


def test_up_to_three_matching_tracks_are_named(store, testapp):
    names = ["Rain one", "Sun", "Rain two", "Rain three", "Rain four"]
    store.add(make_album("Weather", tracks=[make_track(name) for name in names]), make_album("Rain", tracks=[]))
    cards = testapp.get("/search?q=rai").html.select(".album-card")
    assert [card.select_one(".album-tracks") and card.select_one(".album-tracks").text for card in cards] == [
        None,
        "Matching tracks: Rain one, Rain two, Rain three",
    ]


@pytest.mark.every_database
def test_results_are_paged_with_the_latest_additions_first(store, testapp):
    store.add(*(make_album(f"Rain {number:02}") for number in range(60)), make_album("Sun"))
    pages = follow_pages(testapp, "/search?q=rain")
    assert [title for page in pages for title in titles(page)] == [f"Rain {number:02}" for number in range(59, -1, -1)]
    assert "q=rain" in pages[1].request.url


@pytest.mark.parametrize("after", ["nonsense", "~", "9" * 30 + "~", "-1~"])
@pytest.mark.usefixtures("catalogue")
def test_an_invalid_cursor_shows_the_first_results(testapp, after):
    assert titles(testapp.get("/search", {"q": "byrjun", "after": after})) == ["Ágætis byrjun"]


@pytest.mark.usefixtures("catalogue")
def test_a_page_beyond_the_last_result_leads_back_to_the_first(testapp):
    page = testapp.get("/search", {"q": "byrjun", "after": "9~9"})
    assert "Nothing here has" not in page.html.main.text
    assert titles(page.click("Back to the first results")) == ["Ágætis byrjun"]


@pytest.mark.every_database
@pytest.mark.usefixtures("catalogue")
def test_the_search_no_longer_finds_a_deleted_album(store, testapp):
    [album] = store.rows(Album, Album.title == "Let's Go")
    with store.db_sessions.begin() as dbsession:
        dbsession.delete(dbsession.get_one(Album, album.id))
    assert titles(testapp.get("/search?q=lets")) == []


def test_exact_names_come_before_names_that_only_begin_alike(store, testapp):
    rem = make_artist("R.E.M.")
    store.add(
        make_album("Green", rem),
        make_album("Go", make_artist("Somebody")),
        make_album("Let us go, all of you", make_artist("The Who")),
        *(make_album(f"Real Early Music and Gold {number}", make_artist()) for number in range(30)),
    )
    assert titles(testapp.get("/search?q=R.E.M."))[0] == "Green"
    assert titles(testapp.get("/search?q=the+who"))[0] == "Let us go, all of you"
    assert titles(testapp.get("/search?q=go"))[:2] == ["Go", "Let us go, all of you"]


@pytest.mark.parametrize("query", ["acdc", "AC/DC", "ac dc", "acd"])
def test_a_name_is_found_with_and_without_its_punctuation(store, testapp, query):
    store.add(make_album("Powerage", make_artist("AC/DC")), make_album("Other", make_artist("Ace")))
    assert titles(testapp.get("/search", {"q": query})) == ["Powerage"]


def test_paging_through_results_visits_each_album_once(store, testapp):
    store.add(
        *(make_album("Gold", make_artist()) for _ in range(30)),
        *(make_album(f"All Gold {number}", make_artist()) for number in range(30)),
        *(make_album(f"Golden {number}", make_artist()) for number in range(30)),
    )
    pages = list(follow_pages(testapp, "/search?q=gold"))
    found = [title for page in pages for title in titles(page)]
    assert len(found) == 90
    assert found[:30] == ["Gold"] * 30
    assert set(found[30:60]) == {f"All Gold {number}" for number in range(30)}
    assert set(found[60:]) == {f"Golden {number}" for number in range(30)}


@pytest.fixture
def names(store):
    """Albums with names that are hard to search for, among others that must not be found."""
    store.add(
        make_album(
            "Jusqu\N{RIGHT SINGLE QUOTATION MARK}à l\N{RIGHT SINGLE QUOTATION MARK}orage", make_artist("D'Ambry")
        ),
        make_album("÷", make_artist("+/-")),
        make_album("???", make_artist("!!!")),
        make_album("\U0001f30a\U0001f30a", tracks=[make_track("\U0001f41a")]),
        make_album("水曜日", make_artist("夜のプール")),
        make_album("睡眠", make_artist("Shui")),
        make_album("เพลงรัก"),
        make_album("X", make_artist("M")),
        *(make_album(f"Xylophone Music {number}!", make_artist()) for number in range(30)),
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        *((query, ["Jusqu\u2019à l\u2019orage"]) for query in ("orage", "l'orage", "lorage", "L\u2019ORAGE")),
        *((query, ["Jusqu\u2019à l\u2019orage"]) for query in ("jusqu'a", "ambry", "D'Ambry", "dambry")),
        ("÷", ["÷"]),
        ("!!!", ["???"]),
        ("?", ["???"]),
        ("\U0001f30a", ["\U0001f30a\U0001f30a"]),
        ("\U0001f41a", ["\U0001f30a\U0001f30a"]),
        ("プール", ["水曜日"]),
        ("ﾌﾟｰﾙ 水", ["水曜日"]),
        ("水", ["水曜日"]),
        ("睡", ["睡眠"]),
        ("รัก", ["เพลงรัก"]),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("names")
def test_a_name_in_any_script_or_of_symbols_is_found(testapp, query, found):
    assert titles(testapp.get("/search", {"q": query})) == found


@pytest.mark.parametrize("query", ["X", "m"])
@pytest.mark.usefixtures("names")
def test_a_name_of_one_letter_comes_first(testapp, query):
    assert titles(testapp.get("/search", {"q": query}))[0] == "X"


@pytest.mark.every_database
def test_an_exact_name_of_symbols_or_ideographs_comes_first(store, testapp):
    store.add(
        make_album("!!!", make_artist("A")),
        make_album("Louden Up", make_artist("!!!")),
        make_album("水", make_artist("B")),
        *(make_album(f"!!! {number} 水曜日", make_artist()) for number in range(30)),
        make_album("睡", make_artist("C"), tracks=[make_track("水曜日")]),
    )
    assert titles(testapp.get("/search?q=!!!"))[:2] == ["!!!", "Louden Up"]
    assert titles(testapp.get("/search?q=%E6%B0%B4"))[0] == "水"
    pages = list(follow_pages(testapp, "/search?q=%E6%B0%B4"))
    found = [title for page in pages for title in titles(page)]
    assert (len(found), len(set(found)), found[1]) == (32, 32, "睡")


@needs_cases
@pytest.mark.parametrize(
    ("file", "queries"),
    [
        ("02a-elision-french.csv", ["orage", "l'orage", "rive", "autre", "ete", "L\u2019ÉTÉ", "aube"]),
        (
            "02c-names-without-latin-words.csv",
            ["÷", "!!!", "???", "\U0001f30a", "\U0001f41a", "プール", "夜", "雨", "+"],
        ),
    ],
)
def test_the_shared_search_cases_are_found(store, testapp, file, queries):
    with store.db_sessions.begin() as dbsession:
        service = CatalogueImport(dbsession, store.registry.media, "EUR")
        service.write(service.read(CASES / file))
    assert {query: bool(titles(testapp.get("/search", {"q": query}))) for query in queries} == dict.fromkeys(
        queries, True
    )
