"""Runs when the store starts: imports the demo catalogue into an empty store, and logs the URL."""

import ctypes
import gc
import linecache
import logging
from contextlib import suppress
from pathlib import Path

from pyramid.config import Configurator
from pyramid.events import ApplicationCreated
from pyramid.registry import Registry
from pyramid.request import Request

from album_store.data.lock_row import lock_catalogue
from album_store.infrastructure.settings import Settings
from album_store.worker.service_request import run_in_transaction, service_request

# Parameters of glibc's `mallopt`, from malloc.h.
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
MAX_HEAPS, LARGE_BLOCK = 2, 128 * 1024

DEMO_CATALOGUE = Path(__file__).parent / "demo" / "catalogue.csv"

log = logging.getLogger(__name__)


def fill_empty_store(registry: Registry, file: Path) -> None:
    """Import the catalogue if the store has no albums, only once even if several processes start together.

    Reading the file and storing its media comes first, because it is slow and needs no lock. The write transaction then
    checks again, in case another process was faster.
    """
    with service_request(registry) as request:
        if request.albums_service.has_any():
            return
        catalogue = request.catalogue_import.read(file)
        request.catalogue_import.store_media(catalogue)

    def write(request: Request) -> None:
        lock_catalogue(request.dbsession)
        if not request.albums_service.has_any():
            result = request.catalogue_import.write(catalogue)
            log.info("The store was empty. Added %d demo albums.", result.albums_added)

    run_in_transaction(registry, write)


def _say_where(settings: Settings) -> None:
    log.info("The store is at %s", settings.site_url)
    if settings.shows_mailbox:
        log.info("Email is not sent. Read it at %s/mail", settings.site_url)
    if not settings.secure:
        log.info("Cookies are not Secure, because store.site_url starts with http. Use this on your own computer only.")


def _keep_for_good() -> None:
    """Exclude existing objects from garbage collection, because scanning them delays pages by 0.1 s.

    There is next to no garbage among them. The lines of source files that Pyramid has looked up are dropped before.
    """
    linecache.clearcache()
    gc.freeze()


def _bound_heap() -> None:
    """Have glibc keep two heaps in place of one for each thread, and give large blocks back to the system when freed.

    Without a fixed threshold, the memory of the first password hash (19 MB) stays in a heap. Other C libraries have no
    `mallopt`, and need none.
    """
    with suppress(AttributeError, OSError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_ARENA_MAX, MAX_HEAPS)
        mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def start(registry: Registry) -> None:
    """Warm up the hasher, fill an empty store, log the URL and, in production, freeze existing objects."""
    settings = registry.store_settings
    with service_request(registry) as request:
        registry.password_hasher.warm_up(request.account_service.password_parameters())
    if settings.demo_catalogue:
        fill_empty_store(registry, DEMO_CATALOGUE)
    _say_where(settings)
    if settings.environment == "production":  # tests create dozens of applications
        _keep_for_good()


def includeme(config: Configurator) -> None:
    """Run `start` once the application is complete. In production, bound the heap."""
    if config.registry.store_settings.environment == "production":
        _bound_heap()
    config.add_subscriber(lambda event: start(event.app.registry), ApplicationCreated)
