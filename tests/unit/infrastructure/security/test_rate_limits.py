"""Rate limits, with and without Redis."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from album_store.infrastructure.security import rate_limits
from album_store.infrastructure.security.rate_limits import MEMORY, Limit, RateLimiter
from tests.support.redis_server import RedisServer

THREE = Limit.parse("three", "3/minute")
GROWING = Limit.parse("growing", "2/minute; 4/hour; 5/day")


@pytest.fixture
def redis():
    if RedisServer.PROGRAM is None:
        pytest.skip("redis-server is not installed")
    server = RedisServer()
    yield server
    server.kill()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.server)])
def storage(request):
    return MEMORY if request.param == "memory" else request.getfixturevalue("redis").url


@pytest.fixture
def limiter(storage):
    return RateLimiter(storage, "https://one.example")


def takes(limiter, limit, who, times):
    """Return for each attempt whether it was allowed."""
    return [limiter.hit(limit, who) == 0 for _ in range(times)]


def test_attempts_beyond_the_limit_are_refused_with_the_seconds_to_wait(limiter):
    assert takes(limiter, THREE, "alice", 4) == [True, True, True, False]
    assert 50 <= limiter.hit(THREE, "alice") <= 60


def test_other_keys_and_other_limits_are_counted_separately(limiter):
    takes(limiter, THREE, "alice", 4)
    assert limiter.hit(THREE, "bob") == 0
    assert limiter.hit(GROWING, "alice") == 0


def test_a_refunded_hit_does_not_count(limiter):
    for _ in range(10):
        assert limiter.hit(THREE, "alice") == 0
        limiter.refund(THREE, "alice")
    assert takes(limiter, THREE, "alice", 4) == [True, True, True, False]


def test_refunding_more_hits_than_were_made_does_not_raise_the_limit(limiter):
    for _ in range(5):
        limiter.refund(THREE, "alice")
    assert takes(limiter, THREE, "alice", 4) == [True, True, True, False]


def test_simultaneous_hits_do_not_exceed_the_limit(limiter):
    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(lambda _: limiter.hit(THREE, "alice"), range(64)))
    assert waits.count(0) == 3
    assert limiter.hit(THREE, "alice") > 0


def test_checking_whether_a_limit_is_reached_is_not_a_hit(limiter):
    for _ in range(5):
        assert not limiter.is_reached(THREE, "alice")
    takes(limiter, THREE, "alice", 2)
    assert not limiter.is_reached(THREE, "alice")
    takes(limiter, THREE, "alice", 1)
    assert limiter.is_reached(THREE, "alice")
    assert not limiter.is_reached(THREE, "bob")
    limiter.refund(THREE, "alice")
    assert not limiter.is_reached(THREE, "alice")


def test_a_limit_with_several_rates_is_reached_when_one_rate_is(limiter):
    takes(limiter, GROWING, "alice", 2)
    assert limiter.is_reached(GROWING, "alice")


def test_a_longer_rate_that_is_used_up_counts_after_the_shorter_one_restarts(time_machine):
    limiter = RateLimiter(MEMORY, "a")
    started = time.time()
    for later_s in (0, 61):
        time_machine.move_to(started + later_s)
        takes(limiter, GROWING, "alice", 2)
    time_machine.move_to(started + 122)
    assert limiter.is_reached(GROWING, "alice")
    time_machine.move_to(started + 3_601)
    assert not limiter.is_reached(GROWING, "alice")


@pytest.mark.server
def test_limiters_share_counts_in_redis_within_a_store_but_not_between_stores(redis):
    one, other, neighbour = (RateLimiter(redis.url, scope) for scope in ("a", "a", "b"))
    assert takes(one, THREE, "alice", 2) + takes(other, THREE, "alice", 2) == [True, True, True, False]
    assert neighbour.hit(THREE, "alice") == 0


@pytest.mark.server
def test_redis_stores_no_email_address_and_every_counter_expires(redis):
    redis_package = pytest.importorskip("redis")
    RateLimiter(redis.url, "a").hit(GROWING, "alice@example.org")
    with closing(redis_package.from_url(redis.url)) as client:
        keys = client.keys("*")
        assert len(keys) == 3
        assert not [key for key in keys if b"alice" in key]
        assert all(client.ttl(key) > 0 for key in keys)


@pytest.mark.server
def test_without_redis_the_process_counts_itself_and_logs_it(redis, caplog):
    limiter = RateLimiter(redis.url, "a")
    takes(limiter, THREE, "alice", 4)
    redis.kill()
    assert takes(limiter, THREE, "alice", 5) == [True, True, True, False, False]
    assert caplog.text.count("event=limits-storage-gone counting=in-process") == 1
    limiter.refund(THREE, "alice")


@pytest.mark.server
def test_a_redis_that_is_back_is_shared_again(redis, monkeypatch):
    monkeypatch.setattr(rate_limits, "REDIS_RETRY_S", 0)
    one, other = (RateLimiter(redis.url, "a") for _ in range(2))
    redis.kill()
    assert takes(one, THREE, "alice", 1) == [True]
    redis.start()
    assert takes(one, THREE, "alice", 2) + takes(other, THREE, "alice", 2) == [True, True, True, False]


@pytest.mark.server
def test_a_redis_that_does_not_respond_delays_only_one_request(redis, caplog):
    limiter = RateLimiter(redis.url, "a")
    redis.freeze()
    assert takes(limiter, THREE, "alice", 4) == [True, True, True, False]
    assert caplog.text.count("event=limits-storage-gone") == 1


@pytest.mark.server
def test_a_store_starts_and_counts_without_redis(redis):
    redis.kill()
    assert takes(RateLimiter(redis.url, "a"), THREE, "alice", 4) == [True, True, True, False]


@pytest.mark.parametrize(("later_s", "allowed"), [(0, 2), (61, 4), (122, 4), (3_700, 5), (3_800, 5), (90_000, 7)])
def test_the_wait_grows_with_the_number_of_attempts(later_s, allowed, time_machine):
    """Two attempts are allowed per minute, four per hour, five per day."""
    moments = [moment for moment in (0, 61, 122, 3_700, 3_800, 90_000) if moment <= later_s]
    limiter, passed = RateLimiter(MEMORY, "a"), 0
    started = time.time()
    for moment in moments:
        time_machine.move_to(started + moment)
        passed += takes(limiter, GROWING, "alice", 20).count(True)
    assert passed == allowed


def test_hits_refused_by_the_shortest_rate_do_not_use_up_longer_ones(time_machine):
    limiter = RateLimiter(MEMORY, "a")
    started = time.time()
    time_machine.move_to(started)
    takes(limiter, GROWING, "alice", 1_000)
    time_machine.move_to(started + 61)
    assert limiter.hit(GROWING, "alice") == 0
