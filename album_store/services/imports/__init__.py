"""Imports albums from a CSV file and the media beside it."""

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.services.imports.catalogue_import import CatalogueImport


def includeme(config: Configurator) -> None:
    """Register `request.catalogue_import`."""
    config.add_request_method(_catalogue_import, "catalogue_import", reify=True)


def _catalogue_import(request: Request) -> CatalogueImport:
    settings = request.store_settings
    return CatalogueImport(request.dbsession, request.registry.media, settings.currency, settings.locale)
