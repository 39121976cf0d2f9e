"""Showing the text of an email with its links."""

import pytest

from album_store.viewmodels.mailbox.mailbox_details_viewmodel import TextPiece, split_text


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://music.example/a?b=1&c=2, or not", ["https://music.example/a?b=1&c=2"]),
        ("(http://music.example/x).", ["http://music.example/x"]),
        ("http://a.example/\nhttps://b.example/x", ["http://a.example/", "https://b.example/x"]),
        ('javascript:alert(1) ftp://x.example "https://c.example"', ["https://c.example"]),
        ("nothing here, not even in https://", []),
    ],
)
def test_only_web_addresses_become_links(text, links):
    pieces = split_text(text)
    assert [piece.text for piece in pieces if piece.is_link] == links
    assert "".join(piece.text for piece in pieces) == text


def test_an_empty_text_has_no_links():
    assert split_text("") == [TextPiece("", is_link=False)]
