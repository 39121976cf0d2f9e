"""How mail is written and sent: the templates, and a worker that delivers what stands in the outbox."""

from functools import partial

from pyramid.config import Configurator
from pyramid.events import ApplicationCreated, NewRequest

from album_store.infrastructure.mail.mail_templates import MailTemplates
from album_store.infrastructure.mail.mail_transport import make_mailer
from album_store.infrastructure.web.request_session import READING_METHODS
from album_store.worker.mail_worker import MailWorker


def includeme(config: Configurator) -> None:
    """Make the templates and the worker; start it here, unless it has a process of its own."""
    registry, store = config.registry, config.registry.store_settings
    registry.mail_templates = MailTemplates(store.store_name, store.site_url, store.accent)
    registry.mail_worker = worker = MailWorker(registry.db_sessions, make_mailer(store), store)
    if store.mail_worker == "thread":
        config.add_subscriber(lambda _event: worker.start_thread(), ApplicationCreated)
        config.add_subscriber(partial(_wake_after_commit, worker), NewRequest)


def _wake_after_commit(worker: MailWorker, event: NewRequest) -> None:
    """Let the worker look as soon as a request that may have written mail is committed."""
    if event.request.method not in READING_METHODS:
        event.request.tm.get().addAfterCommitHook(_wake, (worker,))


def _wake(committed: bool, worker: MailWorker) -> None:
    if committed:
        worker.wake()
