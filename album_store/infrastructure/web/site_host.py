"""Takes the host and scheme of requests from `store.site_url`, and refuses requests for other hosts."""

import re
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

from album_store.infrastructure.settings import Settings

# RFC 9112, 3.2.2: an absolute request target takes precedence over the Host header.
_ABSOLUTE_TARGET = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#]*)", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:[0-9]*)?", re.IGNORECASE)


class SiteHost:
    """The host of the store. The port is ignored, because proxies and tunnels may omit or change it."""

    def __init__(self, settings: Settings) -> None:
        site = urlsplit(settings.site_url)
        self._scheme, self._host_and_port = site.scheme, site.netloc
        self._name = host_name(site.netloc)
        self._accepts_loopback = settings.environment == "development"

    def accepts(self, environ: dict[str, Any]) -> bool:
        """Return whether a request is for this store. In development, localhost and loopback addresses also count."""
        asked = asked_for(environ)
        if asked == self._host_and_port:
            return True
        name = host_name(asked)
        return name == self._name or self._is_loopback(name)

    def apply_to(self, environ: dict[str, Any]) -> None:
        """Set host and scheme to those of the store. In development, localhost and loopback addresses are kept."""
        if self._accepts_loopback and self._is_loopback(host_name(asked := asked_for(environ))):
            environ["HTTP_HOST"] = asked
        else:
            environ["HTTP_HOST"], environ["wsgi.url_scheme"] = self._host_and_port, self._scheme

    def _is_loopback(self, name: str) -> bool:
        return self._accepts_loopback and (name == "localhost" or _is_loopback_address(name))


def asked_for(environ: dict[str, Any]) -> str:
    """Return the host and port that a request names, unchanged; "" if it names none."""
    asked = environ.get("REQUEST_URI", "")
    target = None if asked.startswith("/") else _ABSOLUTE_TARGET.match(asked)
    return target[1] if target else environ.get("HTTP_HOST", "")


def host_name(host_and_port: str) -> str:
    """Return the host in lower case, without port, brackets or final dot; "" if it is malformed or sent twice."""
    match = _HOST_AND_PORT.fullmatch(host_and_port)
    if match is None:
        return ""
    name = match[1].lower().removesuffix(".")
    if not name.startswith("["):
        return name
    try:
        return str(IPv6Address(name[1:-1]))
    except ValueError:
        return ""


def _is_loopback_address(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
