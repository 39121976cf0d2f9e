"""Converting the text of a setting to a value."""

import re
import sys
from pathlib import Path

import pytest

from album_store.infrastructure import setting_types as types

READ = [
    (types.text, "a", "a"),
    (types.optional_text, "", ""),
    (types.path, "a/b", Path("a/b")),
    *[(types.boolean, word, True) for word in ("true", "True", "YES", "on", "1")],
    *[(types.boolean, word, False) for word in ("false", "False", "NO", "off", "0")],
    (types.one_of("a", "b"), "b", "b"),
    (types.whole_number(1, 10), "1", 1),
    (types.whole_number(1, 10), "10", 10),
    (types.whole_number(-5, 5), "-5", -5),
    (types.colour, "#C8391F", "#c8391f"),
    (types.currency, "JPY", "JPY"),
    (types.locale, "pt_BR", "pt_BR"),
    (types.site_url, "https://music.example.org", "https://music.example.org"),
    (types.site_url, "https://Music.Example.ORG", "https://music.example.org"),
    (types.site_url, "https://music.example.org/", "https://music.example.org"),
    (types.site_url, "http://localhost:6543", "http://localhost:6543"),
    (types.site_url, "http://[::1]:6543", "http://[::1]:6543"),
    (types.database_url, "sqlite:////srv/store.sqlite", "sqlite:////srv/store.sqlite"),
    *[
        (types.database_url, url, url)
        for url in (
            "sqlite://",
            "postgresql+psycopg:///store?host=/var/run/postgresql",
            "mariadb+pymysql://store@localhost/store?unix_socket=/run/mysqld/mysqld.sock",
            "mysql+pymysql://store:a%40b@db.example.org:3307/store",
        )
    ],
    (types.email, "store@example.org", "store@example.org"),
]
REFUSED = [
    (types.text, [""]),
    (types.path, [""]),
    (types.boolean, ["", "maybe", "2", "truee"]),
    (types.one_of("a", "b"), ["", "A", "c", "a b"]),
    (types.whole_number(1, 10), ["", "0", "11", "-1", "1.5", "1e1", "0x1", "one", "9" * 30, "\u0663", "1_0", " 1"]),
    (types.colour, ["", "red", "#fff", "c8391f", "#c8391g", "#c8391f0", "#c8391f\n"]),
    (types.currency, ["", "eur", "EURO", "XYZ1"]),
    (types.locale, ["", "xx_YY", "english", "en-", "../en"]),
    (
        types.site_url,
        ["", "music.example.org", "//music.example.org", "ftp://a.org", "https://", "https:///a", "https://a.org/store",
         "https://a.org?x=1", "javascript:alert(1)", "https://[a", "https://[1:2]", "https://a.org:port", "https://a.org#x",
         "https://user:pw@a.org", "https://a b.org", "https://-a.org", "https://a.org\n", "https://m\u00fcsik.example.org"],
    ),
    (
        types.database_url,
        ["", "store.sqlite", "nosuch://localhost/store", "sqlite+nosuch:///store.sqlite", "sqlite+aiosqlite:///store.sqlite",
         "mysql://root@localhost/store", "postgresql+psycopg2://a.org/store", "oracle+oracledb://a.org/store",
         "postgresql+psycopg://a.org:port/store", "postgresql+psycopg://a.org", "mariadb+pymysql://a.org/"],
    ),
    (types.email, ["", "store", "a@b@c.org", "store@", "a@b.org,c@d.org", "a@b.org\nBcc: c@d.org", "st\u00f6re@b.org"]),
]  # fmt: skip


@pytest.mark.parametrize(("read", "raw", "value"), READ)
def test_a_valid_value_is_read(read, raw, value):
    assert read(raw) == value


@pytest.mark.parametrize(("read", "raw"), [(read, raw) for read, texts in REFUSED for raw in texts])
def test_the_error_for_an_invalid_value_says_what_it_must_be(read, raw):
    with pytest.raises(ValueError, match=r"^must "):
        read(raw)


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [
        ("postgresql+psycopg://localhost/store", "psycopg", "postgresql"),
        ("mariadb+pymysql://localhost/store", "pymysql", "mysql"),
    ],
)
def test_a_missing_driver_is_named_by_the_extra_that_installs_it(monkeypatch, url, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ValueError, match=re.escape(f"album-store[{extra}]")):
        types.database_url(url)
