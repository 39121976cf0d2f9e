"""Who is buying in this request."""

from pyramid.request import Request

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import hash_secret, looks_like_secret
from album_store.services.store.visitor import Visitor


def visitor_of(request: Request) -> Visitor:
    """Return the signed-in account, and the browser if it has a buyer's cookie."""
    who, secret = request.signed_in, request.store_cookies.get(cookie_names.BUYER)
    browser_hash = hash_secret(secret) if looks_like_secret(secret) else ""
    return Visitor(who.account_id, who.email, browser_hash) if who else Visitor(browser_hash=browser_hash)
