"""In-memory counters: their number is bounded, the oldest are dropped first, clock changes do not extend a window."""

import threading
import time

import pytest
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from album_store.infrastructure.security import bounded_counters
from album_store.infrastructure.security.bounded_counters import MAX_LOOKS, BoundedCounters

DAY_S = 86_400


@pytest.fixture
def room_for_ten(monkeypatch):
    monkeypatch.setattr(bounded_counters, "MAX_COUNTERS", 10)


@pytest.fixture
def counters(room_for_ten, clock):
    return BoundedCounters()


def bring(counters, count, name="stranger"):
    for number in range(count):
        counters.incr(f"{name}-{number}", DAY_S)


def test_the_number_of_counters_is_bounded_and_the_oldest_are_dropped_first(counters):
    bring(counters, 15)
    assert len(counters) == 10
    assert [number for number in range(15) if counters.get(f"stranger-{number}")] == list(range(5, 15))


def test_a_counter_with_many_hits_outlasts_as_many_rounds_of_new_ones(counters):
    for _ in range(5):
        counters.incr("victim", DAY_S)
    bring(counters, 45)
    assert counters.get("victim") == 5
    bring(counters, 10, "latecomer")
    assert counters.get("victim") == 0


def test_counters_with_many_hits_still_make_room_for_a_new_one(counters):
    for _ in range(50):
        bring(counters, 10, "busy")
    bring(counters, 1, "new")
    assert len(counters) == 10
    assert counters.get("new-0") == 1


def test_an_expired_window_is_dropped_first_even_with_many_hits(counters, clock):
    for _ in range(50):
        counters.incr("short", 60)
    bring(counters, 9)
    clock.shift(61)
    bring(counters, 1, "new")
    assert [counters.get(key) for key in ("short", "stranger-0", "new-0")] == [0, 1, 1]


def test_each_new_window_removes_a_few_expired_ones(monkeypatch, clock):
    monkeypatch.setattr(bounded_counters, "MAX_COUNTERS", 100)
    counters = BoundedCounters()
    bring(counters, 50)
    clock.shift(DAY_S + 1)
    bring(counters, 1, "new")
    assert len(counters) == 50 - MAX_LOOKS + 1
    bring(counters, 50, "newer")
    assert len(counters) == 51


def test_a_window_ends_at_the_exact_second(counters, clock):
    counters.incr("alice", 60)
    ends = counters.get_expiry("alice")
    clock.shift(59)
    assert (counters.incr("alice", 60), counters.get_expiry("alice")) == (2, ends)
    clock.shift(1)
    assert (counters.get("alice"), counters.get_expiry("alice")) == (0, time.time())
    assert counters.incr("alice", 60) == 1


def test_setting_the_clock_back_keeps_the_hits_and_extends_no_window(counters, clock):
    counters.incr("alice", 60)
    clock.shift(-DAY_S)
    assert counters.get_expiry("alice") == time.time() + 60
    assert counters.incr("alice", 60) == 2
    clock.shift(60)
    assert counters.get("alice") == 0


def test_setting_the_clock_forward_and_back_locks_no_client_out(counters, clock):
    clock.shift(DAY_S)
    counters.incr("alice", 60)
    clock.shift(-DAY_S)
    assert counters.get("alice") == 1
    clock.shift(61)
    assert counters.get("alice") == 0


def test_one_counter_or_all_counters_can_be_cleared(counters):
    bring(counters, 3)
    counters.clear("stranger-0")
    counters.clear("unknown")
    assert counters.get("stranger-0") == 0
    assert counters.reset() == 2
    assert len(counters) == 0
    assert counters.check()


def test_counting_starts_no_thread(counters):
    before = threading.active_count()
    strategy = FixedWindowRateLimiter(counters)
    assert [strategy.hit(parse("2/minute"), "alice") for _ in range(3)] == [True, True, False]
    assert threading.active_count() == before
