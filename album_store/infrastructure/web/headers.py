"""Security headers for every response, and cache headers."""

from collections.abc import Callable
from typing import Any

from pyramid.config import Configurator
from pyramid.registry import Registry
from pyramid.request import Request
from pyramid.response import Response
from pyramid.tweens import INGRESS

from album_store.infrastructure.settings import Settings
from album_store.infrastructure.web.conditional_requests import etag_of

Handler = Callable[[Request], Response]

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# Referrer-Policy is same-origin, because with no-referrer browsers send `Origin: null`, which the CSRF check rejects.
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
TWO_YEARS_S = 63_072_000
PRIVATE, REVALIDATED = "no-store", "no-cache"
OK = 200


def policy_with_form_action(origin: str) -> str:
    """Return the Content-Security-Policy of a page whose form may lead to another origin, also by a redirect."""
    return CONTENT_SECURITY_POLICY.replace("form-action 'self'", f"form-action 'self' {origin}")


def promised_headers(settings: Settings) -> dict[str, str]:
    """The headers of every response of the store. `Edge` adds them."""
    if settings.secure:
        return HEADERS | {"Strict-Transport-Security": f"max-age={TWO_YEARS_S}; includeSubDomains"}
    return HEADERS


def headers_tween_factory(handler: Handler, _registry: Registry) -> Handler:
    """Add the cache headers that depend on the view and the visitor."""

    def headers_tween(request: Request) -> Response:
        response = handler(request)
        response.headers.setdefault("Cache-Control", _cache_control(request))
        if response.headers["Cache-Control"] == REVALIDATED and response.etag is None and response.status_int == OK:
            response.etag = etag_of(response.body)
            response.conditional_response = True
        if response.content_type == "text/html":
            # The same URL shows a different page after sign-in.
            response.vary = (*(response.vary or ()), "Cookie")
        return response

    return headers_tween


def _cache_control(request: Request) -> str:
    """The value set by the view; a page with an account, a browser's purchases or cart, or a message is private."""
    looked_up = vars(request)
    visitor = looked_up.get("visitor")
    if looked_up.get("signed_in") or looked_up.get("flash_message"):
        return PRIVATE
    if getattr(visitor, "browser_hash", "") or getattr(visitor, "cart_hash", ""):
        return PRIVATE
    return looked_up.get("public_cache_control", PRIVATE)


def public_deriver(view: Any, info: Any) -> Any:
    """View option `public`: the response may be cached. Its value is that of the Cache-Control header.

    True means `no-cache`: caches may keep the response, but must revalidate it each time. Without the option, the
    response is private.
    """
    public = info.options.get("public")
    if not public:
        return view

    def public_view(context: Any, request: Request) -> Response:
        request.public_cache_control = REVALIDATED if public is True else public
        return view(context, request)

    return public_view


public_deriver.options = ("public",)


def includeme(config: Configurator) -> None:
    """Add the outermost tween and the view option `public`."""
    config.add_view_deriver(public_deriver, name="public")
    config.add_tween("album_store.infrastructure.web.headers.headers_tween_factory", under=INGRESS)
