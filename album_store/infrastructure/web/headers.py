"""Security and cache headers of every response, error pages included."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import INGRESS

from album_store.infrastructure.settings import Settings

Handler = Callable[[Request], Response]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# With no-referrer, browsers would send `Origin: null`, which the CSRF check rejects; hence same-origin.
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
TWO_YEARS_S = 63_072_000
FIRST_ERROR = 400


def promised_headers(settings: Settings) -> dict[str, str]:
    """The headers that every answer of the store carries."""
    if settings.secure:
        return HEADERS | {"Strict-Transport-Security": f"max-age={TWO_YEARS_S}; includeSubDomains"}
    return HEADERS


def headers_tween_factory(handler: Handler, registry: Registry) -> Handler:
    """Add each header to the responses that do not set it."""
    promised = promised_headers(registry.store_settings)
    host = urlsplit(registry.store_settings.site_url).netloc if registry.store_settings.secure else ""

    def headers_tween(request: Request) -> Response:
        if host:
            # Override the Host header of the client: no redirect and no Origin check may trust it.
            request.host = host
        response = handler(request)
        for name, value in promised.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-cache" if _is_public(request, response) else "no-store")
        if response.content_type == "text/html":
            # The same URL shows something else to a signed-in visitor.
            response.vary = (*(response.vary or ()), "Cookie")
        return response

    return headers_tween


def _is_public(request: Request, response: Response) -> bool:
    """Return whether the view is public, has not failed, and has not looked up a signed-in account."""
    is_page = vars(request).get("is_public_page", False) and response.status_int < FIRST_ERROR
    return is_page and not vars(request).get("signed_in")


def public_deriver(view: Any, info: Any) -> Any:
    """View option `public=True`: the page may be cached. Any other page is private."""
    if not info.options.get("public"):
        return view

    def public_view(context: Any, request: Request) -> Response:
        request.is_public_page = True
        return view(context, request)

    return public_view


public_deriver.options = ("public",)


def includeme(config: Configurator) -> None:
    """Put the tween outermost, and add the view option `public`."""
    config.add_view_deriver(public_deriver, name="public")
    config.add_tween("album_store.infrastructure.web.headers.headers_tween_factory", under=INGRESS)
