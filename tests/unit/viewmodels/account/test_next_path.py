"""The page to return to after signing in."""

import pytest

from album_store.viewmodels.account.next_path import safe_next_path


@pytest.mark.parametrize(
    "path",
    ["/", "/albums", "/albums?sort=title&after=a.1", "/albums/a-b_c~d", "/a/b#tracks", "/caf%C3%A9", "/a//b", "/@"],
)  # fmt: skip
def test_a_path_on_this_site_is_accepted(path):
    assert safe_next_path(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "albums",
        "https:evil.test",
        "https://evil.test",
        "HTTPS://evil.test",
        "http:///evil.test",
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\/evil.test",
        "\\\\evil.test",
        "/a\\..\\evil.test",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.test",
        "/\n/evil.test",
        "/\r/evil.test",
        "\t//evil.test",
        " /albums",
        "/albums ",
        "/albums\n",
        "/al bums",
        "/\0",
        "/\x7f",
        "/\u2215evil.test",
        "/\uff0fevil.test",
        "/caf\u00e9",
        "?next=/",
        "#a",
        ".",
        "..//evil.test",
        "/" + "a" * 2_000,
    ],
)
def test_anything_but_a_path_on_this_site_is_rejected(elsewhere):
    assert safe_next_path(elsewhere) == ""
