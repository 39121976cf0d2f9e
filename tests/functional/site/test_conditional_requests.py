"""Conditional and range requests: malformed headers are ignored, and every answer has the security headers."""

import pytest

from album_store.infrastructure.web.headers import HEADERS
from tests.support.shared_store import store_in
from tests.support.whole_site import WholeSite

MANY_DIGITS = "9" * 5_000
YEAR_OF_FIVE_DIGITS = "Sun, 06 Nov 19944 08:49:37 GMT"
POLICY_OF_PLACEHOLDERS = "default-src 'none'; style-src 'unsafe-inline'"
PATHS = [
    "cover",
    "clip",
    "/albums/album/cover.svg",
    "/static/css/base.css",
    "/static/js/player.js",
    "/static/nothing",
    "/styles.css",
    "/albums.atom",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/robots.txt",
    "/health",
    "/",
    "/nothing",
]
BROKEN = [
    {"If-Modified-Since": YEAR_OF_FIVE_DIGITS},
    {"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 +9999999999"},
    {"If-Modified-Since": "Sun, 06 Nov 0000 08:49:37 -2359"},
    {"If-Modified-Since": "\xff"},
    {"If-None-Match": "a"},
    {"If-None-Match": '"' * 9_999},
    {"If-Match": '"'},
    {"If-Unmodified-Since": YEAR_OF_FIVE_DIGITS},
    {"Range": f"bytes={MANY_DIGITS}-"},
    {"Range": f"bytes=0-{MANY_DIGITS}"},
    {"Range": f"bytes=-{MANY_DIGITS}"},
    {"Range": "bytes=5-4"},
    {"Range": "bytes=0-1,3-4"},
    {"Range": "bytes=-0"},
    {"Range": "items=0-1"},
    {"Range": "bytes=0-1", "If-Range": YEAR_OF_FIVE_DIGITS},
    {"Range": "bytes=0-1", "If-Range": "yesterday GMT"},
    {"Range": "bytes=0-1", "If-Range": "*"},
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """One site shared by all tests, which only read."""
    folder = tmp_path_factory.mktemp("site")
    with store_in(folder) as store:
        yield WholeSite(store, folder)


@pytest.fixture(scope="module")
def files(site):
    """The paths of a cover and a clip, by name."""
    return {"cover": f"/covers/{site.cover}-480.jpg", "clip": f"/previews/{site.clip}"}


def assert_promised(answer):
    own = {"Content-Security-Policy": POLICY_OF_PLACEHOLDERS} if "/cover.svg" in answer.request.path else {}
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS | own


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_malformed_conditional_or_range_header_is_ignored_everywhere(site, files, method):
    for path in (files.get(name, name) for name in PATHS):
        whole = site.visitor.request(path, method=method, expect_errors=True)
        for headers in BROKEN:
            answer = site.visitor.request(path, method=method, headers=headers, expect_errors=True)
            assert (answer.status, len(answer.body)) == (whole.status, len(whole.body)), (path, headers)
            assert_promised(answer)


@pytest.mark.parametrize("name", ["cover", "clip", "/albums/album/cover.svg", "/styles.css", "/albums.atom"])
def test_an_unchanged_file_is_not_sent_again(site, files, name):
    path = files.get(name, name)
    whole = site.visitor.get(path)
    assert whole.headers["Cache-Control"] != "no-store"
    tag = whole.headers["ETag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}'):
        answer = site.visitor.get(path, headers={"If-None-Match": condition}, status=304)
        assert_promised(answer)
        assert answer.headers["Cache-Control"] == whole.headers["Cache-Control"]
    site.visitor.get(path, headers={"If-None-Match": '"other"'}, status=200)


@pytest.mark.parametrize("name", ["cover", "/static/css/base.css"])
def test_if_modified_since_counts_only_without_an_entity_tag(site, files, name):
    path = files.get(name, name)
    date = {"If-Modified-Since": site.visitor.get(path).headers["Last-Modified"]}
    assert_promised(site.visitor.get(path, headers=date, status=304))
    site.visitor.get(path, headers=date | {"If-None-Match": '"other"'}, status=200)


@pytest.mark.parametrize("name", ["cover", "clip"])
def test_an_unsatisfiable_range_is_not_cached(site, files, name):
    answer = site.visitor.get(files[name], headers={"Range": "bytes=99999999-"}, status=416)
    assert_promised(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    assert site.visitor.get(files[name]).headers["Cache-Control"].endswith("immutable")


@pytest.mark.parametrize("name", ["cover", "clip", "/static/css/base.css"])
def test_a_suffix_range_longer_than_the_file_returns_all_of_it(site, files, name):
    path = files.get(name, name)
    whole = site.visitor.get(path).body
    for length in (len(whole), len(whole) + 1, 99_999_999):
        answer = site.visitor.get(path, headers={"Range": f"bytes=-{length}"}, status=206)
        assert answer.headers["Content-Range"] == f"bytes 0-{len(whole) - 1}/{len(whole)}"
        assert answer.body == whole
        assert_promised(answer)
    assert site.visitor.get(path, headers={"Range": "bytes=-1"}, status=206).body == whole[-1:]


def test_head_ignores_the_range(site, files):
    whole = site.visitor.get(files["clip"])
    answer = site.visitor.head(files["clip"], headers={"Range": "bytes=0-1"}, status=200)
    assert answer.headers["Content-Length"] == whole.headers["Content-Length"]


def test_if_range_with_another_version_returns_the_whole_file(site, files):
    tag = site.visitor.get(files["clip"]).headers["ETag"]
    site.visitor.get(files["clip"], headers={"Range": "bytes=0-1", "If-Range": tag}, status=206)
    site.visitor.get(files["clip"], headers={"Range": "bytes=0-1", "If-Range": '"other"'}, status=200)
