"""Background work: email delivery, interval tasks, and requests that give access to the services."""

from functools import partial

from pyramid.config import Configurator
from pyramid.events import ApplicationCreated, NewRequest
from pyramid.registry import Registry
from pyramid.request import Request

from album_store.infrastructure.mail.mail_transport import make_mailer
from album_store.worker.daily_tasks import make_daily_tasks
from album_store.worker.mail_worker import MailWorker
from album_store.worker.payment_task import make_event_task, make_payment_task
from album_store.worker.picture_task import make_picture_task
from album_store.worker.refund_task import make_refund_task
from album_store.worker.reset_requests import make_reset_task
from album_store.worker.watch_task import make_watch_task
from album_store.worker.worker import Worker


def make_worker(registry: Registry) -> Worker:
    """Return a worker for the store of a registry. It is not started yet."""
    settings = registry.store_settings
    mail = MailWorker(registry.db_sessions, make_mailer(settings), settings)
    tasks = [
        *make_daily_tasks(registry),
        make_reset_task(registry, mail.wake),
        make_picture_task(registry.media),
        make_payment_task(registry, mail.wake),
        make_event_task(registry, mail.wake),
        make_refund_task(registry, mail.wake),
        make_watch_task(registry, mail.wake),
    ]
    return Worker(mail, tasks)


def includeme(config: Configurator) -> None:
    """Create the worker, and start it in this process if `mail.worker` is `thread`."""
    worker = config.registry.worker = make_worker(config.registry)
    if config.registry.store_settings.mail_worker == "thread":
        config.add_subscriber(lambda _event: worker.start(), ApplicationCreated)
        config.add_subscriber(partial(_wake_after_commit, worker.mail), NewRequest)


def _wake_after_commit(mail: MailWorker, event: NewRequest) -> None:
    """Wake the mail worker as soon as a request that may have posted email is committed."""
    event.request.tm.get().addAfterCommitHook(_wake, (mail, event.request))


def _wake(committed: bool, mail: MailWorker, request: Request) -> None:
    if committed and request.writes:
        mail.wake()
