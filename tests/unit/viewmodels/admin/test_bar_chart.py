"""Bar charts."""

from album_store.viewmodels.admin.bar_chart import HEIGHT, MIN_HEIGHT, WIDTH, bars


def test_the_highest_bar_fills_the_chart_and_the_others_are_in_proportion():
    assert [bar.height for bar in bars([("a", 10), ("b", 5), ("c", 0)])] == [HEIGHT, HEIGHT / 2, 0]


def test_bars_stand_side_by_side_on_the_baseline():
    drawn = bars([("a", 3), ("b", 2), ("c", 1)])
    assert {bar.y + bar.height for bar in drawn} == {HEIGHT}
    assert [bar.x for bar in drawn] == [0, WIDTH / 3, WIDTH * 2 / 3]
    assert all(bar.x + bar.width < WIDTH for bar in drawn)


def test_a_very_small_value_is_still_visible():
    assert [bar.height for bar in bars([("a", 1), ("b", 100_000)])] == [MIN_HEIGHT, HEIGHT]


def test_bars_for_zero_have_no_height():
    assert [bar.height for bar in bars([("a", 0), ("b", 0)])] == [0, 0]
    assert bars([]) == []


def test_a_bar_is_labelled_with_its_name_and_value():
    assert [bar.label for bar in bars([("Monday", 3)])] == ["Monday: 3"]
