"""Which conditional and range headers are kept or ignored."""

import pytest

from album_store.infrastructure.web.conditional_requests import ignore_malformed

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
MANY_DIGITS = "9" * 5_000


def kept(method: str = "GET", **headers: str) -> set[str]:
    """Return the names of the headers that are kept."""
    environ = {"REQUEST_METHOD": method} | {f"HTTP_{name}": value for name, value in headers.items()}
    ignore_malformed(environ)
    return {name.removeprefix("HTTP_") for name in environ if name.startswith("HTTP_")}


@pytest.mark.parametrize("date", [DATE, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_date_in_any_of_the_three_forms_is_kept(method, date):
    assert kept(method, IF_MODIFIED_SINCE=date) == {"IF_MODIFIED_SINCE"}


@pytest.mark.parametrize(
    "date",
    [
        "", " ", "yesterday", "0", "\xff", DATE.removesuffix(" GMT"), DATE.replace("GMT", "+0000"), f"{DATE}, {DATE}",
        DATE.replace("1994", "19944"), DATE.replace("1994", MANY_DIGITS), DATE.replace("1994", "0000"),
        DATE.replace("06", "31"), DATE.replace("06", "-6"), DATE.replace("08", "24"), DATE.replace("Nov", "Nox"),
        "Fri, 31 Dec 9999 23:59:60 GMT", f'"{DATE}"', "Sun, 06 Nov 1994 08:49:37 +9999999999",
    ],
)  # fmt: skip
def test_any_other_date_is_ignored(date):
    assert kept(IF_MODIFIED_SINCE=date) == set()


def test_a_date_together_with_an_entity_tag_is_ignored():
    assert kept(IF_MODIFIED_SINCE=DATE, IF_NONE_MATCH='"a"') == {"IF_NONE_MATCH"}
    assert kept(IF_MODIFIED_SINCE=DATE, IF_NONE_MATCH="a") == {"IF_MODIFIED_SINCE"}


@pytest.mark.parametrize("tags", ['"a"', 'W/"a"', '""', '"a", W/"b","c"', "*", '"\xe9"', '"a,b"'])
def test_entity_tags_are_kept(tags):
    assert kept(IF_NONE_MATCH=tags) == {"IF_NONE_MATCH"}


@pytest.mark.parametrize(
    "tags", ["", "a", '"a', 'a"', '"a" "b"', '"a",', 'w/"a"', '"a b"', '*, "a"', '"\0"', '"' * 9_999]
)
def test_an_invalid_list_of_entity_tags_is_ignored(tags):
    assert kept(IF_NONE_MATCH=tags) == set()


@pytest.mark.parametrize(
    "range_", ["bytes=0-0", "bytes=5-", "bytes=-5", "BYTES=0-499", "bytes=-010", f"bytes={'9' * 18}-"]
)
def test_a_single_range_is_kept(range_):
    assert kept(RANGE=range_) == {"RANGE"}


@pytest.mark.parametrize(
    "range_",
    [
        "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=-0", "bytes=-000", "bytes=--5", "bytes=+0-5",
        "bytes=0-1,3-4", "bytes=0-1, bytes=0-1", "bytes= 0-5", "bytes=0-5x", "items=0-5", "0-5", "bytes=\u0660-",
        f"bytes=0-{MANY_DIGITS}", f"bytes={MANY_DIGITS}-", f"bytes=-{MANY_DIGITS}",
    ],
)  # fmt: skip
def test_any_other_range_is_ignored(range_):
    assert kept(RANGE=range_) == set()


@pytest.mark.parametrize("method", ["HEAD", "POST"])
def test_a_range_is_kept_only_for_get(method):
    assert kept(method, RANGE="bytes=0-1") == set()


def test_a_range_with_an_entity_tag_in_if_range_is_kept():
    assert kept(RANGE="bytes=0-1", IF_RANGE='"a"') == {"RANGE", "IF_RANGE"}


@pytest.mark.parametrize(
    "condition", ["", "a", "*", 'W/"a"', '"a", "b"', DATE, DATE.replace("1994", "19944"), "yesterday GMT", " GMT"]
)
def test_a_range_with_any_other_if_range_is_ignored(condition):
    assert kept(RANGE="bytes=0-1", IF_RANGE=condition) == set()


def test_if_range_without_a_valid_range_has_no_effect():
    assert "RANGE" not in kept(RANGE="bytes=5-4", IF_RANGE='"a"') | kept(IF_RANGE='"a"')
