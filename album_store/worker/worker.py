"""The worker: separate threads that send mail and run tasks."""

import threading
from collections.abc import Callable, Sequence

from album_store.worker.interval_task import IntervalTask, run_tasks
from album_store.worker.mail_worker import MailWorker


class Worker:
    """Sends mail in one thread and runs interval tasks in another, so that a slow mail server delays no task."""

    def __init__(self, mail: MailWorker, tasks: Sequence[IntervalTask]) -> None:
        self.mail = mail
        self._tasks = tasks
        self._stopped = threading.Event()

    def start(self) -> list[threading.Thread]:
        """Start the threads, which end with the process, and return them."""
        return [
            _start("mail-worker", self.mail.run),
            _start("interval-tasks", lambda: run_tasks(self._tasks, self._stopped)),
        ]

    def stop(self) -> None:
        """Stop both threads for good, after the current mail or task."""
        self._stopped.set()
        self.mail.stop()


def _start(name: str, work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name=name, daemon=True)
    thread.start()
    return thread
