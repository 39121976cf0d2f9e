"""Tasks that run at intervals."""

import threading
import time
from datetime import UTC, datetime

import pytest
import time_machine

from album_store.worker.interval_task import DAY_S, HOUR_S, IntervalTask


class Work:
    """Counts its runs and raises `trouble` if that is set."""

    def __init__(self) -> None:
        self.count = 0
        self.trouble: Exception | None = None

    def __call__(self) -> None:
        self.count += 1
        if self.trouble:
            raise self.trouble


def daily(work):
    return IntervalTask("purge", work, interval_s=DAY_S, retry_s=HOUR_S)


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def pass_time(monkeypatch):
    """Stops the monotonic clock; the returned function moves it forward."""
    now = round(time.monotonic())  # so that whole seconds add up without rounding errors
    monkeypatch.setattr(time, "monotonic", lambda: now)

    def pass_time(seconds: float) -> None:
        nonlocal now
        now += seconds

    return pass_time


def test_a_daily_task_runs_at_the_start_and_then_once_a_day(work, pass_time):
    task = daily(work)
    counts = []
    for seconds in (0, 1, DAY_S - 2, 1, 1, DAY_S):
        pass_time(seconds)
        task.run_if_due()
        counts.append(work.count)
    assert counts == [1, 1, 1, 2, 2, 3]


def test_a_task_may_begin_later(work, pass_time):
    task = IntervalTask("pictures", work, interval_s=1, retry_s=1, delay_s=30)
    counts = []
    for seconds in (0, 29, 1):
        pass_time(seconds)
        task.run_if_due()
        counts.append(work.count)
    assert counts == [0, 0, 1]


def test_a_failed_task_is_logged_and_retried_after_an_hour(work, pass_time, caplog):
    task, work.trouble = daily(work), RuntimeError("the database is busy")
    task.run_if_due()
    assert "event=task-error task=purge" in caplog.text
    assert "the database is busy" in caplog.text
    work.trouble = None
    counts = []
    for seconds in (HOUR_S - 60, 61, HOUR_S, DAY_S):
        pass_time(seconds)
        task.run_if_due()
        counts.append(work.count)
    assert counts == [1, 2, 2, 3]


def test_changing_the_clock_does_not_delay_or_repeat_a_task(work, pass_time):
    task = daily(work)
    for year in (2026, 2016, 2036):
        with time_machine.travel(datetime(year, 5, 12, tzinfo=UTC), tick=False):
            pass_time(1)
            task.run_if_due()
    assert work.count == 1
    with time_machine.travel(datetime(2016, 5, 12, tzinfo=UTC), tick=False):
        pass_time(DAY_S)
        task.run_if_due()
    assert work.count == 2


def test_a_task_runs_until_it_is_stopped():
    stopped, counts = threading.Event(), []

    def work() -> None:
        counts.append(1)
        if len(counts) == 3:
            stopped.set()

    IntervalTask("often", work, interval_s=0, retry_s=0).run(stopped)
    assert len(counts) == 3


def test_nothing_runs_once_it_is_stopped(work):
    stopped = threading.Event()
    stopped.set()
    daily(work).run(stopped)
    assert work.count == 0


def test_between_two_runs_a_task_waits_until_it_is_due_or_stopped(work):
    class Stopped(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            self.set()
            return True

    waits: list[float] = []
    daily(work).run(Stopped())
    assert work.count == 1
    assert waits == [pytest.approx(DAY_S, abs=60)]
