"""The catalogue: albums, search and the sitemap."""

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.data.album import Album, AlbumMaintainer
from album_store.services.catalogue.albums_service import AlbumsService
from album_store.services.catalogue.search_service import SearchService
from album_store.services.catalogue.sitemap_service import SitemapService
from album_store.services.export_part import ExportPart

EXPORT_PARTS = (
    ExportPart(
        "albums_looked_after",
        {"since": AlbumMaintainer.c.created_date, "album": Album.title},
        lambda account_id, _: (AlbumMaintainer.c.account_id == account_id) & (AlbumMaintainer.c.album_id == Album.id),
    ),
)


def includeme(config: Configurator) -> None:
    """Register the catalogue services."""
    config.registry.export_parts += EXPORT_PARTS
    config.add_request_method(_albums_service, "albums_service", reify=True)
    config.add_request_method(_search_service, "search_service", reify=True)
    config.add_request_method(_sitemap_service, "sitemap_service", reify=True)


def _albums_service(request: Request) -> AlbumsService:
    return AlbumsService(request.dbsession, request.calendar)


def _search_service(request: Request) -> SearchService:
    return SearchService(request.dbsession, request.registry.db_sessions.database)


def _sitemap_service(request: Request) -> SitemapService:
    return SitemapService(request.dbsession)
