"""What happens when the store starts: a demo catalogue in an empty store, and a word about where to look."""

import logging
from pathlib import Path

from pyramid.config import Configurator
from sqlalchemy import select
from sqlalchemy.orm import Session

from album_store.data.album import Album
from album_store.data.dbsession import DbSessionFactory
from album_store.infrastructure.media.media_storage import MediaStorage
from album_store.infrastructure.settings import Settings
from album_store.services.imports.catalogue_import import CatalogueImport

DEMO_CATALOGUE = Path(__file__).parent / "demo" / "catalogue.csv"

log = logging.getLogger(__name__)


def fill_empty_store(db_sessions: DbSessionFactory, media: MediaStorage, currency: str, file: Path) -> None:
    """Import the catalogue unless the store has an album, once however many processes start.

    The slow part, reading the file and storing its media, comes first, and harms nobody when two processes do it.
    Then one write transaction looks again and writes, so that the second process finds the albums of the first.
    """
    with db_sessions.read() as dbsession:
        if _has_album(dbsession):
            return
        service = CatalogueImport(dbsession, media, currency)
        catalogue = service.read(file)
        service.store_media(catalogue)
    with db_sessions.begin() as dbsession:
        if not _has_album(dbsession):
            result = CatalogueImport(dbsession, media, currency).write(catalogue)
            log.info("The store was empty: %d demo albums are in it now.", result.albums_added)


def _has_album(dbsession: Session) -> bool:
    return dbsession.scalars(select(Album.id).limit(1)).first() is not None


def _say_where(store: Settings) -> None:
    log.info("The store is at %s", store.site_url)
    if store.shows_mailbox:
        log.info("Mail is not sent; read it at %s/mail", store.site_url)
    if not store.secure:
        log.info(
            "Cookies are not Secure, because store.site_url begins with http: good enough on your own machine only"
        )


def includeme(config: Configurator) -> None:
    """Bring in the demo catalogue where the settings ask for it, then say where the store is."""
    store = config.registry.store_settings
    if store.demo_catalogue:
        fill_empty_store(config.registry.db_sessions, config.registry.media, store.currency, DEMO_CATALOGUE)
    _say_where(store)
