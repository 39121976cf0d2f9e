"""Threads that stay on some of the machine's processors."""

import os
import threading

import pytest

from album_store.infrastructure.processors import stay_on, usable_processors


@pytest.mark.skipif(not usable_processors(), reason="this system does not say on which processors threads run")
def test_a_thread_and_those_that_it_starts_stay_on_a_processor_and_others_do_not():
    usable, seen = usable_processors(), []

    def look() -> None:
        seen.append(usable_processors())

    def stay_and_look() -> None:
        stay_on(usable[-1:])
        started = threading.Thread(target=look)
        started.start()
        started.join()
        look()

    thread = threading.Thread(target=stay_and_look)
    thread.start()
    thread.join()
    assert seen == [usable[-1:], usable[-1:]]
    assert usable_processors() == usable


def test_a_system_that_refuses_or_does_not_say_changes_nothing(monkeypatch):
    usable = usable_processors()

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refuse, raising=False)
    stay_on(usable[:1])
    monkeypatch.undo()
    assert usable_processors() == usable
    monkeypatch.setattr(os, "sched_getaffinity", refuse, raising=False)
    assert usable_processors() == []
    monkeypatch.delattr(os, "sched_getaffinity")
    assert usable_processors() == []
    stay_on(usable_processors())
