"""Which hosts the store accepts, and the host and scheme that the application sees."""

from typing import Any

import pytest

from album_store.infrastructure.settings import Settings, read_settings
from album_store.infrastructure.web.site_host import SiteHost

SITE = "https://music.example.org"
LOOPBACK = ["localhost", "LOCALHOST:8080", "localhost.", "127.0.0.1:6543", "127.8.9.10", "[::1]:6543", "[0:0::0:1]"]
FOREIGN = [
    "evil.test", "evil.test:443", "music.example.org.evil.test", "example.org", "xmusic.example.org",
    "127.0.0.1.evil.test", "203.0.113.9", "192.168.1.5:6543", "0.0.0.0:6543", "[2001:db8::1]", "2130706433", "0x7f.1",
    "127.1", "localhost.evil.test", "music.example.org..", "store.localhost",
]  # fmt: skip
MALFORMED = [
    "", " ", ":443", ".", "music.example.org, evil.test", "evil.test, music.example.org", "music.example.org:443:443",
    "music.example.org:evil", "music.example.org/", "music.example.org@evil.test", "user@music.example.org", "::1",
    "[::1", "[::1]evil.test", "[zz]", "[1:2]", "[::1%25eth0]", "m\xfcsik.example", "music.example.org\\evil", "a b",
    "\0", "music.example.org#x", "music.example.org?", "127.0.0.1, evil.test", "\u0661.0.0.1",
]  # fmt: skip


def settings(environment: str, site_url: str) -> Settings:
    ini = {"sqlalchemy.url": "sqlite://", "media.folder": "media", "mail.sender": "store@example.org"}
    return read_settings(ini | {"store.environment": environment, "store.site_url": site_url}, environ={})


def asked(host: str | None, **environ: str) -> dict[str, Any]:
    return {"wsgi.url_scheme": "http"} | ({} if host is None else {"HTTP_HOST": host}) | environ


def applied(site_host: SiteHost, environ: dict[str, Any]) -> tuple[str, str]:
    """Return the scheme and host that the application sees for an accepted request."""
    assert site_host.accepts(environ)
    site_host.apply_to(environ)
    return environ["wsgi.url_scheme"], environ["HTTP_HOST"]


@pytest.mark.parametrize("environment", ["production", "development"])
@pytest.mark.parametrize(
    ("site_url", "host"),
    [
        (SITE, "music.example.org"),
        (SITE, "Music.EXAMPLE.org"),
        (SITE, "music.example.org."),
        (SITE, "music.example.org:443"),
        (SITE, "music.example.org:"),
        (SITE, "music.example.org:6543"),  # a proxy on the same machine, or a tunnel
        ("https://music.example.org:8443", "music.example.org:8443"),
        ("https://music.example.org:8443", "music.example.org"),  # nginx leaves the port out of $host
        ("https://xn--msik-0ra.example.org", "XN--msik-0ra.example.org"),
        ("https://[2001:db8::1]", "[2001:DB8:0::1]"),
        ("https://203.0.113.9", "203.0.113.9:443"),
    ],
)
def test_every_spelling_of_the_stores_host_is_accepted_and_normalised(environment, site_url, host):
    scheme, site = site_url.split("://")
    assert applied(SiteHost(settings(environment, site_url)), asked(host)) == (scheme, site)


@pytest.mark.parametrize("host", [*FOREIGN, *MALFORMED, None])
@pytest.mark.parametrize("environment", ["production", "development"])
def test_another_host_or_a_missing_host_is_refused(environment, host):
    assert not SiteHost(settings(environment, SITE)).accepts(asked(host))


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_addresses_are_accepted_and_kept_in_development(host):
    for site_url in ("http://localhost:6543", "http://192.168.1.5:6543", SITE):
        assert applied(SiteHost(settings("development", site_url)), asked(host)) == ("http", host)


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_addresses_are_refused_in_production(host):
    assert not SiteHost(settings("production", SITE)).accepts(asked(host))


@pytest.mark.parametrize(
    "forwarded",
    [{"HTTP_X_FORWARDED_HOST": "music.example.org"}, {"HTTP_FORWARDED": "host=music.example.org"},
     {"SERVER_NAME": "music.example.org"}, {"HTTP_X_HOST": "music.example.org"}],
)  # fmt: skip
def test_no_other_header_replaces_the_host(forwarded):
    site_host = SiteHost(settings("production", SITE))
    assert not site_host.accepts(asked("evil.test", **forwarded))
    assert not site_host.accepts(asked(None, **forwarded))


@pytest.mark.parametrize(
    ("target", "host", "accepted"),
    [
        ("https://music.example.org/albums", "evil.test", True),
        ("HTTP://Music.example.org", "evil.test", True),
        ("http://evil.test/albums", "music.example.org", False),
        ("http://music.example.org@evil.test/", "music.example.org", False),
        ("http:///albums", "music.example.org", False),
        ("x-y+z.1://evil.test?music.example.org", "music.example.org", False),
        ("//evil.test/albums", "music.example.org", True),  # a path
        ("/albums?next=http://evil.test", "music.example.org", True),
    ],
)
def test_an_absolute_request_target_overrides_the_host_header(target, host, accepted):
    environ = asked(host, REQUEST_URI=target)
    assert SiteHost(settings("production", SITE)).accepts(environ) is accepted


def test_a_loopback_request_target_overrides_a_foreign_host_header():
    environ = asked("evil.test", REQUEST_URI="http://127.0.0.1:6543/mail")
    assert applied(SiteHost(settings("development", SITE)), environ) == ("http", "127.0.0.1:6543")
