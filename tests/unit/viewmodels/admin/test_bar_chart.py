"""Numbers as bars."""

from album_store.viewmodels.admin.bar_chart import HEIGHT, MIN_HEIGHT, WIDTH, bars


def test_the_highest_bar_is_as_high_as_the_drawing_and_the_others_in_proportion():
    assert [bar.height for bar in bars([("a", 10), ("b", 5), ("c", 0)])] == [HEIGHT, HEIGHT / 2, 0]


def test_bars_stand_on_the_ground_side_by_side():
    drawn = bars([("a", 3), ("b", 2), ("c", 1)])
    assert {bar.y + bar.height for bar in drawn} == {HEIGHT}
    assert [bar.x for bar in drawn] == [0, WIDTH / 3, WIDTH * 2 / 3]
    assert all(bar.x + bar.width < WIDTH for bar in drawn)


def test_one_among_thousands_can_still_be_seen():
    assert [bar.height for bar in bars([("a", 1), ("b", 100_000)])] == [MIN_HEIGHT, HEIGHT]


def test_nothing_at_all_has_no_height():
    assert [bar.height for bar in bars([("a", 0), ("b", 0)])] == [0, 0]
    assert bars([]) == []


def test_a_bar_says_what_it_stands_for():
    assert [bar.label for bar in bars([("Monday", 3)])] == ["Monday: 3"]
