"""Names in any script keep their own direction and leave the text around them alone."""

import re

import pytest
from bs4 import BeautifulSoup

from tests.support.factories import PASSWORD, add_account, make_album, make_artist, make_genre, make_track
from tests.support.shared_store import store_in
from tests.support.store_driver import ask_for_reset, register

FSI, PDI = "\u2068", "\u2069"
HEBREW, ARABIC = "שלום, עולם! (7 remix)", "فرقة النسيم 1"
CLIP = "0" * 32 + ".mp3"
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff]")
# Elements that isolate the direction of their text.
ISOLATING = 'bdi, [dir="auto"], script[type="application/ld+json"], textarea'


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A store with Hebrew and Arabic names and texts, mixed with Latin letters, digits and punctuation."""
    folder = tmp_path_factory.mktemp("scripts")
    with store_in(folder, store__name=HEBREW, store__words=ARABIC) as store:
        track = {"composer": HEBREW, "lyrics": ARABIC, "preview": CLIP}
        texts = {"description": f"{HEBREW}\n\nAnd {ARABIC}", "credits": f"Drums: {HEBREW}"}
        artist, genre = make_artist(HEBREW, url="artist", biography=ARABIC), make_genre(ARABIC)
        genre.url = "genre"
        tracks = [make_track(f"{HEBREW} {number}", **track) for number in range(2)]
        store.add(
            make_album(ARABIC, artist, url="album", genres=[genre], tracks=tracks, **texts),
            make_album(HEBREW, artist, url="other"),
        )
        password_hash = store.registry.password_hasher.hash(PASSWORD)
        add_account(store.db_sessions, password_hash, display_name=HEBREW)
        add_account(store.db_sessions, password_hash, "ada@example.org", roles=("admin", "user"), display_name=ARABIC)
        ask_for_reset(store.browser())
        store.deliver_mail()
        yield store


PATHS = {
    "visitor": ["/", "/albums", "/albums?genre=genre", "/albums/album", "/artists/artist", "/search?q=שלום", "/nothing",
                "/account/signin", "/account/register", "/mail"],
    "alice@example.org": ["/", "/account"],
    "ada@example.org": ["/admin", "/admin/accounts", "/admin/accounts?q=שלום", "/admin/actions", "/admin/resets"],
}  # fmt: skip


def unisolated_texts(markup: str) -> list[str]:
    """Right-to-left texts and attributes without isolation in left-to-right text."""
    page = BeautifulSoup(markup, "html.parser")
    for isolated in page.select(ISOLATING):
        isolated.decompose()
    texts = [text for text in page.find_all(string=True) if RIGHT_TO_LEFT.search(text)]
    values = [
        value
        for tag in page.find_all(True)
        for name, value in tag.attrs.items()
        # A value that is only the name needs no isolation.
        if isinstance(value, str) and name not in {"data-title", "data-by", "data-clips", "value"}
        if RIGHT_TO_LEFT.search(value) and value not in {HEBREW, ARABIC}
    ]
    return [text for text in (*texts, *values) if RIGHT_TO_LEFT.search(re.sub(f"{FSI}[^{PDI}]*{PDI}", "", text))]


@pytest.mark.parametrize("who", PATHS)
def test_no_name_changes_the_direction_of_the_text_around_it(site, who):
    browser = site.browser() if who == "visitor" else site.signed_in(who)
    for path in PATHS[who]:
        page = browser.get(path, expect_errors=True)
        assert RIGHT_TO_LEFT.search(page.text), path
        assert unisolated_texts(page.text) == [], path
        assert page.html.html["lang"] == "en"


def test_the_check_finds_a_name_without_isolation():
    assert unisolated_texts(f"<p>by {HEBREW}</p>") == [f"by {HEBREW}"]
    assert unisolated_texts(f'<img alt="Cover of {HEBREW}">') == [f"Cover of {HEBREW}"]
    assert unisolated_texts(f"<p>by <bdi>{HEBREW}</bdi></p><title>{FSI}{HEBREW}{PDI} by Bob</title>") == []


def test_texts_start_on_the_side_of_their_script(site):
    page = site.browser().get("/albums/album").html
    for selector in (".prose p", ".small-print p", ".lyrics p"):
        assert [text.get("dir") for text in page.select(selector)] == ["auto"] * len(page.select(selector)), selector
    assert site.browser().get("/").html.select_one("#site-search")["dir"] == "auto"
    account = site.signed_in().get("/account").html
    assert account.select_one("#profile-display_name")["dir"] == "auto"
    assert account.select_one("#profile-about")["dir"] == "auto"
    assert account.select_one("#email-email").get("dir") is None


def test_the_feed_keeps_artist_and_title_apart(site):
    feed = site.browser().get("/albums.atom")
    assert f"{FSI}{HEBREW}{PDI}: {FSI}{ARABIC}{PDI}</title>" in feed.text


def test_emails_show_the_store_name_in_its_own_direction(site):
    register(site.browser(), "carol@example.org")
    [mail] = site.mails("carol@example.org")
    assert f"{FSI}{HEBREW}{PDI}" in mail.subject
    assert unisolated_texts(mail.html_body or "") == []
    sentences = [line for line in mail.text_body.splitlines() if line != HEBREW]
    assert RIGHT_TO_LEFT.search(re.sub(f"{FSI}[^{PDI}]*{PDI}", "", "\n".join(sentences))) is None


def test_left_to_right_names_are_left_unchanged(store, testapp):
    store.add(make_album("Ágætis — プール 7!", make_artist("Ω"), url="t"))
    assert testapp.get("/albums/t").html.title.text == "Ágætis — プール 7! by Ω · Test Records"
