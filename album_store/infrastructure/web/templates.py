"""Chameleon templates, static files, and the values that every template gets."""

import mimetypes
from functools import cache, partial
from typing import Any

from pyramid.config import Configurator
from pyramid.events import BeforeRender
from pyramid.path import AssetResolver
from pyramid.request import Request
from pyramid.static import QueryStringCacheBuster

from album_store.infrastructure import template_compiler
from album_store.infrastructure.web.route_links import link_to
from album_store.infrastructure.web.stylesheet import digest_of
from album_store.infrastructure.wording import isolated

STATIC_SPEC = "album_store:static"
ONE_YEAR_S = 31_536_000
# Minimal systems have no MIME type database that knows these.
MEDIA_TYPES = {".js": "text/javascript", ".woff2": "font/woff2"}


class ContentCacheBuster(QueryStringCacheBuster):
    """Adds the hash of a file's content to its URL, so that browsers may cache it for a year."""

    def tokenize(self, request: Request, pathspec: str, kw: dict[str, Any]) -> str:
        """Return the first 12 hex digits of the SHA-256 of the file."""
        return _digest(kw["rawspec"])


@cache
def _digest(asset_spec: str) -> str:
    with AssetResolver().resolve(asset_spec).stream() as stream:
        return digest_of(stream.read())


def _add_page_values(event: BeforeRender) -> None:
    request = event["request"]
    if request is not None:
        event["store_settings"] = request.store_settings
        event["isolated"] = isolated
        event["link_to"] = partial(link_to, request)
        event["asset"] = partial(_asset, request)
        event["stylesheet"] = partial(_stylesheet, request)


def _asset(request: Request, path: str) -> str:
    """Return the address of a static file, which stays the same while the process runs."""
    addresses = request.registry.asset_addresses
    place = request.script_name, path
    if place not in addresses:
        addresses[place] = request.static_path(f"{STATIC_SPEC}/{path}")
    return addresses[place]


def _stylesheet(request: Request) -> str:
    """Return the address of the stylesheet."""
    return f"{request.script_name}/styles.css?x={request.registry.stylesheet.digest}"


def includeme(config: Configurator) -> None:
    """Set up templates and static files."""
    template_compiler.install()
    config.registry.asset_addresses = {}
    config.include("pyramid_chameleon")
    for extension, media_type in MEDIA_TYPES.items():
        mimetypes.add_type(media_type, extension)
    config.add_static_view("static", STATIC_SPEC, cache_max_age=ONE_YEAR_S, request_method=("GET", "HEAD"))
    config.add_cache_buster(STATIC_SPEC, ContentCacheBuster())
    config.include("album_store.infrastructure.web.route_links")
    config.include("album_store.infrastructure.web.stylesheet")
    config.add_subscriber(_add_page_values, BeforeRender)
