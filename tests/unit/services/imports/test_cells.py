"""Reading lengths as people and spreadsheet programs write them."""

import pytest

from album_store.services.imports import cells


@pytest.mark.parametrize("read", [cells.clock_length, cells.length_ms])
@pytest.mark.parametrize(
    ("raw", "length_ms"),
    [
        ("3:05", 185_000),
        ("03:05", 185_000),
        ("0:03:05", 185_000),
        ("0:30", 30_000),
        ("1:02:33", 3_753_000),
        ("62:33", 3_753_000),
        ("120:00", 7_200_000),
        ("3:05.25", 185_250),
        ("3:05,250", 185_250),
        ("0:00.4", 400),
        ("1:02:00.0", 3_720_000),
        ("", None),
    ],
)
def test_a_length_in_minutes_and_seconds_is_read(read, raw, length_ms):
    assert read(raw) == length_ms


def test_milliseconds_are_read_only_in_their_own_column():
    assert cells.length_ms("185000") == 185_000
    with pytest.raises(ValueError, match=r"“185000” is not a length\. Write minutes and seconds such as 3:05"):
        cells.clock_length("185000")


@pytest.mark.parametrize("raw", ["03:05:00", "3:05:00"])
def test_minutes_that_a_spreadsheet_may_have_turned_into_hours_are_refused(raw):
    with pytest.raises(
        ValueError,
        match=r"may be 3:05, changed by a spreadsheet program\. .* write 3:05\. If you mean hours, write 185:00",
    ):
        cells.length_ms(raw)
