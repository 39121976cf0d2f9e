"""The receipt of a registration: a cookie in the browser that registered."""

from pyramid.request import Request

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import looks_like_secret


def receipt_of(request: Request) -> str:
    """Return the receipt that this browser holds, or an empty string."""
    receipt = request.store_cookies.get(cookie_names.REGISTRATION)
    return receipt if looks_like_secret(receipt) else ""
