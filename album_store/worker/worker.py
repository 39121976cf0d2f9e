"""The worker: threads that send email and run tasks."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

from album_store.worker.interval_task import IntervalTask
from album_store.worker.mail_worker import MailWorker


class Worker:
    """Sends email in one thread and runs each interval task in another, so that none delays the others."""

    def __init__(self, mail: MailWorker, tasks: Sequence[IntervalTask]) -> None:
        self.mail = mail
        self._tasks = tasks
        self._stopped = threading.Event()

    def start(self) -> list[threading.Thread]:
        """Start and return the threads. They end with the process."""
        return [
            _start("mail-worker", self.mail.run),
            *(_start(task.name, partial(task.run, self._stopped)) for task in self._tasks),
        ]

    def stop(self) -> None:
        """Stop all threads for good, after the current email or task."""
        self._stopped.set()
        self.mail.stop()


def _start(name: str, work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread
