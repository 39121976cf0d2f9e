"""Absolute links for emails and feeds."""

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request


class SiteLinks:
    """Builds absolute links. The host comes from the `store.site_url` setting, never from a request's Host header."""

    def __init__(self, site_url: str, route_path: Callable[..., str]) -> None:
        self._site_url = site_url
        self._route_path = route_path

    def to(self, route_name: str, **values: Any) -> str:
        """Return the absolute URL of a route."""
        return self._site_url + self._route_path(route_name, **values)

    def absolute(self, path: str) -> str:
        """Return the absolute URL of a path on this site."""
        return self._site_url + path


def _site_links(request: Request) -> SiteLinks:
    return SiteLinks(request.store_settings.site_url, request.route_path)


def includeme(config: Configurator) -> None:
    """Add `request.site_links`."""
    config.add_request_method(_site_links, "site_links", reify=True)
